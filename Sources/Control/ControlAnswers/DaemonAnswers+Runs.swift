package import ControlProtocol
package import ControlServer
internal import Ledger
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func start(_ command: StartCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        try await answering {
            let request = StartRequest(
                from: command.from,
                only: command.only,
                keys: command.keys,
                fullResync: command.fullResync ?? false,
                overrideWindow: command.overrideWindow,
                overrideReason: command.reason
            )
            if request.overrideWindow != nil && (request.overrideReason ?? "").isEmpty {
                throw ControlFault(.badRequest, "cannot override a window without a reason", hint: "add --reason TEXT")
            }
            let (run, isCoalesced) = try await conductor.start(
                command.target,
                request: request,
                trigger: command.trigger == "manual" ? .manual : .api,
                actor: caller.actor,
                idempotencyKey: idempotencyKey
            )
            return StartAnswer(run: run.id.rawValue, coalesced: isCoalesced, notices: try await notices(run))
        }
    }

    package func stop(_ command: StopCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let isNow = command.now ?? false
            let run = try await conductor.stop(command.target, now: isNow, actor: caller.actor)
            let words =
                if run.state.hasEnded {
                    "run \(run.id) was stopped"
                } else if isNow {
                    "run \(run.id) is stopping now: Salesforce's open jobs are aborted, and what they did till then is collected"
                } else {
                    "run \(run.id) is stopping: what was sent is collected first"
                }
            return ActionAnswer(target: run.id.rawValue, state: run.state.rawValue, message: words)
        }
    }

    package func show(_ target: String, caller: Caller) async throws -> Shown {
        try await answering {
            if let run = try await conductor.run(RunID(rawValue: target)) {
                var report = RunReport(run, waitingUntil: conductor.gates.closedUntil(run.id))
                let phases = try await PhaseTimes(of: run, in: conductor.parts.ledger, at: conductor.parts.clock.now)
                for index in report.steps.indices { report.steps[index].phases = phases[report.steps[index].sync] }
                return .run(RunAnswer(run: report))
            }
            return .definition(ShowAnswer(definition: try await definition(named: target)))
        }
    }

    package func rejected(_ target: String, limit: Int?, caller: Caller) async throws -> RejectedAnswer {
        try await answering {
            let (run, sync) = try await subject(of: target)
            let bound = limit ?? Self.rowsAnAnswer
            var rows = try await conductor.parts.ledger.undelivered(run: run, sync: sync, limit: bound + 1)
                .map { (row: $0, run: run) }
            if let record = try await conductor.run(run) {
                // Counted by this run, too, though an earlier one has tried them.
                rows += try await conductor.doubtfulRows(of: record, sync: sync, limit: max(0, bound + 1 - rows.count))
                rows += try await conductor.restingRows(of: record, sync: sync, limit: max(0, bound + 1 - rows.count))
                    .map { (row: $0, run: run) }
            }
            let reports = try await reports(of: Array(rows.prefix(bound)))
            return RejectedAnswer(run: run.rawValue, rows: reports, truncated: rows.count > bound)
        }
    }

    package func rejectedCauses(_ target: String, caller: Caller) async throws -> RejectedCauses {
        try await answering {
            let (run, sync) = try await subject(of: target)
            var counting = CauseCounting()
            let record = try await conductor.run(run)
            let ledger = conductor.parts.ledger
            for step in record?.steps.map(\.sync) ?? [] where (sync ?? step) == step {
                var page: (rows: [UndeliveredRow], last: Int64?) = ([], 0)
                while let after = page.last {
                    page = try await ledger.undelivered(run: run, sync: step, after: after, limit: Self.rowsAnAnswer)
                    counting.add(try await reports(of: page.rows.map { ($0, run) }))
                }
            }
            if let record {
                for step in record.steps where step.counts.inDoubt > 0 && (sync ?? step.sync) == step.sync {
                    var last: Int64? = 0
                    while let after = last {
                        let page = try await ledger.rowsInDoubt(
                            of: step.sync,
                            beside: record.id,
                            before: record.ended,
                            after: after,
                            limit: Self.rowsAnAnswer
                        )
                        counting.add(try await reports(of: page.rows))
                        last = page.last
                    }
                }
                var resting = await conductor.restingPages(of: record, sync: sync, size: Self.rowsAnAnswer)
                while let rows = try await resting.next() {
                    counting.add(try await reports(of: rows.map { (row: $0, run: run) }))
                }
            }
            var causes = RejectedCauses(of: run.rawValue)
            causes.causes = counting.causes
            return causes
        }
    }

    // MARK: - Implementation

    /// Rows as they are told of, with the validation rule that has refused them where it can be told.
    private func reports(of rows: [(row: UndeliveredRow, run: RunID)]) async throws -> [RejectedRowReport] {
        let hidden = BodyRedaction(await conductor.definitions.settings.requests.redact)
        let rules = try await rules(refusing: rows.lazy.map(\.row))
        return rows.map { row, run in
            var report = RejectedRowReport(row, run: run, redacting: hidden)
            if let rule = rules[Refusal(row)] { report.explanation += " (rule \(rule))" }
            return report
        }
    }

    /// What one validation rule says to the rows of one sync.
    private struct Refusal: Hashable {
        var sync: String
        var message: String

        init(_ row: UndeliveredRow) {
            (sync, message) = (row.sync, row.message)
        }
    }

    /// The rules that have refused rows: each is looked for once, however many rows it refused.
    private func rules(refusing rows: some Sequence<UndeliveredRow>) async throws -> [Refusal: String] {
        var rules: [Refusal: String] = [:]
        var seen: Set<Refusal> = []
        for row in rows where row.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION" && seen.insert(Refusal(row)).inserted {
            if let rule = try await conductor.validationRule(refusing: row) { rules[Refusal(row)] = rule }
        }
        return rules
    }

    /// What a RUN or SYNC means: that run, or the newest run that tells of the sync's rows.
    private func subject(of target: String) async throws -> (run: RunID, sync: String?) {
        if try await conductor.run(RunID(rawValue: target)) != nil { return (RunID(rawValue: target), nil) }
        let name = target.hasPrefix("sync/") ? String(target.dropFirst(5)) : target
        let definitions = await conductor.definitions
        let isSync = definitions.syncs[name] != nil
        guard isSync || definitions.sequences[target] != nil else {
            throw ControlFault(.notFound, "there is no run, sync or sequence \(target)")
        }
        let runs = try await conductor.parts.ledger.runs(limit: Self.runsLookedAt)
        func isOfTarget(_ step: StepRecord, _ run: RunRecord) -> Bool {
            isSync ? step.sync == name : run.sequence == target
        }
        let found = runs.first { run in run.steps.contains { isOfTarget($0, run) && $0.tellsOfItsRows } }
        guard let found else {
            guard let last = runs.first(where: { run in run.steps.contains { isOfTarget($0, run) } }) else {
                throw ControlFault(.notFound, "\(target) has not run yet")
            }
            throw ControlFault(
                .notFound,
                "no run of \(target) has come to know its rows: the last one, \(last.id), is \(last.state.rawValue)",
                hint: "sequencectl show \(last.id)"
            )
        }
        return (found.id, isSync ? name : nil)
    }

    private func notices(_ run: RunRecord) async throws -> [String] {
        guard try await conductor.statuses(lastOf: []).contains(where: { $0.name == run.sequence && $0.isPaused })
        else {
            return []
        }
        return ["\(run.sequence) is paused: its schedule does not start it; this run goes on"]
    }

    /// Rows of one answer; `rejected --limit` asks for more.
    private static let rowsAnAnswer = 10_000
    /// A sync that was in none of so many runs has not run of late.
    static let runsLookedAt = 200
}

extension StepRecord {
    /// Whether it came to know which of its rows can't be delivered: one that failed before it sent any says nothing of them.
    var tellsOfItsRows: Bool {
        let known = [counts.rejected, counts.held, counts.unmatched, counts.inDoubt, counts.resting].contains { $0 > 0 }
        return state == .succeeded || state == .partial || known
    }
}
