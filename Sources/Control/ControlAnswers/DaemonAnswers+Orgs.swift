internal import CivilTime
package import ControlProtocol
package import ControlServer
internal import Ledger
internal import Salesforce
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func limits(destination: String?, caller: Caller) async throws -> LimitsAnswer {
        try await answering {
            let definition = try await conductor.destination(named: destination)
            let limits = try await conductor.client(of: definition).limits()
            let spent = try await conductor.spent(on: definition)
            let ours: [String: (spent: Int, cap: Int?)] = [
                "DailyApiRequests": (spent.apiCalls, definition.limits.dailyAPICalls),
                "DailyBulkApiBatches": (spent.bulkBatches, definition.limits.dailyBulkBatches),
                "HourlyPublishedPlatformEvents": (spent.publishedEvents, nil),
            ]
            var entries = limits.sorted { $0.key < $1.key }.map { name, limit in
                LimitsAnswer.Limit(
                    name: name,
                    maximum: limit.max,
                    remaining: limit.remaining,
                    spent: ours[name]?.spent,
                    reserve: ours[name].map { _ in
                        Int((definition.limits.reserve.fraction * Double(limit.max)).rounded(.up))
                    },
                    cap: ours[name]?.cap
                )
            }
            // Not in Salesforce's list: rows of Bulk jobs in 24 hours (reference 08, limits).
            entries.append(
                LimitsAnswer.Limit(
                    name: "BulkRows",
                    maximum: Self.bulkRowsADay,
                    remaining: Self.bulkRowsADay - spent.bulkRows,
                    spent: spent.bulkRows,
                    reserve: nil,
                    cap: definition.limits.dailyBulkRows
                )
            )
            return LimitsAnswer(
                destination: definition.name,
                asked: conductor.parts.clock.now.rfc3339,
                limits: entries
            )
        }
    }

    package func inspect(destination: String?, object: String?, caller: Caller) async throws -> InspectAnswer {
        try await answering {
            let definition = try await conductor.destination(named: destination)
            let client = try await conductor.client(of: definition)
            guard let object else { return try await objects(of: client, definition.name) }
            let describe: SObjectDescribe
            do {
                describe = try await client.describe(object)
            } catch let error as SalesforceError where error.status == 404 {
                throw await nothing(of: object, client, definition.name)
            }
            let (items, notices) = await OrgAutomation(client).items(of: describe.summary.name)
            return InspectAnswer(
                destination: definition.name,
                object: describe.summary.name,
                fields: describe.fields.map(InspectAnswer.FieldEntry.init),
                automation: items.map(InspectAnswer.AutomationEntry.init),
                notices: notices
            )
        }
    }

    // MARK: - Implementation

    /// Rows of Bulk jobs in 24 hours, of every edition (reference 08, limits).
    private static let bulkRowsADay = 150_000_000

    /// What is said of a name that is no object's: it may be misspelt, or a picklist's.
    private func nothing(of name: String, _ client: SalesforceClient, _ destination: String) async -> ControlFault {
        let there = (try? await objects(of: client, destination))?.objects ?? []
        if there.contains(where: { $0.kind == "picklist" && $0.name.lowercased() == name.lowercased() }) {
            return ControlFault(
                .notFound,
                "\(name) is a global picklist, and has no fields",
                hint: "a sync with `picklist:` and the object and field that use it writes its values"
            )
        }
        let near = nearestNames(to: name, among: there.map(\.name), limit: 1).first
        return ControlFault(
            .notFound,
            "\(destination) has no object \(name), or its user may not see it"
                + (near.map { ", did you mean \($0)?" } ?? ""),
            hint: "sequencectl inspect lists those that may be written to"
        )
    }

    private func objects(of client: SalesforceClient, _ destination: String) async throws -> InspectAnswer {
        let objects = try await client.describeGlobal().filter {
            ($0.createable || $0.updateable || $0.isPlatformEvent) && !$0.deprecatedAndHidden
        }
        var entries = objects.map { object in
            InspectAnswer.ObjectEntry(
                name: object.name,
                label: object.label,
                kind: object.isPlatformEvent ? "event" : "object",
                createable: object.createable,
                updateable: object.updateable,
                deletable: object.deletable
            )
        }
        var notices: [String] = []
        do {
            entries += try await client.query(
                "SELECT DeveloperName, MasterLabel FROM GlobalValueSet",
                atMost: 2_000,
                tooling: true
            ).map { record in
                InspectAnswer.ObjectEntry(
                    name: record.text("DeveloperName") ?? "",
                    label: record.text("MasterLabel") ?? "",
                    kind: "picklist",
                    createable: false,
                    updateable: true,
                    deletable: false
                )
            }
        } catch {
            notices.append("global picklists can't be seen: the user needs View Setup and Configuration (\(error))")
        }
        return InspectAnswer(
            destination: destination,
            object: nil,
            objects: entries.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) },
            notices: notices
        )
    }
}

extension InspectAnswer.FieldEntry {
    fileprivate init(_ field: SObjectField) {
        self.init(
            name: field.name,
            label: field.label,
            type: field.type,
            createable: field.createable,
            updateable: field.updateable,
            required: field.createable && !field.nillable && !field.defaultedOnCreate && field.type != "boolean",
            externalID: field.externalId,
            unique: field.unique,
            referenceTo: field.referenceTo
        )
    }
}

extension InspectAnswer.AutomationEntry {
    fileprivate init(_ item: AutomationItem) {
        self.init(kind: item.kind.rawValue, name: item.name, active: item.isActive, events: item.events)
        lastChanged = item.lastChanged
        changedBy = item.changedBy
        next = item.next
    }
}
