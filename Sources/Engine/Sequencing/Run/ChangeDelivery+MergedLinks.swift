internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

extension ChangeDelivery {
    /// Of more values that no record has, nobody is asked whether theirs were merged: that many are missing for another reason.
    static let mostFollowed = 2_000

    /// Whether a row may refer to a record that was merged into another one.
    var followsLinks: Bool {
        switch sync.target {
        case .object, .objects: break
        case .event, .picklist: return false
        }
        return (sync.fields + sync.only.values.flatMap(\.self)).contains { mapping in
            switch mapping.value {
            case .lookup(let lookup): mayBeMerged(lookup.object)
            case .column:
                sync.objects.contains { object in
                    objects.all[object.lowercased()]?.field(mapping.field)?.referenceTo.contains(where: mayBeMerged)
                        == true
                }
            case .constant, .template, .recordType: false
            }
        }
    }

    /// Looks for values that no record has among the records that were merged into others, and answers with those.
    ///
    /// The values of an update's match among them, unless another row of the model is about the record that is left, or
    /// `isElsewhere` knows of one in the other of two objects.
    ///
    /// - Returns: how many values were found so.
    func followMerged(
        in answers: inout LookupAnswers,
        to shaper: Shaper,
        isElsewhere: (String) -> Bool = { _ in false }
    ) async throws -> Int {
        var followed = 0
        for (index, missed) in answers.misses.sorted(by: { $0.key < $1.key }) {
            let question = shaper.questions[index]
            let isMatch = index == shaper.matchQuestion
            // An upsert makes the record anew.
            if isMatch && (sync.mode != .update || sync.merge != nil) { continue }
            let values = isMatch ? missed.filter { !isElsewhere($0) } : missed
            guard mayBeMerged(question.object), !values.isEmpty, values.count <= Self.mostFollowed else { continue }
            var found = try await merged(question, values)
            if isMatch { try await leaveOthersAlone(&found, question, &answers, index) }
            for entry in found {
                answers.add(id: entry.master, filled: entry.filled, for: Array(entry.value.utf8), to: index)
            }
            followed += found.count
            guard !found.isEmpty else { continue }
            let shown = found.prefix(5).map { "\($0.value) (\($0.victim) into \($0.master))" }.joined(separator: ", ")
            answers.notes.append(
                "\(found.count) values of \(question.object).\(question.field) stand for the record into which theirs was merged: "
                    + shown + (found.count > 5 ? " …" : "")
            )
        }
        return followed
    }

    /// Sends rows once more that were refused for a record which they refer to, where that was merged into another one; the others
    /// stay refused.
    func followMergedLinks(_ shaping: ChangeShaping, _ pushing: SpoolPushing) async throws {
        let entries = await mergedLinks.end()
        guard !entries.isEmpty, case .success(let diff) = worker.read.diff else { return }
        var refused: [Hash128: MergedRecords.Row] = [:]
        for entry in entries { refused[try entry.ready.spool.record(entry.row).key] = entry }
        var ready: [ReadySpool] = []
        // What is provisional of a merge comes again by itself.
        for (number, lane) in shaping.lanes.enumerated() where !shaping.lanes.contains(where: \.isProvisional) {
            let keys = Set(refused.filter { lane.hasShaped($0.value.ready) }.map(\.key))
            if keys.isEmpty { continue }
            guard let way = try await linked(lane, keys, diff) else { continue }
            let again = try await BlockingThread.run(named: "linked-\(sync.name)") {
                try shaping.again(keys, way, number)
            }
            ready += again.ready
            for key in keys.subtracting(again.left) { refused[key] = nil }
        }
        let left = try entries.filter { refused[try $0.ready.spool.record($0.row).key] != nil }.map { entry in
            try OutcomeRecorder(delivery: self, ready: entry.ready, retries: nil, attempt: 1)
                .refused(entry.row, entry.fault, keepsValues: true)
        }
        try await recordUndelivered(left)
        guard !ready.isEmpty else { return }
        let count = entries.count - left.count
        await worker.book.count(sync.name) { $0.retries += count }
        try await pushing.push(ready)
    }

    // MARK: - Implementation

