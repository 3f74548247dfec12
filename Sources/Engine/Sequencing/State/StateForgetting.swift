package import Fingerprinting
internal import Foundation
package import Ledger
internal import Snapshot
internal import Spool
internal import SyncModel

/// Takes the values of one row out of everything that is kept; its hashes stay, so that it is still known as delivered.
package struct StateForgetting: Sendable {
    private let ledger: Ledger
    private let folder: StateFolder

    package init(ledger: Ledger, stateFolder: String) {
        self.ledger = ledger
        folder = StateFolder(stateFolder)
    }

    /// - Returns: in how many places something was taken away.
    /// - Throws: `EngineError` for a row of which nothing is kept, nothing is touched then, or while rows of the sync are on
    ///   their way; `LedgerError`, `SnapshotError`.
    package func forget(_ key: Hash128, text: String, of sync: String) async throws -> Int {
        guard try await isKept(key, of: sync) else {
            throw EngineError(
                code: .unknownName,
                subject: "row \(text) of \(sync)",
                detail: "nothing of it is kept, and nothing was taken away",
                hint: "a key is written as `sequencectl rejected` and `explain` show it"
            )
        }
        if let intent = try await ledger.openIntents(of: sync).first {
            throw EngineError(
                code: .notNow,
                subject: "forget a row of \(sync)",
                detail: "what run \(intent.run) sent is not settled, and it may be in there",
                hint: "run the sync once more, then forget the row",
                isTransient: true
            )
        }
        var places = try await ledger.forget(key: key, text: text, of: sync)
        let open = Set(try await ledger.openIntents().map(\.run) + ledger.runsNotEnded().map(\.id))
        places += try forgetSpools(of: sync, except: open)
        let path = folder.snapshot(of: sync)
        let known = try await BlockingThread.run(named: "forget-\(sync)") {
            try SnapshotStore.forgetText(of: key, inFolder: path)
        }
        return places + (known ? 1 : 0)
    }

    // MARK: - Implementation

    /// Whether the row is in the snapshot, among the refused ones, or in what a run has kept of its payloads: requests are kept
    /// no longer than those.
    private func isKept(_ key: Hash128, of sync: String) async throws -> Bool {
        if try await ledger.keeps(key: key, of: sync) { return true }
        let (snapshot, spools) = (folder.snapshot(of: sync), folder.spool)
        return try await BlockingThread.run(named: "forget-\(sync)") {
            if try SnapshotStore.entry(for: key, inFolder: snapshot) != nil { return true }
            return StateFolder.folders(in: spools).contains { Self.holds(key, of: sync, inFolder: spools + "/" + $0) }
        }
    }

    private static func holds(_ key: Hash128, of sync: String, inFolder folder: String) -> Bool {
        // A spool that retention takes at this moment holds nothing any more.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.contains { name in
            guard StateFolder.isSpool(name, of: sync), let ready = try? ReadySpool(opening: name, in: folder) else {
                return false
            }
            var isThere = false
            try? ready.spool.forEachHead(in: 0..<ready.spool.count) { _, head in
                if head.key == key { isThere = true }
            }
            return isThere
        }
    }

    /// What ended runs sent of the sync is kept for those who ask what was sent: none of it tells of one row alone, so all goes.
    private func forgetSpools(of sync: String, except open: Set<RunID>) throws -> Int {
        var places = 0
        for name in StateFolder.folders(in: folder.spool) where !open.contains(RunID(rawValue: name)) {
            let path = folder.spool + "/" + name
            do {
                // What is squeezed at this moment must not come back.
                places += try PayloadSpool.withoutSqueezing { try Self.removeSpools(of: sync, inFolder: path) }
            } catch {
                // Retention took all of it.
                guard FileManager.default.fileExists(atPath: path) else { continue }
                throw EngineError(code: .state, subject: "spool \(name)", detail: error.localizedDescription)
            }
        }
        return places
    }

    /// - Returns: how many files went.
    private static func removeSpools(of sync: String, inFolder folder: String) throws -> Int {
        var removed = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where StateFolder.isSpool(file, of: sync) {
            do {
                try FileManager.default.removeItem(atPath: folder + "/" + file)
                removed += 1
            } catch {
                // Somebody was quicker: that is as good.
                guard !FileManager.default.fileExists(atPath: folder + "/" + file) else { throw error }
            }
        }
        return removed
    }
}
