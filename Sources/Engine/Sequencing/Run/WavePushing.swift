internal import Fingerprinting
internal import Ledger
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Sends spools whose rows refer to rows of their own object in waves: roots first, removals leaves first.
///
/// A row whose parent was not delivered is held. A circle is broken by sending its first row without the link, and once more
/// with it when all others are through; where the link may not be null, the rows of the circle are refused.
struct WavePushing: Sendable {
    let pushing: SpoolPushing
    let shaping: ChangeShaping

    private var delivery: ChangeDelivery { pushing.delivery }
    private var sync: SyncDefinition { delivery.sync }

    func push(_ ready: [ReadySpool]) async throws {
        if let ordered = try await leavesFirst(ready) {
            for wave in try await split(ready, Waves(ordered).waves).reversed() { try await pushing.push(wave) }
            return
        }
        let rows = ready.flatMap(\.relations)
        guard rows.contains(where: { $0.parent != 0 }) else { return try await pushing.push(ready) }
        let waves = Waves(rows)
        var places = waves.waves
        let last = try await breakCycles(waves.cycles, ready, &places)
        for number in 0..<UInt32(waves.count) {
            try await hold(number, ready, rows, &places)
            try await pushing.push(try await part(ready, places, number))
        }
        try await pushing.push(last)
    }

    // MARK: - Implementation

    /// The mark of a row that goes with no wave.
    private static let none = UInt32.max

    /// Sends the first rows of circles without their links; answers the spools of the same rows with them.
    private func breakCycles(
        _ cycles: [[Int]],
        _ ready: [ReadySpool],
        _ places: inout [UInt32]
    ) async throws -> [ReadySpool] {
        guard !cycles.isEmpty else { return [] }
        // What an insert has created it would create again.
        let isInsert = shaping.operation == .insert
        guard shaping.mayOmitOwnLinks, !isInsert else {
            let why = isInsert ? "an insert sends a row once" : "the link may not be empty"
            for cycle in cycles {
                let keys = try cycle.map { try row($0, of: ready) { try $0.spool.keyText($1) } }
                let words = (keys + keys.prefix(1)).joined(separator: " → ")
                let message = "the rows refer to one another in a circle, and \(why): \(words)"
                let members = cycle.filter { places[$0] != Self.none }
                try await leave(members, .rejected, "CIRCULAR_DEPENDENCY", ready) { _ in message }
                for member in members { places[member] = Self.none }
            }
            return []
        }
        let firsts = cycles.map { $0[0] }
        let keys = Set(try firsts.map { try row($0, of: ready) { try $0.spool.record($1).key } })
        let shaping = shaping
        try await pushing.push(try await BlockingThread.run(named: "unlinked") { try shaping.withoutOwnLinks(keys) })
        var only = [UInt32](repeating: Self.none, count: places.count)
        for first in firsts {
            only[first] = 0
            places[first] = Self.none
        }
        return try await part(ready, only, 0, name: "linked")
    }

    /// Holds the rows of a wave whose parent is a row of this sync that was not delivered.
    private func hold(
        _ wave: UInt32,
        _ ready: [ReadySpool],
        _ rows: [Waves.Row],
        _ places: inout [UInt32]
    ) async throws {
        guard let key = shaping.ownKey else { return }
        var owed: [UInt64: OwedParent] = [:]
        var scratch: [UInt8] = []
        for object in sync.objects {
            let known = try await delivery.context.ledger.owedParents(
                destination: sync.destination,
                object: object,
                field: key
            )
            let parents = try await HeldParents.neverDelivered(known, delivery.context)
            for (value, parent) in parents where parent.sync == sync.name {
                let hash = Array(value.utf8).withUnsafeBytes {
                    MatchFolding.hash($0, caseSensitive: false, scratch: &scratch)
                }
                owed[hash] = parent
            }
        }
        if owed.isEmpty { return }
        func parent(of place: Int) -> OwedParent? {
            owed[rows[place].parent] ?? rows[place].otherParents.lazy.compactMap { owed[$0] }.first
        }
        let held = places.indices.filter { places[$0] == wave && parent(of: $0) != nil }
        guard !held.isEmpty else { return }
        let label = sync.objectLabel
        try await leave(held, .held, "HELD", ready) { place in
            parent(of: place).map { "parent \(label) '\($0.keyText)' was \($0.state.rawValue)" } ?? "held"
        }
        for place in held { places[place] = Self.none }
    }

