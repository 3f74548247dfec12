internal import CivilTime
internal import Gating
internal import Ledger
internal import SyncModel
internal import Synchronization

extension Gatekeeper {
    enum Watching: Sendable {
        case goOn
        /// A window with `running: abort` has opened: the job is to be ended.
        case abort
    }

    /// Whether nothing fixed, a window or a hold, is closed for these syncs now; `rows`: how many each is about to send.
    func isOpen(for syncs: [SyncDefinition], rows: [String: Int] = [:], _ context: RunContext) async throws -> Bool {
        let gate = try await current()
        for (destination, syncs) in Dictionary(grouping: syncs, by: \.destination) {
            var question = GateQuestion(
                destination: destination,
                objects: syncs.flatMap(\.objects),
                phase: .beginning(expected: nil),
                overridden: Set([context.overriddenWindow].compactMap(\.self))
            )
            if gate.hasAutomaticLead(for: question) {
                question.phase = .beginning(expected: try await expectation(of: syncs, rows, context)?.duration)
            }
            if case .closed = gate.clearance(for: question, at: clock.now) { return false }
        }
        return true
    }

    /// Whether, as far as is known without asking the org, no window and no hold is closed for a sync that pushes.
    func isClear(for sync: SyncDefinition, _ context: RunContext) async throws -> Bool {
        let question = GateQuestion(
            destination: sync.destination,
            objects: sync.objects,
            phase: .pushing,
            overridden: Set([context.overriddenWindow].compactMap(\.self))
        )
        return try await current().clearance(for: question, at: clock.now) == .open
    }

    /// Looks, while Salesforce works on what was sent, whether a window has opened meanwhile.
    ///
    /// A job that still runs after the window's `grace` is told of, once a run and window.
    func watch(_ sync: SyncDefinition, _ context: RunContext) async throws -> Watching {
        let gate = try await current()
        let question = GateQuestion(
            destination: sync.destination,
            objects: sync.objects,
            phase: .pushing,
            overridden: Set([context.overriddenWindow].compactMap(\.self))
        )
        let now = clock.now
        guard case .closed(let closures) = gate.clearance(for: question, at: now) else { return .goOn }
        for closure in closures {
            let window = ClosedWindow(run: context.runID, window: closure.name)
            let grace = gate.grace(of: closure)
            let isOverrun = state.withLock { state in
                let since = state.closedSince[window] ?? now
                state.closedSince[window] = since
                return now - since > grace && state.overruns.insert(window).inserted
            }
            guard isOverrun else { continue }
            let event = LedgerEvent(
                time: now,
                kind: "window-overrun",
                run: context.runID,
                sequence: context.sequence.name,
                sync: sync.name,
                reason:
                    "\(closure.name): a job on \(sync.objectLabel) still runs \(grace.roughText) after it has opened"
            )
            try await context.book.tell(event)
        }
        return closures.contains { $0.running == .abort } ? .abort : .goOn
    }

    /// Forgets what was noted of a run that has ended.
    func forget(_ run: RunID) {
        state.withLock { state in
            state.closedSince = state.closedSince.filter { $0.key.run != run }
            state.overruns = state.overruns.filter { $0.run != run }
        }
    }
}

extension Gate {
    fileprivate func grace(of closure: Closure) -> Duration {
        switch closure.cause {
        case .quietWindow(let name): window(named: name)?.grace ?? .seconds(900)
        // A file's window has this grace where none is written.
        case .hold, .discovered, .quota: .seconds(900)
        }
    }
}
