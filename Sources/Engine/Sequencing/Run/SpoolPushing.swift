internal import Pushing
internal import Spool
internal import SyncModel

/// Sends every spool of a step, and again what failed for a cause that may pass: smaller, slower, after a pause.
struct SpoolPushing: Sendable {
    let delivery: ChangeDelivery
    let gauge: PressureGauge

    private var context: RunContext { delivery.context }
    private var sync: SyncDefinition { delivery.sync }

    func push(_ ready: [ReadySpool]) async throws {
        var waiting = ready
        var attempt = 1
        while !waiting.isEmpty {
            var again: [ReadySpool] = []
            for spool in waiting {
                if let retries = try await send(spool, attempt) { again.append(retries) }
                try await gauge.save()
            }
            waiting = again
            guard !waiting.isEmpty else { break }
            let rows = waiting.reduce(0) { $0 + $1.spool.count }
            await delivery.worker.book.count(sync.name) { $0.retries += rows }
            let pause = Self.backoff.pause(attempt: attempt, randomness: .random(in: 0..<1))
            attempt += 1
            if try await context.signal.wait(pause, on: context.clock) { throw StoppedOnRequest() }
        }
    }

    // MARK: - Implementation

    /// Some five attempts over a few minutes are enough for locks (reference 08, A4).
    private static let backoff = Backoff(first: .seconds(2), factor: 3, longest: .seconds(300))

    private func send(_ spool: ReadySpool, _ attempt: Int) async throws -> ReadySpool? {
        let order = SpoolOrder(spool.api, batchRows: sync.batch.size, headerBytes: spool.header.count)
        let folder = context.spoolFolder(context.runID)
        let ordered = try await BlockingThread.run(named: "order-\(sync.name)") {
            try order.ordered(spool, folder: folder)
        }
        let series = JobSeries(
            delivery: delivery,
            ready: ordered.ready,
            attempt: attempt,
            gauge: gauge,
            name: spool.name
        )
        return try await series.run(ordered.cuts)
    }
}
