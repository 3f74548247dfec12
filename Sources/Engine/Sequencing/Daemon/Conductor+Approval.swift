internal import Ledger
package import SyncModel

extension Conductor {
    /// Lets a run go on that its guards stopped.
    ///
    /// - Returns: the run, and what was approved.
    /// - Throws: `EngineError` when there is no such run, or it asks for nothing.
    package func approve(
        _ id: RunID,
        reason: String?,
        actor: Actor?
    ) async throws -> (run: RunRecord, approval: RunApproval) {
        if let running = active.values.first(where: { $0.context.runID == id }) {
            let approval = try await running.book.approve(by: actor, reason: reason)
            return (await running.book.run, approval)
        }
        guard let run = try await run(id) else {
            throw unknownRun(id.rawValue)
        }
        throw EngineError(
            code: .notNow,
            subject: "approve run \(id)",
            detail: run.state.hasEnded
                ? "it has ended as \(run.state.rawValue)"
                : "it is \(run.state.rawValue) and has asked for nothing",
            hint: run.state.hasEnded ? "sequencectl retry \(id) starts it again, and it asks again" : nil
        )
    }

    /// What a run does or would do: the very plan that it waits to have approved, else a plan of its sequence now.
    ///
    /// - Throws: `EngineError` when there is no such run, or it is at work or has ended.
    package func plan(of id: RunID, samples: Int) async throws -> [SyncPlan] {
        guard let run = try await run(id) else {
            throw unknownRun(id.rawValue)
        }
        if let running = active.values.first(where: { $0.context.runID == id }) {
            let laid = running.context.desk.laid
            guard !laid.isEmpty else {
                throw EngineError(
                    code: .notNow,
                    subject: "plan run \(id)",
                    detail: "it is at work",
                    hint: "sequencectl show \(id)",
                    isTransient: true
                )
            }
            return try await Planner(context: planContext(running.context.sequence, run.request), samples: samples)
                .plans(from: laid)
        }
        guard !run.state.hasEnded else {
            throw EngineError(
                code: .notNow,
                subject: "plan run \(id)",
                detail: "it has ended as \(run.state.rawValue)",
                hint:
                    "sequencectl show \(id) has its counts, sequencectl plan \(run.sequence) a plan of the present rows"
            )
        }
        return try await Planner(
            context: planContext(try sequence(named: run.sequence), run.request),
            samples: samples
        ).plans()
    }

    /// What a plan is made with: a run that is stored nowhere.
    func planContext(_ sequence: SequenceDefinition, _ request: StartRequest = StartRequest()) -> RunContext {
        let run = RunRecord(
            id: RunID(rawValue: "plan-" + newRunID().rawValue),
            sequence: sequence.name,
            trigger: .manual,
            request: request,
            created: parts.clock.now,
            steps: []
        )
        var context = context(for: run, sequence)
        context.patience = .zero
        return context
    }
}
