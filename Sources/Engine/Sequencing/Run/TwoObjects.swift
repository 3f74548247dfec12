internal import Salesforce
internal import Shaping
internal import SyncModel

/// The two objects of a sync with `objects:`, and which of them a new record is made in (syncs.md, Multi-object).
struct TwoObjects: Sendable {
    var first: String
    var otherwise: String
    /// nil: none.
    var create: String?
}

extension ChangeDelivery {
    /// A lane for each object, in which the record is written where it is, and one for those that are in neither.
    func lanes(
        into objects: TwoObjects,
        _ diff: DiffResult,
        _ selection: ChangeShaping.Selection,
        _ operation: RecordOperation
    ) async throws -> ([ShapingLane], any RowRouting) {
        let rows = selection == .present ? diff.counts.travelling : diff.counts.removed
        let written: RecordOperation = selection == .present ? .update : operation
        var converted = ConvertedLeads()
        var lanes: [ShapingLane] = []
        for object in [objects.first, objects.otherwise] {
            let description = try self.objects.object(object)
            let choice = try await RouteChoice(self, object, written, rows: rows) {
                $0.leaveOut(whatBelongsNotTo: written, of: description)
            }
            let shaper = choice.shaper
            guard object.lowercased() == "lead" else {
                let answers = try await resolver.answers(to: shaper, for: diff, selection)
                lanes.append(ShapingLane(choice, answers, of: sync))
                continue
            }
            let columns = ["IsConverted", "ConvertedContactId", "ConvertedAccountId"]
            let answers = try await resolver.answers(to: shaper, for: diff, selection, columns: columns) {
                _,
                value,
                text in
                guard text("IsConverted") == "true" else { return }
                converted.note(value, contact: text("ConvertedContactId"), account: text("ConvertedAccountId"))
            }
            lanes.append(ShapingLane(choice, answers, of: sync))
        }
        converted.settle(&lanes, sync.converted, names: [objects.first, objects.otherwise])
        if selection == .present { try await followMerged(in: &lanes) }
        if let create = objects.create, selection == .present {
            let description = try self.objects.object(create)
            let making = sync.creation(of: description)
            let choice = try await RouteChoice(self, create, making, rows: rows) {
                $0.leaveOut(whatBelongsNotTo: making, of: description)
            }
            let shaper = choice.shaper
            var answers = try await resolver.answers(to: shaper, for: diff, selection)
            _ = try await followMerged(in: &answers, to: shaper)
            lanes.append(ShapingLane(choice, answers, of: sync))
        }
        let routing = TwoObjectRouting(
            objects: objects,
            lanes: lanes,
            refusal: converted.left(sync.converted),
            isRemoval: selection == .removed
        )
        return (lanes, routing)
    }

    /// Follows what rows of either object refer to, and of an update the records that are in neither any more.
    private func followMerged(in lanes: inout [ShapingLane]) async throws {
        for index in lanes.indices {
            let other = lanes[1 - index]
            _ = try await followMerged(in: &lanes[index].answers, to: lanes[index].shaper) { value in
                other.shaper.matchQuestion.map { other.answers.isAnswered(Array(value.utf8), question: $0) } ?? false
            }
        }
    }
}

extension SyncDefinition {
    /// How a record that is in neither of two objects is made: by an upsert where that can be had, since then a record that
    /// appears meanwhile is written, not doubled.
    func creation(of object: ObjectDescription) -> RecordOperation {
        object.field(match?.field ?? "")?.isExternalID ?? false ? .upsert : .insert
    }

    /// Takes the fields out that an upsert into one of two objects does not send: those for creation alone where the record is
    /// there, and the other way round.
    mutating func leaveOut(whatBelongsNotTo operation: RecordOperation, of object: ObjectDescription) {
        guard mode == .upsert else { return }
        func isLeftOut(_ mapping: FieldMapping) -> Bool {
            guard let field = object.field(mapping.field) else { return false }
            switch operation {
            case .update: return field.isCreateable && !field.isUpdateable
            case .insert: return field.isUpdateable && !field.isCreateable
            // Told apart row by row, or not sent.
            case .upsert, .delete, .clear, .merge, .publish: return false
            }
        }
        fields.removeAll(where: isLeftOut)
        for name in only.keys where name.lowercased() == object.name.lowercased() {
            only[name]?.removeAll(where: isLeftOut)
        }
    }
}

