package import ControlProtocol
package import ControlServer
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer {
        try await answering {
            let plans = try await conductor.plan(target, samples: samples).map(PlanReport.init)
            let definitions = await conductor.definitions
            let isSync = definitions.sequences[target] == nil
            return isSync && plans.count == 1 ? PlanAnswer(plan: plans[0]) : PlanAnswer(plans: plans)
        }
    }

    package func retry(_ command: RetryCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        try await answering {
            guard let run = try await conductor.run(RunID(rawValue: command.run)) else {
                throw EngineError(code: .unknownRun, subject: command.run, detail: "")
            }
            guard run.state.hasEnded else {
                throw EngineError(
                    code: .notNow,
                    subject: "retry run \(run.id)",
                    detail: "it is still \(run.state.rawValue)"
                )
            }
            if command.rejected == true {
                throw EngineError(
                    code: .notInThisVersion,
                    subject: "retry --rejected",
                    detail: "refused rows are owed: the next run of \(run.sequence) sends them again by itself"
                )
            }
            let failed = run.steps.first { $0.state == .failed || $0.state == .cancelled || $0.state == .skipped }?.sync
            let request = StartRequest(from: failed, retryOf: run.id)
            let (started, isCoalesced) = try await conductor.start(
                run.sequence,
                request: request,
                trigger: .retry,
                actor: caller.actor,
                idempotencyKey: idempotencyKey
            )
            return StartAnswer(run: started.id.rawValue, coalesced: isCoalesced)
        }
    }
}

extension PlanReport {
    fileprivate init(_ plan: SyncPlan) {
        self.init(sync: plan.sync, object: plan.object, mode: plan.mode.rawValue, api: plan.api)
        added = plan.counts.added
        changed = plan.counts.changed
        removed = plan.counts.removed
        unchanged = plan.counts.unchanged
        owed = plan.counts.owed
        rejected = plan.rejected
        apiCalls = plan.apiCalls
        bulkBatches = plan.bulkBatches
        bulkRows = plan.bulkRows
        samples = plan.samples.map { sample in
            PlanSample(
                key: sample.key,
                class: sample.changeClass.word,
                fields: sample.fields.mapValues { PlanSample.FieldChange(old: $0.old, new: $0.new) }
            )
        }
        warnings = plan.warnings
    }
}

extension ChangeClass {
    fileprivate var word: String {
        switch self {
        case .owed: "owed"
        case .removed: "removed"
        case .added: "added"
        case .changed: "changed"
        case .unchanged: "unchanged"
        }
    }
}
