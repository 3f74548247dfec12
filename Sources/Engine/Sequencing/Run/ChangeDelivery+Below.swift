internal import Fingerprinting
internal import Ledger
internal import Shaping
internal import SyncModel

/// Rows whose parent was looked up and is not there yet: it may be a row of the same sync, and come in this step.
///
/// Of very many the rest are refused at once, and looked at again in the next run.
struct RowsBelow {
    /// The fields that refer to rows of the sync, each with the field that it looks in.
    let links: [String: String]
    private(set) var rows: [Hash128: BatchOutcome.Undelivered] = [:]
    /// They are in memory, with their values.
    private static let most = 20_000

    init(_ links: [String: String]) {
        self.links = links
    }

    /// Takes those of the rows that were refused for such a parent and nothing else; answers with the others.
    mutating func take(from undelivered: [BatchOutcome.Undelivered]) -> [BatchOutcome.Undelivered] {
        if links.isEmpty { return undelivered }
        return undelivered.filter { entry in
            let isBelow =
                rows.count < Self.most && entry.row.state == .rejected && entry.row.code == "INVALID_FIELD"
                && entry.row.fields.allSatisfy { links[$0] != nil }
            if isBelow { rows[entry.key] = entry }
            return !isBelow
        }
    }

    mutating func remove(_ keys: Set<Hash128>) {
        for key in keys { rows[key] = nil }
    }
}

extension ChangeDelivery {
    /// Sends rows whose parent was looked up and came meanwhile, generation by generation; the others are held or refused.
    ///
    /// What can be named by an external id goes in waves instead, without a look.
    func send(_ below: RowsBelow, _ shaping: ChangeShaping, _ pushing: SpoolPushing) async throws {
        guard !below.rows.isEmpty, let lane = shaping.lanes.first else { return }
        var below = below
        var generation = 1
        while !below.rows.isEmpty, !context.signal.isAsked {
            let keys = Set(below.rows.keys)
            var answers = try await resolver.answers(
                to: lane.shaper,
                for: shaping.diff,
                .present,
                where: { keys.contains($0.key) }
            )
            _ = try await followMerged(in: &answers, to: lane.shaper)
            var way = lane
            way.answers = answers
            let name = "below\(generation)-"
            let next = way
            let again = try await BlockingThread.run(named: "below-\(sync.name)") {
                try shaping.again(keys, next, 0, name: name)
            }
            below.remove(keys.subtracting(again.left))
            for refresh in again.refreshes { try await projector.refresh(refresh) }
            await worker.book.count(sync.name) { $0.move(unchanged: again.unchanged) }
            if again.ready.isEmpty { break }
            try await WavePushing(pushing: pushing, shaping: shaping).push(again.ready)
            generation += 1
        }
        // Their parents may have come: they are looked at again, and nothing is said of them.
        if context.signal.isAsked { throw StoppedOnRequest() }
        let left = try await settled(below)
        try await recordUndelivered(left)
    }

    // MARK: - Implementation

    /// What is to be said of rows whose parent did not come: held where it is a row of this sync, refused in a circle.
    private func settled(_ below: RowsBelow) async throws -> [BatchOutcome.Undelivered] {
        let rows = below.rows.values.sorted { $0.row.key < $1.row.key }
        guard !rows.isEmpty else { return [] }
        // Every row that is left, and every one that was refused before, by what the links name it by.
        var named: [String: [String: (keyText: String, state: UndeliveredState, index: Int?)]] = [:]
        for field in Set(below.links.values) {
            for object in sync.objects {
                let owed = try await context.ledger.owedParents(
                    destination: sync.destination,
                    object: object,
                    field: field
                )
                for (value, parent) in try await HeldParents.neverDelivered(owed, context) {
                    named[field, default: [:]][value] = (parent.keyText, parent.state, nil)
                }
            }
            for (index, entry) in rows.enumerated() {
                guard let value = entry.row.values.first(where: { $0.key.lowercased() == field.lowercased() })?.value
                else { continue }
                named[field, default: [:]][MatchFolding.text(Array(value.utf8))] = (entry.row.key, .held, index)
            }
        }
        func parent(of row: UndeliveredRow) -> (field: String, keyText: String, state: UndeliveredState, index: Int?)? {
            for field in row.fields {
                guard let link = below.links[field], let value = row.values[field],
                    let parent = named[link]?[MatchFolding.text(Array(value.utf8))]
                else { continue }
                return (field, parent.keyText, parent.state, parent.index)
            }
            return nil
        }
        return rows.enumerated().map { index, entry in
            guard let held = parent(of: entry.row) else { return entry }
            var entry = entry
            entry.row.fields = [held.field]
            var way = [entry.row.key]
            var passed: Set<Int> = []
            var next = held.index
            while let place = next, place != index, passed.insert(place).inserted {
                way.append(rows[place].row.key)
                next = parent(of: rows[place].row)?.index
            }
            if next == index {
                entry.row.code = "CIRCULAR_DEPENDENCY"
                entry.row.message =
                    "the rows refer to one another in a circle, and none is found before it is there: "
                    + (way + [entry.row.key]).joined(separator: " → ")
                return entry
            }
            entry.row.state = .held
            entry.row.code = "HELD"
            entry.row.message = "parent \(sync.objectLabel) '\(held.keyText)' was \(held.state.rawValue)"
            entry.mark = nil
            return entry
        }
    }
}
