package import SyncModel

extension Conductor {
    /// Starts a run that goes on where an ended one failed, or that sends only the rows which were rejected in
    /// it, those included that rested in it.
    ///
    /// - Throws: `EngineError` when there is no such run, it has not ended, or nothing of it is left to be tried again.
    package func retry(
        _ id: RunID,
        rejectedOnly: Bool,
        actor: Actor?,
        idempotencyKey: String? = nil
    ) async throws -> (run: RunRecord, isCoalesced: Bool) {
        guard let run = try await run(id) else {
            throw unknownRun(id.rawValue)
        }
        guard run.state.hasEnded else {
            throw EngineError(
                code: .notNow,
                subject: "retry run \(id)",
                detail: "it is still \(run.state.rawValue)",
                hint: "sequencectl watch \(id) waits for its end"
            )
        }
        let request =
            rejectedOnly ? try await rejectedRows(of: run) : try await unfinishedSteps(of: run)
        return try await start(
            run.sequence,
            request: request,
            trigger: .retry,
            actor: actor,
            idempotencyKey: idempotencyKey
        )
    }

    // MARK: - Implementation

    private func rejectedRows(of run: RunRecord) async throws -> StartRequest {
        guard try await !resting.syncs(of: run.id).isEmpty else {
            throw EngineError(
                code: .notNow,
                subject: "retry the rejected rows of run \(run.id)",
                detail: "no row of it was rejected, or retention has taken the list",
                hint: "sequencectl rejected \(run.id) lists held and unmatched rows: those go out by themselves"
            )
        }
        return StartRequest(fullResync: run.request.fullResync, rejectedOnly: true, retryOf: run.id)
    }

    private func unfinishedSteps(of run: RunRecord) async throws -> StartRequest {
        let left = run.unfinishedSyncs
        let unfinished = run.steps.first { left.contains($0.sync) }
        guard unfinished != nil || !run.hasBegun else {
            let isPartial = run.steps.contains { $0.state == .partial }
            throw EngineError(
                code: .notNow,
                subject: "retry run \(run.id)",
                detail: "every step of it came to its end\(isPartial ? "; some rows were not delivered" : "")",
                hint: isPartial
                    ? "sequencectl retry \(run.id) --rejected sends the rejected rows again"
                    : "sequencectl start \(run.sequence) begins a new run"
            )
        }
        var request = run.request
        request.retryOf = run.id
        request.overrideWindow = nil
        request.overrideReason = nil
        // Of a run that never began all is left that was asked for.
        if request.only == nil, let unfinished { request.from = unfinished.sync }
        return request
    }
}

extension RunRecord {
    /// Whether any of its steps had a turn.
    fileprivate var hasBegun: Bool { started != nil && state != .missed && state != .skipped }

    /// Syncs of the steps that were to run and did not come to their end; none of a run that never began.
    var unfinishedSyncs: Set<String> {
        guard hasBegun else { return [] }
        let left = steps.filter { step in
            switch step.state {
            case .failed, .timedOut, .cancelled: true
            case .pending, .waiting, .reading, .planning, .awaitingApproval, .pushing, .collecting: true
            // Without a reason: it was not asked for.
            case .skipped: step.reason != nil
            case .succeeded, .partial: false
            }
        }
        return Set(left.map(\.sync))
    }
}
