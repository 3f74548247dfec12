internal import Ledger
package import SyncModel

extension Conductor {
    /// What `adopt` came to.
    package struct Adopted: Sendable {
        package var run: RunRecord
        /// Rows that count as delivered now; nil where none were looked at.
        package var rows: Int?
        package var words: String
    }

    /// Takes a model's present rows as delivered, and waits for the end of the run that does it.
    ///
    /// - Throws: `EngineError` when the sync is not there, is at work, or its rows could not be read.
    package func adopt(_ name: String, isChecked: Bool, actor: Actor?) async throws -> Adopted {
        let sync = try sync(named: name)
        if case .picklist = sync.target {
            throw EngineError(
                code: .notNow,
                subject: "adopt the rows of \(sync.name)",
                detail: "a picklist is compared with the org in every run: nothing of it has to be adopted"
            )
        }
        try await refuseWhileAtWork(sync, "adopt the rows of \(sync.name)")
        let announcements = parts.events.announcements()
        let (started, _) = try await start(
            "sync/\(sync.name)",
            request: StartRequest(adopts: isChecked ? .checked : .all),
            trigger: .manual,
            actor: actor
        )
        var run = started
        for await announcement in announcements where announcement.run?.id == started.id {
            if let now = announcement.run { run = now }
            if run.state.hasEnded { break }
        }
        guard run.state == .succeeded else {
            throw EngineError(
                code: .notNow,
                subject: "adopt the rows of \(sync.name)",
                detail: run.steps.first?.reason ?? run.reason ?? "run \(run.id) is \(run.state.rawValue)",
                hint: "sequencectl show \(run.id)"
            )
        }
        let words = run.warnings.last ?? ""
        try await tell("rows-adopted", sync: sync.name, run: run.id, words, actor)
        return Adopted(run: run, rows: words.split(separator: " ").first.flatMap { Int($0) }, words: words)
    }

    /// Lets a sync go on from what a backup says was delivered: what was sent since may be sent again.
    ///
    /// - Returns: whether it waited for that word.
    /// - Throws: `EngineError` when the sync is not there or is at work.
    package func goOnFromBackup(_ name: String, actor: Actor?) async throws -> Bool {
        let sync = try sync(named: name)
        try await refuseWhileAtWork(sync, "go on with \(sync.name)")
        let question = StateOwnership.question(sync.name)
        guard let asks = try await parts.ledger.value(question), !asks.isEmpty else { return false }
        try await parts.ledger.setValue("", for: question)
        try await tell("rows-adopted", sync: sync.name, run: nil, "as of the backup", actor)
        return true
    }

    /// - Throws: `EngineError` that names the run which has the sync in its hands.
    func refuseWhileAtWork(_ sync: SyncDefinition, _ act: String) async throws {
        try await waitForRunsThatHaveEnded(with: [sync.name])
        let busy =
            active.values.first { $0.context.sequence.syncs.contains(sync.name) }?.context.runID
            ?? queues.values.joined().first { $0.steps.contains { $0.sync == sync.name } }?.id
        guard let busy else { return }
        throw EngineError(
            code: .notNow,
            subject: act,
            detail: "run \(busy) is on and has it in its hands",
            hint: "sequencectl watch \(busy) waits for its end",
            isTransient: true
        )
    }

    /// A run that has just ended gives its syncs back in a moment: whoever saw its end may ask for them at once.
    func waitForRunsThatHaveEnded(with syncs: Set<String>) async throws {
        for _ in 0..<500 {
            guard let run = active.values.first(where: { !syncs.isDisjoint(with: $0.context.sequence.syncs) }),
                await run.context.book.run.state.hasEnded
            else { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Stores and announces what an operator did to a sync.
    func tell(_ kind: String, sync: String, run: RunID?, _ reason: String, _ actor: Actor?) async throws {
        let event = LedgerEvent(
            time: parts.clock.now,
            kind: kind,
            run: run,
            sync: sync,
            reason: reason,
            actor: actor
        )
        try await tell(event)
    }
}
