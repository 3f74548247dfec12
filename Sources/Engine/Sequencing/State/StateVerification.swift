internal import Fingerprinting
package import Ledger
internal import Snapshot
internal import Spool
internal import SyncModel

/// What a look at the whole state has found.
package struct StateReport: Sendable, Equatable {
    /// Each breaks one of the promises of durability.md.
    package var faults: [String] = []
    /// What is as it may be, and worth knowing.
    package var notices: [String] = []
    package var runs = 0
    package var outcomes = 0
    package var openIntents = 0
    package var snapshots = 0
    package var entries = 0
    package var owed = 0
    package var inDoubt = 0
    package var spools = 0

    package init() {}

    package var isSound: Bool { faults.isEmpty }
}

/// Holds the state against itself: ledger, snapshots and spools; reads every byte and sends nothing.
///
/// It may be made while runs are on: snapshots are read before the ledger, which they must never be ahead of.
package struct StateVerification: Sendable {
    private let ledger: Ledger
    private let folder: StateFolder

    package init(ledger: Ledger, stateFolder: String) {
        self.ledger = ledger
        folder = StateFolder(stateFolder)
    }

    /// - Throws: `LedgerError` when the ledger can't be read at all.
    package func report() async throws -> StateReport {
        var report = StateReport()
        let snapshots = try await inspectSnapshots(&report)
        let check = try await ledger.check()
        report.faults = check.faults + report.faults
        report.runs = check.runs.count
        report.outcomes = check.outcomes
        report.openIntents = check.openIntents.count
        for (sync, snapshot) in snapshots.sorted(by: { $0.key < $1.key }) {
            try await hold(snapshot, of: sync, against: check, &report)
        }
        try await holdIntents(check, &report)
        for sync in check.lastOutcomes.keys.sorted() where snapshots[sync] == nil {
            if try await ledger.hasAccepted(of: sync) {
                report.notices.append("sync \(sync): rows were delivered, and there is no snapshot of them")
            }
        }
        noteSpools(check, &report)
        for (name, reason) in try await ledger.unadoptedSyncs().sorted(by: { $0.key < $1.key }) {
            report.notices.append("sync \(name) waits for `sequencectl adopt \(name)`: \(reason)")
        }
        return report
    }

    // MARK: - Implementation

    private func inspectSnapshots(_ report: inout StateReport) async throws -> [String: SnapshotInspection] {
        var found: [String: SnapshotInspection] = [:]
        for sync in StateFolder.folders(in: folder.snapshots) {
            let path = folder.snapshot(of: sync)
            let owed = try await ledger.owedParentKeys(of: sync)
            do {
                let inspection = try await BlockingThread.run(named: "verify-\(sync)") {
                    try SnapshotInspection(folder: path, looking: owed)
                }
                guard let inspection else { continue }
                found[sync] = inspection
                report.snapshots += 1
                report.entries += inspection.entries
                report.owed += inspection.owed
                report.inDoubt += inspection.inDoubt
                report.faults += inspection.faults.map { "snapshot \(sync): \($0)" }
            } catch {
                report.faults.append("snapshot \(sync): \(error)")
            }
        }
        return found
    }

    private func hold(
        _ snapshot: SnapshotInspection,
        of sync: String,
        against check: LedgerCheck,
        _ report: inout StateReport
    ) async throws {
        if snapshot.identity.stateID != check.stateID {
            report.faults.append(
                "snapshot \(sync): it belongs to state \(snapshot.identity.stateID), and this is \(check.stateID)"
            )
            return
        }
        if snapshot.identity.sync != sync {
            report.notices.append("snapshot \(sync): it was made for sync \(snapshot.identity.sync)")
        }
        let last = check.lastOutcomes[sync] ?? 0
        if snapshot.lastSequence > UInt64(last) {
            // Its outcomes may have been pruned: then none of them is left.
            if last > 0 || check.outcomes > 0 {
                report.faults.append(
                    "snapshot \(sync): its last batch is \(snapshot.lastSequence), the ledger's is \(last)"
                )
            }
            return
        }
        let behind = Int64(snapshot.lastSequence)
        let missing: [BatchOutcome]
        do {
            missing = try await ledger.outcomes(of: sync, after: behind, limit: 10_000, undelivered: 0)
        } catch let error as LedgerError where error.code == .corrupt {
            report.faults.append("sync \(sync): \(error)")
            return
        }
        for outcome in missing {
            guard let name = outcome.spool else { continue }
            verify(spool: name, of: outcome.run, "outcome \(outcome.number) of \(sync), not applied yet", &report)
        }
        // Read again: what was delivered meanwhile owes nothing any more.
        let owed = try await ledger.owedParentKeys(of: sync)
        let both = snapshot.settled.intersection(owed).count
        if both > 0 {
            report.faults.append("sync \(sync): \(both) rows are delivered, and their children are held for them")
        }
    }

    private func holdIntents(_ check: LedgerCheck, _ report: inout StateReport) async throws {
        let open = Set(try await ledger.openIntents().map(\.number))
        for intent in check.openIntents where open.contains(intent.number) {
            guard !intent.spool.isEmpty, intent.handle != nil else { continue }
            let name = "intent \(intent.number) of \(intent.sync)"
            let rows = verify(spool: intent.spool, of: intent.run, name, &report)
            if let rows, intent.firstRow < 0 || intent.rowCount < 0 || intent.firstRow + intent.rowCount > rows {
                report.faults.append(
                    "\(name): it is about rows \(intent.firstRow) to \(intent.firstRow + intent.rowCount), its spool has \(rows)"
                )
            }
        }
    }

    /// - Returns: how many rows it holds.
    @discardableResult
    private func verify(spool name: String, of run: RunID, _ user: String, _ report: inout StateReport) -> Int? {
        do {
            let spool = try PayloadSpool(path: folder.spool(of: run) + "/" + name)
            try spool.verify()
            report.spools += 1
            return spool.count
        } catch {
            report.faults.append("\(user): \(error)")
            return nil
        }
    }

    private func noteSpools(_ check: LedgerCheck, _ report: inout StateReport) {
        for name in StateFolder.folders(in: folder.spool) {
            let run = RunID(rawValue: name)
            if check.runs[run] == nil, !name.hasPrefix("plan-") {
                report.notices.append("spool \(name): its run is not known")
            }
        }
    }
}
