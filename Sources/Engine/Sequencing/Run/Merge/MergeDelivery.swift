internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Delivers a sync that merges: parents first, then their children are merged into them, then what had to wait for that.
struct MergeDelivery: Sendable {
    let delivery: ChangeDelivery
    let object: String

    private var context: RunContext { delivery.context }
    private var sync: SyncDefinition { delivery.sync }

    /// What is known before anything is written.
    struct Preparation: Sendable {
        var roles: MergeRoles
        /// The record that each child row stands for; none: nothing to merge.
        var victims: [Hash128: String] = [:]
        /// Parents with a unique value that one of their victims still has.
        var moving: Set<Hash128> = []
        /// Parents whose records exist, by row.
        var parents: [Hash128: String] = [:]
    }

    func deliver(_ diff: DiffResult) async throws {
        let preparation = try await prepare(diff)
        for note in preparation.roles.notes.prefix(20) { try await delivery.worker.book.warn(note) }
        try await delivery.deliver(try await shaping(diff, preparation), .present, sync.operation)
        try await merge(diff, preparation)
        if !preparation.moving.isEmpty {
            var routing = MergeRouting(courses: [:])
            routing.only = preparation.moving
            let rest = try await delivery.shaping(diff, .present, [try await lane(diff)], routing, "moved")
            try await delivery.deliver(rest, .present, sync.operation)
        }
        await delivery.projector.close()
    }

    /// Reads the groups and asks for the records of their children.
    func prepare(_ diff: DiffResult) async throws -> Preparation {
        let merged = try await context.ledger.mergedRows(of: sync.name)
        let (sync, columns) = (sync, delivery.worker.read.columns)
        let roles = try await BlockingThread.run(named: "groups-\(sync.name)") {
            try MergeRoles(diff, sync, columns, merged: merged)
        }
        var preparation = Preparation(roles: roles)
        guard !roles.groups.isEmpty else { return preparation }
        let unique = uniqueFields
        var found: [String: (id: String, values: [String: String])] = [:]
        var byID: [String: (id: String, values: [String: String])] = [:]
        let children = roles.groups.flatMap(\.children)
        let matches = Set(children.filter { !isID($0.mergeID) }.map(\.match)).subtracting([""])
        try await delivery.resolver.records(of: question, Array(matches), unique) { id, value, text in
            found[MatchFolding.text(Array(value.utf8))] = (id, Self.values(unique, text))
        }
        let ids = Set(children.compactMap { isID($0.mergeID) ? $0.mergeID : nil })
        let byRecord = LookupQuestion(object: object, field: "Id", type: .id, isCaseSensitive: true)
        try await delivery.resolver.records(of: byRecord, Array(ids), unique) { id, _, text in
            byID[String(id.prefix(15))] = (id, Self.values(unique, text))
        }
        let parentMatches = Set(roles.groups.map(\.parent.match)).subtracting([""])
        var parentIDs: [String: String] = [:]
        try await delivery.resolver.records(of: question, Array(parentMatches)) { id, value, _ in
            parentIDs[MatchFolding.text(Array(value.utf8))] = id
        }
        var taken: [Hash128: [String: Set<String>]] = [:]
        for group in roles.groups {
            let parentID = parentIDs[MatchFolding.text(Array(group.parent.match.utf8))]
            preparation.parents[group.parent.key] = parentID
            for child in group.children {
                let record =
                    isID(child.mergeID)
                    ? byID[String(child.mergeID?.prefix(15) ?? "")] : found[MatchFolding.text(Array(child.match.utf8))]
                guard let record, record.id != parentID else { continue }
                preparation.victims[child.key] = record.id
                for (field, value) in record.values {
                    taken[group.parent.key, default: [:]][field, default: []].insert(
                        MatchFolding.text(Array(value.utf8))
                    )
                }
            }
        }
        preparation.moving = try await moving(diff, taken)
        return preparation
    }