/// Leads that became contacts and accounts, by match value.
private struct ConvertedLeads {
    private var ids: [(value: String, contact: String?, account: String?)] = []

    mutating func note(_ value: String, contact: String?, account: String?) {
        ids.append((value, contact, account))
    }

    /// Takes the leads out of what may be written, and where they are followed puts in what they became.
    func settle(_ lanes: inout [ShapingLane], _ policy: SyncDefinition.Converted, names: [String]) {
        guard let leads = names.firstIndex(where: { $0.lowercased() == "lead" }),
            let leadQuestion = lanes[leads].shaper.matchQuestion
        else { return }
        let other = 1 - leads
        for lead in ids {
            let value = Array(lead.value.utf8)
            lanes[leads].answers.remove(value, question: leadQuestion)
            guard policy == .follow, let question = lanes[other].shaper.matchQuestion,
                let id = names[other].lowercased() == "account" ? lead.account : lead.contact,
                // One that carries the value itself is the one.
                !lanes[other].answers.isAnswered(value, question: question)
            else { continue }
            lanes[other].answers.add(id: id, for: value, to: question)
        }
    }

    /// What is said of rows that are not written since their lead was converted.
    func left(_ policy: SyncDefinition.Converted) -> (values: Set<String>, course: RowCourse) {
        let course: RowCourse =
            switch policy {
            case .skip, .follow:
                .left(.unmatched, code: "CANNOT_UPDATE_CONVERTED_LEAD", message: "the lead was converted")
            case .reject:
                .left(.rejected, code: "CANNOT_UPDATE_CONVERTED_LEAD", message: "cannot reference converted lead")
            }
        return (Set(ids.map { MatchFolding.text(Array($0.value.utf8)) }), course)
    }
}

/// Looks for each row's record in the first object, then in the other one.
private struct TwoObjectRouting: RowRouting {
    private let objects: TwoObjects
    private var lanes: [ShapingLane]
    private let converted: Set<String>
    private let convertedCourse: RowCourse
    private let isRemoval: Bool
    private var twice = 0
    private var twiceKeys: [String] = []

    init(
        objects: TwoObjects,
        lanes: [ShapingLane],
        refusal: (values: Set<String>, course: RowCourse),
        isRemoval: Bool
    ) {
        self.objects = objects
        self.lanes = lanes
        converted = refusal.values
        convertedCourse = refusal.course
        self.isRemoval = isRemoval
    }

    mutating func course(of change: Change) -> RowCourse {
        if change.changeClass == .unchanged { return .passedBy }
        let first = lanes[0].shaper.finding(of: change, in: lanes[0].answers)
        let other = lanes[1].shaper.finding(of: change, in: lanes[1].answers)
        switch (first, other) {
        case (.unknown, _), (.several, _): return .lane(0)
        case (.record, .record), (.record, .several):
            twice += 1
            if twiceKeys.count < 5 { twiceKeys.append(change.keyText) }
            return .lane(0)
        case (.record, .nothing), (.record, .unknown): return .lane(0)
        case (.nothing, .record), (.nothing, .several): return .lane(1)
        case (.nothing, .nothing), (.nothing, .unknown):
            if isRemoval { return .forgotten }
            let value = String(decoding: lanes[0].shaper.matchValue, as: UTF8.self)
            if converted.contains(MatchFolding.text(Array(value.utf8))) { return convertedCourse }
            return .lane(lanes.count > 2 ? 2 : 0)
        }
    }

    var warnings: [String] {
        guard twice > 0 else { return [] }
        let keys = twiceKeys.joined(separator: ", ") + (twice > twiceKeys.count ? " …" : "")
        return [
            "\(twice) rows were found both as \(objects.first) and as \(objects.otherwise), and written to"
                + " \(objects.first): \(keys)"
        ]
    }
}
