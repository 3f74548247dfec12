internal import Salesforce
internal import Shaping
internal import SyncModel

/// Asks the sources and the orgs whether the definitions fit them; writes nothing anywhere.
package struct LiveCheck: Sendable {
    let definitions: DefinitionSet
    private let secrets: SecretAccess
    private let conductor: Conductor

    package init(_ conductor: Conductor) async {
        self.conductor = conductor
        definitions = await conductor.definitions
        secrets = conductor.parts.secrets
    }

    /// Everything that was found, in the order of names; `destination` nil: of all of them.
    package func findings(of destination: String? = nil) async -> [LiveFinding] {
        let syncs = definitions.syncs.values.filter { destination == nil || $0.destination == destination }
            .sorted { $0.name < $1.name }
        let (columns, atSources) = await askSources(Set(syncs.map(\.model)))
        var findings = atSources
        for sync in syncs { findings += missingColumns(of: sync, columns.mapValues(\.names)) }
        for name in definitions.destinations.keys.sorted() where destination == nil || destination == name {
            findings += await ask(name, syncs.filter { $0.destination == name }, columns.mapValues(\.types))
        }
        return findings
    }

    // MARK: Sources

    /// The columns of each model, and the models and sources that can't be read.
    private func askSources(_ models: Set<String>) async -> ([String: ModelColumns], [LiveFinding]) {
        var columns: [String: ModelColumns] = [:]
        var findings: [LiveFinding] = []
        let known = models.sorted().compactMap { definitions.models[$0] }
        for (name, models) in Dictionary(grouping: known, by: \.source).sorted(by: { $0.key < $1.key }) {
            guard let source = definitions.sources[name] else { continue }
            let secrets = secrets
            do {
                let answers = try await BlockingThread.run(named: "check-\(name)") {
                    let session = try source.session(secrets)
                    try session.begin()
                    defer { session.end() }
                    return models.map { model in (model, Result { try ModelColumns(of: model, session) }) }
                }
                for (model, answer) in answers {
                    switch answer {
                    case .success(let found): columns[model.name] = found
                    case .failure(let error):
                        findings.append(
                            LiveFinding(
                                file: "models/\(model.name).yaml",
                                key: model.readingKey,
                                isOfValue: true,
                                message: "\(error)"
                            )
                        )
                    }
                }
            } catch {
                findings.append(LiveFinding(file: "sources/\(name).yaml", key: nil, message: "\(error)"))
            }
        }
        return (columns, findings)
    }

    private func missingColumns(of sync: SyncDefinition, _ columns: [String: [String]]) -> [LiveFinding] {
        guard let model = definitions.models[sync.model], let there = columns[model.name] else { return [] }
        return MappedColumns(sync: sync, model: model).names.filter { !there.contains($0) }.map { missing in
            let isKey = model.primaryKey.contains(missing)
            return LiveFinding(
                file: isKey ? "models/\(model.name).yaml" : "syncs/\(sync.name).yaml",
                key: isKey ? "primary_key" : sync.key(ofColumn: missing),
                isOfValue: true,
                message: "model \(model.name) has no column `\(missing)`; it has \(there.joined(separator: ", "))",
                suggestion: nearestNames(to: missing, among: there, limit: 1).first
            )
        }
    }

    // MARK: Orgs

    private func ask(
        _ name: String,
        _ syncs: [SyncDefinition],
        _ types: [String: [String: ColumnType]]
    ) async -> [LiveFinding] {
        guard let destination = definitions.destinations[name] else { return [] }
        let client: SalesforceClient
        do {
            client = try await conductor.client(of: destination)
            _ = try await client.identity()
        } catch {
            return [
                LiveFinding(
                    file: "destinations/\(name).yaml",
                    key: "auth",
                    message: "\(error)",
                    remedy: (error as? SalesforceError).map {
                        ErrorCatalogue.entry(for: $0.code, message: $0.message).remedy
                    }
                )
            ]
        }
        if let finding = await version(of: destination, client) { return [finding] }
        var findings: [LiveFinding] = []
        for sync in syncs { findings += await ask(sync, client, types[sync.model] ?? [:]) }
        let objects = Set(syncs.flatMap(\.objects)).sorted().filter { !$0.hasSuffix("__e") }
        for object in objects { findings += await automation(of: object, name, client) }
        return findings
    }

    /// A version that the org does not serve: it would say of every object that it is not there.
    private func version(of destination: DestinationDefinition, _ client: SalesforceClient) async -> LiveFinding? {
        let message: String
        var remedy: String?
        do {
            let served = try await client.versions()
            if served.contains(destination.apiVersion) { return nil }
            let words = served.isEmpty ? "" : "; it serves \(served[0]) to \(served[served.count - 1])"
            message = "the org does not serve version \(destination.apiVersion) of the API\(words)"
            remedy = "write one that it serves as `api_version`"
        } catch {
            message = "which versions of the API the org serves can't be read: \(error)"
        }
        return LiveFinding(
            file: "destinations/\(destination.name).yaml",
            key: "api_version",
            isOfValue: true,
            message: message,
            remedy: remedy
        )
    }

    private func ask(
        _ sync: SyncDefinition,
        _ client: SalesforceClient,
        _ types: [String: ColumnType]
    ) async -> [LiveFinding] {
        let file = "syncs/\(sync.name).yaml"
        let objects: DescribedObjects
        do {
            objects = try await DescribedObjects(sync, client)
        } catch let error as MissingObject {
            let key = error.field.map { sync.key(ofField: $0, in: sync.objects.first ?? "") } ?? sync.targetKey
            return [
                LiveFinding(file: file, key: key, isOfValue: true, message: error.words, suggestion: error.near)
            ]
        } catch {
            return [LiveFinding(file: file, key: sync.targetKey, isOfValue: true, message: "\(error)")]
        }
        var findings: [LiveFinding] = []
        for object in sync.objects {
            guard let described = try? objects.object(object) else { continue }
            findings += mapping(of: sync, described, objects, file)
            findings += matching(of: sync, described, file)
            findings += misfits(of: sync, described, types, file)
            if case .picklist(let target) = sync.target {
                findings += await picklist(target, described, client, file)
            }
        }
        findings += await conversion(of: sync, client, file)
        for (key, mapping) in sync.mappingsByKey {
            guard case .lookup(let lookup) = mapping.value, let linked = try? objects.object(lookup.object) else {
                continue
            }
            if let field = linked.field(lookup.field), !field.isUnique, !field.isIDLookup, field.type != .id {
                findings.append(
                    LiveFinding(
                        file: file,
                        key: key,
                        isOfValue: true,
                        message:
                            "\(lookup.object).\(lookup.field) is not unique: a value that several records have is refused",
                        isFault: false
                    )
                )
            }
        }
        return findings
    }

    /// Whether a contact or account that a lead becomes can be found by the lead's match value.
    private func conversion(of sync: SyncDefinition, _ client: SalesforceClient, _ file: String) async -> [LiveFinding]
    {
        guard case .objects(let first, let otherwise, _) = sync.target, let match = sync.match?.field,
            // Standard fields go along by themselves, as far as they do.
            match.lowercased().hasSuffix("__c"),
            let other = [first, otherwise].first(where: { $0.lowercased() != "lead" }),
            [first, otherwise].contains(where: { $0.lowercased() == "lead" })
        else { return [] }
        let message: String
        do {
            let isMapped = try await client.leadConversion().contains { mapping in
                mapping.object.lowercased() == other.lowercased()
                    && mapping.leadField.lowercased() == match.lowercased()
                    && mapping.field.lowercased() == match.lowercased()
            }
            if isMapped { return [] }
            message =
                "lead conversion does not map Lead.\(match) to \(other).\(match): what a lead becomes is not found by its value"
        } catch {
            message = "whether lead conversion maps Lead.\(match) to \(other).\(match) can't be seen: \(error)"
        }
        return [
            LiveFinding(
                file: file,
                key: "match.field",
                isOfValue: true,
                message: message,
                remedy: "map it in Setup (Object Manager, Lead, Fields & Relationships, Map Lead Fields)",
                isFault: false
            )
        ]
    }

    private func matching(of sync: SyncDefinition, _ object: ObjectDescription, _ file: String) -> [LiveFinding] {
        guard let match = sync.match, let field = object.field(match.field), field.type != .id else { return [] }
        guard field.isExternalID, !field.isUnique else { return [] }
        return [
            LiveFinding(
                file: file,
                key: "match.field",
                isOfValue: true,
                message:
                    "\(object.name).\(match.field) is an external id but not unique: two records with one value stop a row",
                isFault: false
            )
        ]
    }

    private func automation(of object: String, _ destination: String, _ client: SalesforceClient) async -> [LiveFinding]
    {
        let (items, notices) = await OrgAutomation(client).items(of: object)
        let active = items.filter { $0.isActive && $0.kind != .scheduledJob }
        var findings = notices.map {
            LiveFinding(
                file: "destinations/\(destination).yaml",
                key: "automation",
                message: "\(object): \($0)",
                isFault: false
            )
        }
        if !active.isEmpty {
            let words = active.map { "\($0.kind.rawValue) \($0.name)" }.joined(separator: ", ")
            findings.append(
                LiveFinding(
                    file: "destinations/\(destination).yaml",
                    key: "automation",
                    message: "writing \(object) runs \(words)",
                    isFault: false
                )
            )
        }
        return findings
    }
}

/// What a source says of a model.
private struct ModelColumns: Sendable {
    var names: [String]
    var types: [String: ColumnType]

    init(of model: ModelDefinition, _ session: any SourceSession) throws {
        names = try session.columns(of: model)
        types = try session.columnTypes(of: model)
    }
}

extension ModelDefinition {
    /// The key under which the file says what is read.
    fileprivate var readingKey: String {
        switch reading {
        case .sql: "query"
        case .table: "table"
        case .file: "file"
        }
    }
}