    /// Shapes parents and rows that stand alone.
    func shaping(_ diff: DiffResult, _ preparation: Preparation) async throws -> ChangeShaping {
        var routing = MergeRouting(courses: preparation.roles.courses)
        routing.provisional = preparation.moving
        var lanes = [try await lane(diff)]
        if sync.mode == .insert { routing.existing = try await existing(diff) }
        if !preparation.moving.isEmpty {
            let unique = Set(uniqueFields.map { $0.lowercased() })
            let choice = try await RouteChoice(delivery, object, sync.operation, rows: diff.counts.travelling) { sync in
                sync.fields.removeAll { unique.contains($0.field.lowercased()) }
            }
            var answers = try await delivery.resolver.answers(to: choice.shaper, for: diff, .present)
            _ = try await delivery.followMerged(in: &answers, to: choice.shaper)
            var lane = ShapingLane(choice, answers, of: sync)
            lane.isProvisional = true
            lanes.append(lane)
        }
        return try await delivery.shaping(diff, .present, lanes, routing, sync.operation.rawValue)
    }

    // MARK: - Implementation

    private var question: LookupQuestion {
        let name = sync.match?.field ?? "Id"
        let field = delivery.objects.all[object.lowercased()]?.field(name)
        return LookupQuestion(
            object: object,
            field: name,
            type: field?.type ?? .string,
            isCaseSensitive: field?.isCaseSensitive ?? false
        )
    }

    /// Mapped fields that are unique, the match field apart.
    private var uniqueFields: [String] {
        sync.fields.map(\.field).filter { name in
            name.lowercased() != sync.match?.field.lowercased()
                && delivery.objects.all[object.lowercased()]?.field(name)?.isUnique ?? false
        }
    }

    private static func values(_ fields: [String], _ text: (String) -> String?) -> [String: String] {
        Dictionary(fields.compactMap { field in text(field).map { (field, $0) } }) { first, _ in first }
    }

    /// Whether a `merge_id` is the Id of a record, and no key of the model's own.
    private func isID(_ text: String?) -> Bool {
        guard let text, text.utf8.count == 15 || text.utf8.count == 18,
            text.utf8.allSatisfy({ byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }),
            let prefix = delivery.objects.all[object.lowercased()]?.keyPrefix
        else { return false }
        return text.hasPrefix(prefix)
    }

    private func lane(_ diff: DiffResult) async throws -> ShapingLane {
        let choice = try await RouteChoice(delivery, object, sync.operation, rows: diff.counts.travelling)
        var answers = try await delivery.resolver.answers(to: choice.shaper, for: diff, .present)
        _ = try await delivery.followMerged(in: &answers, to: choice.shaper)
        return ShapingLane(choice, answers, of: sync)
    }

