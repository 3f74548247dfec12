internal import Ledger
internal import SyncModel
internal import Synchronization

/// Which run has which sync, one run at a time: two would each find the same rows new, and each take what the other has under way
/// for left behind.
///
/// A run has all its syncs from its beginning to its end, but lends those that wait at a gate and have not begun.
package final class SyncClaims: Sendable {
    private struct State {
        var holders: [String: RunID] = [:]
        /// How often each was taken by a run that began.
        var takes: [String: Int] = [:]
    }

    private let state = Mutex(State())
    /// Lit when syncs become free.
    let freed = Beacon()

    package init() {}

    /// Takes all of them for a run that begins, or none.
    func take(_ syncs: [String], for run: RunID) -> Bool {
        state.withLock { state in
            guard syncs.allSatisfy({ state.holders[$0] == nil }) else { return false }
            for sync in syncs {
                state.holders[sync] = run
                state.takes[sync, default: 0] += 1
            }
            return true
        }
    }

    /// Gives some back while their run waits at a gate.
    func lend(_ syncs: [String], of run: RunID) {
        state.withLock { state in
            for sync in syncs where state.holders[sync] == run { state.holders[sync] = nil }
        }
        freed.light()
    }

    /// Takes back what was lent, all or none.
    func takeBack(_ syncs: [String], for run: RunID) -> Bool {
        state.withLock { state in
            guard syncs.allSatisfy({ state.holders[$0] == nil || state.holders[$0] == run }) else { return false }
            for sync in syncs { state.holders[sync] = run }
            return true
        }
    }

    /// A run has ended: all that it has is free.
    func release(_ run: RunID) {
        state.withLock { state in state.holders = state.holders.filter { $0.value != run } }
        freed.light()
    }

    func holder(of sync: String) -> RunID? { state.withLock { $0.holders[sync] } }

    /// Differs from what it was when another run has had the sync meanwhile.
    func takes(of sync: String) -> Int { state.withLock { $0.takes[sync] ?? 0 } }
}

extension RunContext {
    /// Waits at the gate; while it is closed, other runs may have the syncs, or those that are lent, whose steps have not begun.
    ///
    /// - Returns: whether the gate is open; false when the run was asked to stop.
    /// - Throws: `WaitedTooLong`, `StoppedOnRequest`.
    func waitAtGate(
        for syncs: [SyncDefinition],
        lending lent: [SyncDefinition]? = nil,
        rows: [String: Int] = [:]
    ) async throws -> Bool {
        func wait() async throws -> Bool {
            try await gates.waitUntilOpen(for: syncs, isPushing: false, rows: rows, self)
        }
        if try await gates.isOpen(for: syncs, self) { return try await wait() }
        let names = (lent ?? syncs).map(\.name)
        claims.lend(names, of: runID)
        guard try await wait() else { return false }
        try await takeBack(names)
        return true
    }

    // MARK: - Implementation

    private func takeBack(_ syncs: [String]) async throws {
        var hasWaited = false
        while true {
            let seen = (freed: claims.freed.changes, signal: signal.beacon.changes)
            if claims.takeBack(syncs, for: runID) { break }
            if signal.isAsked { throw StoppedOnRequest() }
            if !hasWaited, let sync = syncs.first(where: { claims.holder(of: $0) != nil }),
                let holder = claims.holder(of: sync)
            {
                hasWaited = true
                try await book.happened(.blocked, reason: "sync \(sync) is in run \(holder)")
            }
            try await clock.wait(.seconds(60), beacons: [(claims.freed, seen.freed), (signal.beacon, seen.signal)])
        }
        if hasWaited { try await book.happened(.cleared) }
    }
}
