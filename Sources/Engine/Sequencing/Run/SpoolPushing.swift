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
        try await push(SpoolFeed(ready))
    }

    /// Sends spools as they come.
    func push(_ feed: SpoolFeed) async throws {
        var waiting = feed
        var attempt = 1
        while true {
            let again = try await send(waiting, attempt)
            if again.isEmpty { return }
            let rows = again.reduce(0) { $0 + $1.spool.count }
            await delivery.worker.book.count(sync.name) { $0.retries += rows }
            let pause = Self.backoff.pause(attempt: attempt, randomness: .random(in: 0..<1))
            attempt += 1
            if try await context.signal.wait(pause, on: context.clock) { throw StoppedOnRequest() }
            let events = again.filter { $0.operation == .publish }.reduce(0) { $0 + $1.spool.count }
            // The hour may have no room for more.
            if events > 0 { try await delivery.passGate(with: events) }
            waiting = SpoolFeed(again)
        }
    }

    // MARK: - Implementation

    /// Some five attempts over a few minutes are enough for locks (reference 08, A4).
    private static let backoff = Backoff(first: .seconds(2), factor: 3, longest: .seconds(300))

    /// Sends every spool once; answers those of the rows that failed for a cause that may pass.
    private func send(_ feed: SpoolFeed, _ attempt: Int) async throws -> [ReadySpool] {
        var again: [ReadySpool] = []
        do {
            while let first = await feed.next() {
                let series = JobSeries(delivery: delivery, first: first, feed: feed, attempt: attempt, gauge: gauge)
                again += try await series.run()
                try await gauge.save()
            }
        } catch {
            await feed.refuse()
            throw error
        }
        return again
    }
}

extension ChangeDelivery {
    /// Waits until the gate is open for the next batch; `rows`: and there is room for so many.
    ///
    /// - Throws: `StoppedOnRequest`; after a wait `PlanIsOld`, when what is left is to be read anew.
    func passGate(with rows: Int? = nil) async throws {
        let rows = rows.map { [sync.name: $0] } ?? [:]
        switch try await context.gates.passage(for: [sync], isPushing: true, rows: rows, context) {
        case .stopped: throw StoppedOnRequest()
        case .open: break
        case .openedMeanwhile: try await worker.checkAge()
        }
    }
}
