internal import Ledger
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Takes a model's present rows as delivered: they are shaped and recorded as accepted, and nothing is sent.
struct Adoption: Sendable {
    let context: RunContext
    let isChecked: Bool

    /// Adopts what was read; a sync that could not be read fails its step.
    func adopt(_ reads: [String: ReadSync]) async throws {
        for read in reads.values.sorted(by: { $0.sync.name < $1.sync.name }) {
            try await CallLabel.$current.withValue(CallJournal.label(run: context.runID, sync: read.sync.name)) {
                do {
                    let words = try await adopt(read)
                    try await context.book.warn(words)
                    try await context.book.step(read.sync.name, is: .succeeded)
                } catch let error as LedgerError {
                    throw error
                } catch {
                    try await context.book.step(read.sync.name, is: .failed, reason: FailureWords.reason(error))
                }
            }
        }
    }

    // MARK: - Implementation

    private func adopt(_ read: ReadSync) async throws -> String {
        let diff = try read.diff.get()
        let worker = StepWorker(context: context, read: read)
        if diff.counts.read == 0 { return "0 of 0 rows are taken as delivered: the model is empty" }
        guard diff.counts.travelling > 0 else {
            return words(diff.counts.unchanged, 0, 0, diff.counts.refused, of: diff.counts.read)
        }
        let client = try await context.orgs.org(try context.destination(of: read.sync)).client()
        let delivery = try await ChangeDelivery(worker: worker, client: client)
        let shaping = try await delivery.shaping(diff, .present, read.sync.operation)
        var leftOut = 0
        // Of a sync that creates once: what it knows of is delivered.
        var adopted = diff.counts.unchanged
        var isDone = false
        while !isDone {
            let portion = try await BlockingThread.run(named: "adopt") { try shaping.next(StepWorker.recordedAtOnce) }
            try await worker.recordUndelivered(portion.undelivered)
            try await delivery.projector.refresh(portion.refresh)
            leftOut += portion.undelivered.count
            adopted += portion.unchanged
            isDone = portion.isLast
            if context.signal.isAsked { throw StoppedOnRequest() }
        }
        var missing = 0
        var different = 0
        for ready in try await BlockingThread.run(named: "adopt", { try shaping.finish() }) {
            var comparison = AdoptionComparison(
                ready: ready,
                sync: read.sync,
                object: try delivery.objects.object(ready.object)
            )
            if isChecked { try await comparison.ask(client, context) } else { comparison.acceptAll() }
            try await record(comparison, ready, worker)
            adopted += comparison.acceptedCount
            missing += comparison.missing.count
            different += comparison.different.count
        }
        try await delivery.projector.catchUp()
        await delivery.projector.close()
        try await context.calls.flush(to: context.ledger)
        await context.book.count(read.sync.name) {
            $0.apiCalls = context.calls.count(run: context.runID, sync: read.sync.name)
        }
        return words(adopted, missing, different, leftOut + diff.counts.refused, of: diff.counts.read)
    }

    /// Stores what was adopted, and the rows that were left out because Salesforce holds something else.
    private func record(_ comparison: AdoptionComparison, _ ready: ReadySpool, _ worker: StepWorker) async throws {
        let sync = worker.sync.name
        let outcome = BatchOutcome(
            run: context.runID,
            sync: sync,
            intent: nil,
            operation: ready.operation,
            spool: ready.name,
            firstRow: 0,
            rowCount: ready.spool.count,
            accepted: comparison.accepted,
            job: nil,
            batch: nil,
            undelivered: []
        )
        _ = try await context.book.record(outcome) { _ in }
        var rows: [BatchOutcome.Undelivered] = []
        for (code, message, places) in [
            ("ADOPT_MISSING", "Salesforce holds no record with this match value", comparison.missing),
            ("ADOPT_DIFFERENT", "Salesforce holds other values than the model", comparison.different),
        ] {
            for row in places {
                rows.append(
                    .init(
                        key: try ready.spool.record(row).key,
                        row: UndeliveredRow(
                            sync: sync,
                            key: try ready.spool.keyText(row),
                            operation: ready.operation,
                            state: .unsent,
                            code: code,
                            message: message,
                            isRetryable: true
                        )
                    )
                )
                if rows.count == StepWorker.recordedAtOnce {
                    try await worker.recordUndelivered(rows)
                    rows.removeAll()
                }
            }
        }
        try await worker.recordUndelivered(rows)
    }

    private func words(_ adopted: Int, _ missing: Int, _ different: Int, _ refused: Int, of read: Int) -> String {
        var parts = ["\(adopted) of \(read) rows are taken as delivered, nothing was sent"]
        if missing > 0 { parts.append("\(missing) that Salesforce does not have") }
        if different > 0 { parts.append("\(different) of which Salesforce holds other values") }
        if refused > 0 { parts.append("\(refused) that can't be delivered as they are") }
        if parts.count == 1 { return parts[0] }
        return "\(parts[0]); left to the next run: \(parts.dropFirst().joined(separator: ", "))"
    }
}