    /// Parents that would take a unique value which one of their victims has until it is merged.
    private func moving(_ diff: DiffResult, _ taken: [Hash128: [String: Set<String>]]) async throws -> Set<Hash128> {
        guard !taken.isEmpty else { return [] }
        let columns = delivery.worker.read.columns
        var places: [String: Int] = [:]
        for mapping in sync.fields {
            guard case .column(let column) = mapping.value else { continue }
            places[mapping.field] = columns.names.firstIndex(of: column)
        }
        let known = places
        return try await BlockingThread.run(named: "unique") {
            var moving: Set<Hash128> = []
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard let values = taken[change.key], change.changeClass != .unchanged else { continue }
                for (field, held) in values {
                    guard let place = known[field], held.contains(MatchFolding.text(change.cells[place])) else {
                        continue
                    }
                    moving.insert(change.key)
                }
            }
            return moving
        }
    }

    /// Of mode insert: rows whose match value a record has already; it is not created, and not written.
    private func existing(_ diff: DiffResult) async throws -> Set<Hash128> {
        let columns = delivery.worker.read.columns
        guard let place = columns.match else { return [] }
        let values = try await BlockingThread.run(named: "matches") {
            var values: [Hash128: String] = [:]
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard change.changeClass == .added || change.changeClass == .owed || change.changeClass == .changed
                else { continue }
                values[change.key] = change.cells.withCell(place) {
                    String(decoding: MatchFolding.trimmed($0), as: UTF8.self)
                }
            }
            return values
        }
        var found: Set<String> = []
        try await delivery.resolver.records(of: question, Array(Set(values.values).subtracting([""]))) { _, value, _ in
            found.insert(MatchFolding.text(Array(value.utf8)))
        }
        return Set(values.filter { found.contains(MatchFolding.text(Array($0.value.utf8))) }.map(\.key))
    }

    /// Merges what children there are into their parents, whose records exist by now.
    private func merge(_ diff: DiffResult, _ preparation: Preparation) async throws {
        let groups = preparation.roles.groups
        guard !groups.isEmpty else { return }
        let parents = try await parentRecords(diff, Set(groups.map(\.parent.key)))
        var children: [(row: MergeRow, step: MergeStep)] = []
        var left: [BatchOutcome.Undelivered] = []
        var settled: [MergeRow] = []
        for group in groups {
            guard let parent = parents[group.parent.key] else {
                left += group.children.map { held($0, by: group.parent) }
                continue
            }
            var sent = 0
            for child in group.children {
                guard let victim = preparation.victims[child.key], victim != parent.id else {
                    settled.append(child)
                    continue
                }
                let step = MergeStep(
                    parentKey: group.parent.keyText,
                    parentID: parent.id,
                    victimID: victim,
                    fields: sent < 2 ? parent.fields : [:]
                )
                children.append((child, step))
                sent += 1
            }
        }
        try await delivery.worker.recordUndelivered(left)
        try await delivery.projector.settle(
            settled.map { ($0.key, $0.raw, $0.keyText, $0.match) },
            print: MergeRow.childPrint
        )
        guard !children.isEmpty else { return }
        try await delivery.worker.book.step(sync.name, is: .pushing)
        let calls = MergeCalls(delivery: delivery, object: object)
        try await calls.send(try await calls.spool(children))
    }

    private func held(_ child: MergeRow, by parent: MergeRow) -> BatchOutcome.Undelivered {
        .init(
            key: child.key,
            row: UndeliveredRow(
                sync: sync.name,
                key: child.keyText,
                operation: .merge,
                state: .held,
                code: "HELD",
                message: "parent \(object) '\(parent.keyText)' is not in Salesforce"
            )
        )
    }

    private struct ParentRecord: Sendable {
        var id: String
        var fields: [String: String?]
    }

    /// The Ids of the groups' parents, and what their rows say, as a master record takes it.
    private func parentRecords(_ diff: DiffResult, _ keys: Set<Hash128>) async throws -> [Hash128: ParentRecord] {
        let shaper = try await delivery.shaper(for: object, .csv(.merge))
        var known = try await delivery.resolver.answers(
            to: shaper,
            for: diff,
            .present,
            where: { keys.contains($0.key) }
        )
        _ = try await delivery.followMerged(in: &known, to: shaper)
        let answers = known
        let unique = Set(uniqueFields.map { $0.lowercased() })
        return try await BlockingThread.run(named: "masters") {
            var shaper = shaper
            shaper.sendsEqualPayloads = true
            var parents: [Hash128: ParentRecord] = [:]
            var payload: [UInt8] = []
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard keys.contains(change.key), case .record(let id) = shaper.finding(of: change, in: answers) else {
                    continue
                }
                payload.removeAll(keepingCapacity: true)
                var record = ParentRecord(id: id, fields: [:])
                if case .shaped(let row) = shaper.shape(change, answers: answers, into: &payload) {
                    let columns = shaper.columns(layout: row.layout)
                    for (name, value) in try DelimitedCells.read(payload, columns) {
                        // A relationship has no place in a master record, and a unique value may still be a victim's.
                        guard name != "Id", !name.contains("."), !unique.contains(name.lowercased()), !value.isEmpty
                        else { continue }
                        record.fields[name] = .some(value == "#N/A" ? nil : value)
                    }
                }
                parents[change.key] = record
            }
            return parents
        }
    }
}
