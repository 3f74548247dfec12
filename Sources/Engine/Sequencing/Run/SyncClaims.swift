internal import Ledger
internal import SyncModel
internal import Synchronization

/// Which run has which sync, one run at a time: two would each find the same rows new, and each take what the other has under way
/// for left behind.
///
/// A run has all its syncs from its beginning to its end. While it waits at a gate it lends those that wait there to a run that
/// overrides the gate, and gives the others up; while it waits for a person's approval it gives up what nobody has approved.
package final class SyncClaims: Sendable {
    fileprivate struct State {
        var holders: [String: RunID] = [:]
        /// Those whose holder waits at a gate.
        var lent: Set<String> = []
        /// How often each was taken by a run that began.
        var takes: [String: Int] = [:]
        /// Runs that wait to have back what they gave up: none that begins takes it from under them.
        var wanted: [RunID: [String]] = [:]
    }

    private let state = Mutex(State())
    /// Lit when syncs become free.
    let freed = Beacon()

    package init() {}

    /// Takes all of them for a run that begins, or none; `overriding`: also what another has lent.
    func take(_ syncs: [String], for run: RunID, overriding: Bool) -> Bool {
        state.withLock { state in
            guard
                syncs.allSatisfy({ sync in
                    if let holder = state.holders[sync], holder != run {
                        return overriding && state.lent.contains(sync)
                    }
                    return overriding || state.waiter(for: sync, beside: run) == nil
                })
            else { return false }
            for sync in syncs {
                state.holders[sync] = run
                state.lent.remove(sync)
                state.takes[sync, default: 0] += 1
            }
            return true
        }
    }

    /// Lends some and gives others up while their run waits at a gate.
    func lend(_ syncs: [String], giving others: [String], of run: RunID) {
        state.withLock { state in
            state.lent.formUnion(syncs.filter { state.holders[$0] == run })
            for sync in others where state.holders[sync] == run && !syncs.contains(sync) { state.holders[sync] = nil }
        }
        freed.light()
    }

    /// Takes back what was lent and given up, all or none.
    func takeBack(_ syncs: [String], for run: RunID) -> Bool {
        state.withLock { state in
            guard syncs.allSatisfy({ state.holders[$0] == nil || state.holders[$0] == run }) else {
                state.wanted[run] = syncs
                return false
            }
            for sync in syncs {
                state.holders[sync] = run
                state.lent.remove(sync)
            }
            state.wanted[run] = nil
            return true
        }
    }

    /// A run has ended: all that it has is free.
    func release(_ run: RunID) {
        state.withLock { state in
            for (sync, holder) in state.holders where holder == run {
                state.holders[sync] = nil
                state.lent.remove(sync)
            }
            state.wanted[run] = nil
        }
        freed.light()
    }

    func holder(of sync: String) -> RunID? { state.withLock { $0.holders[sync] } }

    /// A run that gave the sync up and waits to have it back.
    func waiter(for sync: String) -> RunID? { state.withLock { $0.waiter(for: sync) } }

    /// Differs from what it was when another run has had the sync meanwhile.
    func takes(of sync: String) -> Int { state.withLock { $0.takes[sync] ?? 0 } }
}

extension SyncClaims.State {
    /// The oldest run that waits to have a sync back.
    fileprivate func waiter(for sync: String, beside run: RunID? = nil) -> RunID? {
        wanted.filter { $0.key != run && $0.value.contains(sync) }.keys.min { $0.rawValue < $1.rawValue }
    }
}

extension RunContext {
    /// Waits at the gate; while it is closed, the syncs are lent and the others, whose steps have not begun, given up.
    ///
    /// - Returns: whether the gate is open; false when the run was asked to stop.
    /// - Throws: `WaitedTooLong`, `StoppedOnRequest`.
    func waitAtGate(
        for syncs: [SyncDefinition],
        giving others: [SyncDefinition] = [],
        rows: [String: Int] = [:]
    ) async throws -> Bool {
        func wait() async throws -> Bool {
            try await gates.waitUntilOpen(for: syncs, isPushing: false, rows: rows, self)
        }
        if try await gates.isOpen(for: syncs, rows: rows, self) { return try await wait() }
        claims.lend(syncs.map(\.name), giving: others.map(\.name), of: runID)
        guard try await wait() else { return false }
        try await takeBack((syncs + others).map(\.name))
        return true
    }

    /// Takes back what was lent or given up, when whoever has it meanwhile has ended.
    ///
    /// - Throws: `StoppedOnRequest`.
    func takeBack(_ syncs: [String]) async throws {
        var hasWaited = false
        while true {
            let seen = (freed: claims.freed.changes, signal: signal.beacon.changes)
            if claims.takeBack(syncs, for: runID) { break }
            if signal.isAsked { throw StoppedOnRequest() }
            if !hasWaited, let sync = syncs.first(where: { ![nil, runID].contains(claims.holder(of: $0)) }),
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
