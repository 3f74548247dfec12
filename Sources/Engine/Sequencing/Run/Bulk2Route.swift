internal import Ledger
internal import Pushing
internal import Salesforce
internal import SyncModel

/// Ranges as jobs of Bulk API 2.0, one job a range.
struct Bulk2Route: DeliveryRoute {
    let delivery: ChangeDelivery
    /// Learns how fast jobs are; nil where none is sent.
    let gauge: PressureGauge?

    var api: PushAPI { .bulk2 }

    func prepare(_ pressure: Pressure) {}

    func send(_ rows: Range<Int>, of ready: ReadySpool) async throws -> (intent: Intent, fates: RowFates) {
        let run = IngestJobRun(
            context: delivery.context,
            client: delivery.client,
            sync: delivery.sync,
            object: ready.object,
            ready: ready,
            rows: rows,
            rowsPerSecond: await gauge?.bulk2RowsPerSecond,
            isOld: { [worker = delivery.worker] in await worker.isOld }
        )
        let (intent, job, time) = try await run.run()
        await gauge?.took(job, time)
        try await delivery.worker.book.step(delivery.sync.name, is: .collecting)
        return (intent, try await fates(of: job, rows, of: ready))
    }

    func finish() {}

    /// Reads the results of a job that has ended.
    func fates(of job: IngestJob, _ rows: Range<Int>, of ready: ReadySpool) async throws -> RowFates {
        let results = try JobResults(job: job, ready: ready, rows: rows)
        _ = try await delivery.context.reaching { try await results.read(job, delivery.client) }
        CrashPoint.reached("results-read")
        var fates = RowFates(sent: rows.count, job: job.id)
        fates.accepted = results.matching.acceptedBitmap
        fates.failures = results.failures
        fates.unprocessed = results.matching.unprocessedRows
        fates.open = results.matching.openRows
        fates.created = results.created
        fates.cause = job.errorMessage
        if job.state != .jobComplete && job.numberRecordsProcessed == 0 {
            // It looked at no row, so none that it reports nowhere was written.
            fates.unprocessed += fates.open
            fates.open = []
        }
        return fates
    }
}