    /// A lane that sends every link of these rows as an Id, followed where that was merged; nil: none of them was.
    private func linked(_ lane: ShapingLane, _ keys: Set<Hash128>, _ diff: DiffResult) async throws -> ShapingLane? {
        let operation = lane.shaper.form.operation
        let object = try objects.object(lane.shaper.object)
        let shaper = try await shaper(
            for: lane.shaper.object,
            lane.api == .rest ? .json(operation) : .csv(operation),
            resolvesLinks: true
        ) {
            if case .objects = $0.target { $0.leaveOut(whatBelongsNotTo: operation, of: object) }
        }
        var answers = try await resolver.answers(to: shaper, for: diff, .present, where: { keys.contains($0.key) })
        // What was found out of the records themselves, converted leads and merged ones among them, holds.
        if let match = shaper.matchQuestion, let known = lane.shaper.matchQuestion {
            answers.take(match, from: lane.answers, known)
        }
        guard try await followMerged(in: &answers, to: shaper) > 0 else { return nil }
        for note in answers.notes { try await worker.book.warn(note) }
        return ShapingLane(RouteChoice(lane.api, shaper), answers, of: sync)
    }

    /// A value, the record that had it, and the one into which that was merged.
    private struct MergedValue {
        var value: String
        var victim: String
        var master: String
        var filled: UInt64 = 0
    }

    private func merged(_ question: LookupQuestion, _ values: [String]) async throws -> [MergedValue] {
        var victims: [String: [(value: String, id: String)]] = [:]
        for start in stride(from: 0, to: values.count, by: 300) {
            let list = values[start..<min(start + 300, values.count)].map { resolver.literal($0, question.type) }
            let columns = Set(["Id", question.field]).sorted().joined(separator: ", ")
            let soql =
                "SELECT \(columns) FROM \(question.object) WHERE IsDeleted = true AND MasterRecordId != null"
                + " AND \(question.field) IN (\(list.joined(separator: ",")))"
            let records = try await context.reaching { try await client.query(soql, atMost: 3_000, all: true) }
            for record in records {
                guard let id = record.id, let value = record.text(question.field) else { continue }
                victims[MatchFolding.text(Array(value.utf8)), default: []].append((value, id))
            }
        }
        let masters = try await masters(of: Set(victims.values.joined().map(\.id)), question.object)
        return victims.sorted { $0.key < $1.key }.compactMap { _, found in
            let known = found.compactMap { victim in masters[victim.id].map { (victim, $0) } }
            // Two records that had the value and went different ways: nobody can tell which is meant.
            guard let (victim, master) = known.first, Set(known.map(\.1)).count == 1 else { return nil }
            return MergedValue(value: victim.value, victim: victim.id, master: master)
        }
    }

    /// Of values of an update's match, leaves those out whose records other rows are about; finds out what the rest's have filled.
    private func leaveOthersAlone(
        _ found: inout [MergedValue],
        _ question: LookupQuestion,
        _ answers: inout LookupAnswers,
        _ index: Int
    ) async throws {
        var byID = question
        (byID.field, byID.type, byID.isCaseSensitive) = ("Id", .id, true)
        var own: [String: String] = [:]
        var filled: [String: UInt64] = [:]
        try await resolver.records(of: byID, Set(found.map(\.master)).sorted(), [question.field]) { id, _, text in
            own[id] = text(question.field)
            for (bit, field) in question.filledFields.enumerated() where text(field) != nil {
                filled[id, default: 0] |= 1 << UInt64(bit)
            }
        }
        let folder = context.snapshotFolder + "/" + sync.name
        let values = Set(own.values.map { $0.lowercased() })
        let delivered = try await BlockingThread.run(named: "merged-\(sync.name)") {
            try SnapshotStore.keyTexts(ofMatches: values, whole: true, inFolder: folder)
        }
        let led = Dictionary(grouping: found, by: \.master)
        var left: [MergedValue] = []
        for var entry in found {
            let value = own[entry.master]
            let isTaken =
                led[entry.master]?.count != 1
                || value.map {
                    answers.isAnswered(Array($0.utf8), question: index) || delivered[$0.lowercased()] != nil
                }
                    ?? false
            if isTaken {
                answers.notes.append(
                    "\(entry.value) is not written: its record \(entry.victim) was merged into \(entry.master), to which another row belongs"
                )
                continue
            }
            entry.filled = filled[entry.master] ?? 0
            left.append(entry)
        }
        found = left
    }
}

extension ShapingLane {
    /// Whether the rows of a spool are of this lane.
    fileprivate func hasShaped(_ ready: ReadySpool) -> Bool {
        ready.object.lowercased() == shaper.object.lowercased() && ready.operation == shaper.form.operation
    }
}
