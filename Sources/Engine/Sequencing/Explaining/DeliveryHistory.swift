internal import Fingerprinting
internal import Ledger
internal import Spool
internal import SyncModel

/// Finds what happened to one row: the refusals in the ledger, the acceptances in the spools that are still kept.
struct DeliveryHistory: Sendable {
    let ledger: Ledger
    let spoolFolder: String

    /// Newest first.
    func deliveries(of sync: String, key: Hash128) async throws -> [RowLife.Delivery] {
        var found = try await ledger.undelivered(sync: sync, key: key).map { entry in
            RowLife.Delivery(
                run: entry.run,
                time: entry.recorded,
                operation: entry.row.operation,
                undelivered: entry.row
            )
        }
        let outcomes = try await ledger.deliveries(of: sync, limit: Self.outcomesLookedAt)
        let folder = spoolFolder
        found += try await BlockingThread.run(named: "history") {
            // By name, of one run: open files are bounded, and a sync is in one run at a time.
            var (places, run) = ([String: (ReadySpool, Int)?](), RunID?.none)
            return outcomes.compactMap { outcome, recorded in
                guard let name = outcome.spool else { return nil }
                if outcome.run != run { (places, run) = ([:], outcome.run) }
                let place = places[name] ?? Self.find(key, name, folder + "/" + outcome.run.rawValue)
                places[name] = place
                guard let (ready, row) = place, row >= outcome.firstRow, row < outcome.firstRow + outcome.rowCount,
                    outcome.isAccepted(row - outcome.firstRow)
                else { return nil }
                return RowLife.Delivery(
                    run: outcome.run,
                    time: recorded,
                    operation: outcome.operation,
                    undelivered: nil,
                    job: outcome.job,
                    batch: outcome.batch,
                    position: row - outcome.firstRow + 1,
                    // Values that can't be read are left out: the row was accepted all the same.
                    sent: try? ready.values(of: row)
                )
            }
        }
        return found.sorted { $0.time > $1.time }
    }

    /// What was last accepted of some rows, by column, where the spools that carried it are still kept.
    func lastSent(of sync: String, keys: Set<Hash128>) async throws -> [Hash128: [String: String]] {
        if keys.isEmpty { return [:] }
        let outcomes = try await ledger.deliveries(of: sync, limit: Self.outcomesLookedAt)
        let folder = spoolFolder
        return try await BlockingThread.run(named: "history") {
            var sent: [Hash128: [String: String]] = [:]
            // As above.
            var (spools, run) = ([String: ReadySpool](), RunID?.none)
            // Newest first.
            for (outcome, _) in outcomes where sent.count < keys.count && outcome.operation != .delete {
                if outcome.run != run { (spools, run) = ([:], outcome.run) }
                // A spool that retention has taken tells nothing any more.
                guard let name = outcome.spool,
                    let ready = spools[name]
                        ?? (try? ReadySpool(opening: name, in: folder + "/" + outcome.run.rawValue))
                else { continue }
                spools[name] = ready
                guard outcome.firstRow + outcome.rowCount <= ready.spool.count else { continue }
                var found: [(row: Int, key: Hash128)] = []
                try ready.spool.forEachHead(in: outcome.firstRow..<outcome.firstRow + outcome.rowCount) { row, head in
                    if keys.contains(head.key), sent[head.key] == nil, outcome.isAccepted(row - outcome.firstRow) {
                        found.append((row, head.key))
                    }
                }
                // Values that can't be read tell nothing either.
                for (row, key) in found { sent[key] = try? ready.values(of: row) }
            }
            return sent
        }
    }

    // MARK: - Implementation

    /// The row of a spool that has a key; nil when it has none, or is gone.
    private static func find(_ key: Hash128, _ name: String, _ folder: String) -> (ReadySpool, Int)? {
        // A spool that retention has taken is no fault: the row is then known by the snapshot only.
        guard let ready = try? ReadySpool(opening: name, in: folder) else { return nil }
        var found: Int?
        try? ready.spool.forEachHead(in: 0..<ready.spool.count) { row, head in
            if head.key == key { found = row }
        }
        return found.map { (ready, $0) }
    }

    private static let outcomesLookedAt = 500
}
