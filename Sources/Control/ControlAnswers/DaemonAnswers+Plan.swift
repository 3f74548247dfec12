package import ControlProtocol
package import ControlServer
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer {
        try await answering {
            let hidden = BodyRedaction(await conductor.definitions.settings.requests.redact)
            let definitions = await conductor.definitions
            if let run = try await conductor.run(RunID(rawValue: target)) {
                let plans = try await conductor.plan(of: run.id, samples: samples)
                return PlanAnswer(plans: try await reports(plans, definitions.sequences[run.sequence], hidden))
            }
            let sequence = definitions.sequences[try await conductor.sequenceName(of: target)]
            let plans = try await reports(conductor.plan(target, samples: samples), sequence, hidden)
            return sequence == nil && plans.count == 1 ? PlanAnswer(plan: plans[0]) : PlanAnswer(plans: plans)
        }
    }

    /// Each with its place in the sequence, and with what is closed for it now.
    private func reports(
        _ plans: [SyncPlan],
        _ sequence: SequenceDefinition?,
        _ hidden: BodyRedaction
    ) async throws -> [PlanReport] {
        let definitions = await conductor.definitions
        var reports: [PlanReport] = []
        for plan in plans {
            var report = PlanReport(plan, hidden)
            report.step = sequence?.steps.firstIndex { $0.syncs.contains(plan.sync) }.map { $0 + 1 }
            if let sync = definitions.syncs[plan.sync] { report.gates = try await closedGates(of: [sync], definitions) }
            reports.append(report)
        }
        return reports
    }

    package func approve(_ command: ApproveCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let (run, approval) = try await conductor.approve(
                RunID(rawValue: command.run),
                reason: command.reason,
                actor: caller.actor
            )
            let words = approval.asked.map { "\($0.sync): \($0.words)" }.joined(separator: "; ")
            return ActionAnswer(
                target: run.id.rawValue,
                state: "approved",
                message: "run \(run.id) goes on, unless its plan has grown meanwhile (\(words))"
            )
        }
    }

    package func retry(_ command: RetryCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        try await answering {
            let (started, isCoalesced) = try await conductor.retry(
                RunID(rawValue: command.run),
                rejectedOnly: command.rejected ?? false,
                actor: caller.actor,
                idempotencyKey: idempotencyKey
            )
            return StartAnswer(run: started.id.rawValue, coalesced: isCoalesced)
        }
    }
}

extension PlanReport {
    fileprivate init(_ plan: SyncPlan, _ hidden: BodyRedaction) {
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
        publishedEvents = plan.publishedEvents
        samples = plan.samples.map { sample in
            var report = PlanSample(
                key: sample.key,
                class: sample.changeClass.word,
                fields: Dictionary(
                    uniqueKeysWithValues: sample.fields.map { field, values in
                        let isHidden = hidden.hides(field)
                        return (
                            field,
                            PlanSample.FieldChange(
                                old: isHidden && values.old != nil ? BodyRedaction.mark : values.old,
                                new: isHidden && values.new != nil ? BodyRedaction.mark : values.new
                            )
                        )
                    }
                )
            )
            report.sent = RowReport.values(sample.sent, hidden)
            return report
        }
        warnings = plan.warnings
        guards = plan.guards.map {
            GuardReport(
                name: $0.name.rawValue,
                limit: $0.limit,
                actual: $0.actual,
                exceeded: $0.isExceeded,
                message: $0.words
            )
        }
    }
}

extension ChangeClass {
    /// As the documents have it.
    var word: String {
        switch self {
        case .owed: "owed"
        case .removed: "removed"
        case .added: "added"
        case .changed: "changed"
        case .unchanged: "unchanged"
        }
    }
}