    private func leave(
        _ places: [Int],
        _ state: UndeliveredState,
        _ code: String,
        _ ready: [ReadySpool],
        _ message: (Int) -> String
    ) async throws {
        let rows = try places.map { place in
            try row(place, of: ready) { spool, row in
                // By what rows below it name it.
                var values = try spool.values(of: row).filter { $0.key.lowercased() == shaping.ownKey }
                if let match = sync.match { values[match.field] = try spool.spool.matchText(row) }
                return BatchOutcome.Undelivered(
                    key: try spool.spool.record(row).key,
                    row: UndeliveredRow(
                        sync: sync.name,
                        key: try spool.spool.keyText(row),
                        operation: spool.operation,
                        state: state,
                        code: code,
                        message: message(place),
                        values: values
                    )
                )
            }
        }
        try await delivery.recordUndelivered(rows)
    }

    /// Which spool a row of all rows lies in, and where.
    private func row<Result>(
        _ place: Int,
        of ready: [ReadySpool],
        _ body: (ReadySpool, Int) throws -> Result
    ) throws -> Result {
        var first = 0
        for spool in ready {
            if place < first + spool.spool.count { return try body(spool, place - first) }
            first += spool.spool.count
        }
        throw EngineError(code: .state, subject: sync.name, detail: "row \(place) is in none of its spools")
    }

    private func split(_ ready: [ReadySpool], _ places: [UInt32]) async throws -> [[ReadySpool]] {
        var waves: [[ReadySpool]] = []
        for wave in 0...(places.max() ?? 0) { waves.append(try await part(ready, places, wave)) }
        return waves
    }

    /// The rows of one wave, in spools of their own.
    private func part(
        _ ready: [ReadySpool],
        _ places: [UInt32],
        _ wave: UInt32,
        name: String = "w"
    ) async throws -> [ReadySpool] {
        let folder = delivery.context.spoolFolder(delivery.context.runID)
        return try await BlockingThread.run(named: "wave-\(sync.name)") {
            var first = 0
            var parts: [ReadySpool] = []
            for spool in ready {
                let rows = (0..<spool.spool.count).filter { places[first + $0] == wave }
                first += spool.spool.count
                guard !rows.isEmpty else { continue }
                let part = "\(spool.name)-\(name)\(wave)"
                let writer = try PayloadSpoolWriter(path: folder + "/" + part, fieldCount: spool.spool.fieldCount)
                try writer.append(rows, of: spool.spool)
                _ = try writer.finish()
                let made = spool.with(name: part, spool: try PayloadSpool(path: folder + "/" + part))
                try made.keepManifest(in: folder)
                parts.append(made)
            }
            return parts
        }
    }

    /// For removals from an object whose records refer to one another: who is whose parent, as Salesforce has it; nil: no such.
    private func leavesFirst(_ ready: [ReadySpool]) async throws -> [Waves.Row]? {
        let own = sync.fields.first { mapping in
            guard case .lookup(let lookup) = mapping.value else { return false }
            return sync.objects.contains { $0.lowercased() == lookup.object.lowercased() }
        }
        guard let own, let object = ready.first?.object, ready.allSatisfy({ $0.operation == .delete }) else {
            return nil
        }
        var parents: [String: String] = [:]
        var ids: [String] = []
        for spool in ready {
            for row in 0..<spool.spool.count { ids.append(try spool.values(of: row)["Id"] ?? "") }
        }
        for start in stride(from: 0, to: ids.count, by: 300) {
            let list = ids[start..<min(start + 300, ids.count)].map(SOQL.quoted).joined(separator: ",")
            let soql = "SELECT Id, \(own.field) FROM \(object) WHERE Id IN (\(list))"
            let records = try await delivery.context.reaching { try await delivery.client.query(soql, atMost: 300) }
            for record in records {
                if let id = record.id, let parent = record.text(own.field) { parents[id] = parent }
            }
        }
        guard !parents.isEmpty else { return nil }
        func hash(_ id: String?) -> UInt64 { id.map { Fingerprint.hash64($0) | 1 } ?? 0 }
        return ids.map { Waves.Row(own: hash($0), parent: hash(parents[$0])) }
    }
}
