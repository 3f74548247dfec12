internal import CivilTime
internal import Ledger
internal import Pushing
internal import Spool
internal import SyncModel

/// Sends spools that go together in ranges, some side by side, and records what became of each; by which API is the routes' to
/// know.
struct JobSeries: Sendable {
    let delivery: ChangeDelivery
    let first: ReadySpool
    /// Where those come from that go with the first one.
    let feed: SpoolFeed
    /// 1 for rows that are sent for the first time in this run.
    let attempt: Int
    let gauge: PressureGauge

    private var context: RunContext { delivery.context }
    private var sync: SyncDefinition { delivery.sync }

    /// - Returns: rows that failed for a cause that may pass, in spools of their own.
    func run() async throws -> [ReadySpool] {
        let routes = Routes(delivery: delivery, first: first, gauge: gauge)
        var parts = Parts(series: self)
        // What ends the work; what is under way is collected all the same, whatever it is.
        var leaving: (any Error)?
        await withThrowingTaskGroup(of: Bool.self) { group in
            var underWay = 0
            while underWay > 0 || (leaving == nil && !parts.isAtEnd) {
                do {
                    while leaving == nil, !parts.isAtEnd {
                        guard underWay < Pace(await gauge.pressure, first.api, attempt).width else { break }
                        // What is under way goes on while the next spool is made.
                        guard try await parts.come() else { break }
                        if try await !context.gates.mayPush(sync, context) {
                            // Before the wait, an open job is closed, too.
                            if underWay > 0 { break }
                            try await routes.finish()
                        }
                        try await delivery.passGate()
                        // Both waits may have been long.
                        let (pressure, generation) = await gauge.now
                        let pace = Pace(pressure, first.api, attempt)
                        guard underWay < pace.width else { break }
                        let (course, rows) = try parts.take(atMost: pace.rows)
                        let route = routes.route(pace.api)
                        await delivery.worker.book.press(sync.name, pace.report(pressure))
                        try await route.prepare(pressure)
                        group.addTask { try await send(rows, of: course, by: route, generation) }
                        underWay += 1
                    }
                    guard underWay > 0 else { continue }
                    underWay -= 1
                    if try await group.next() == true { leaving = leaving ?? PlanIsOld() }
                } catch {
                    leaving = leaving ?? error
                }
            }
        }
        do {
            try await routes.finish()
        } catch {
            leaving = leaving ?? error
        }
        if let leaving { throw leaving }
        return try await parts.retried()
    }

    // MARK: - Implementation

    /// A spool under way, and the rows of it that go again.
    private struct SpoolCourse: Sendable {
        let ready: ReadySpool
        let retries: RetryRows
    }

    /// What is still to be sent: the rest of the spool in hand, then the next ones.
    private struct Parts {
        let series: JobSeries
        private(set) var isAtEnd = false
        private var begun: [SpoolCourse] = []
        private var waiting: ArraySlice<Range<Int>> = []

        init(series: JobSeries) {
            self.series = series
        }

        /// Waits for rows that can be taken; false: none are left.
        mutating func come() async throws -> Bool {
            while waiting.isEmpty, !isAtEnd {
                let next = begun.isEmpty ? series.first : await series.feed.next(with: series.first)
                guard let next else {
                    isAtEnd = true
                    break
                }
                let ordered = try await series.ordered(next)
                begun.append(SpoolCourse(ready: ordered.ready, retries: series.retries(of: next, ordered.ready)))
                waiting = ordered.cuts[...]
            }
            return !waiting.isEmpty
        }

        /// Takes the next rows, after `come` said that there are some.
        mutating func take(atMost rows: Int) throws -> (SpoolCourse, Range<Int>) {
            guard let course = begun.last, let next = waiting.popFirst() else {
                throw EngineError(code: .state, subject: series.first.name, detail: "there are no rows to take")
            }
            let (taken, rest) = try course.ready.split(next, at: rows)
            if !rest.isEmpty { waiting = [rest] + waiting }
            return (course, taken)
        }

        func retried() async throws -> [ReadySpool] {
            var again: [ReadySpool] = []
            for course in begun {
                if let ready = try await course.retries.finish() { again.append(ready) }
            }
            return again
        }
    }

    private func ordered(_ spool: ReadySpool) async throws -> OrderedSpool {
        let order = SpoolOrder(spool.api, batchRows: sync.batch.size, headerBytes: spool.header.count)
        let folder = context.spoolFolder(context.runID)
        return try await BlockingThread.run(named: "order-\(sync.name)") { try order.ordered(spool, folder: folder) }
    }

    /// Its retried rows are called after the spool as it was before it was put in order.
    private func retries(of spool: ReadySpool, _ ordered: ReadySpool) -> RetryRows {
        var again = ordered
        again.name = spool.name
        return RetryRows(ready: again, path: context.spoolFolder(context.runID), attempt: attempt)
    }

    /// How the next range goes.
    private struct Pace {
        /// What the step's report shows of it.
        func report(_ pressure: Pressure) -> StepPressure {
            StepPressure(
                api: api.rawValue,
                size: api == .bulk2 ? (pressure.bulk2 == .free ? JobLimits().jobRows : rows) : rows,
                parallel: width,
                isSerial: api == .bulk && pressure.isSerial
            )
        }

        var api: PushAPI
        var rows: Int
        var width: Int

        init(_ pressure: Pressure, _ wanted: PushAPI, _ attempt: Int) {
            api = wanted == .bulk2 && pressure.bulk2 == .leave ? .bulk : wanted
            let slower = min(attempt - 1, 8)
            switch api {
            case .bulk:
                rows = max(min(pressure.size, 10_000) >> slower, 1)
                width = max(pressure.parallel >> slower, 1)
            case .bulk2:
                rows = pressure.bulk2 == .free ? .max >> 1 : Pressure.singleJobRows
                width = pressure.bulk2 == .free ? max(min(pressure.parallel, 4) >> slower, 1) : 1
            case .rest:
                rows = max(min(pressure.size, 200) >> slower, 1)
                width = max(min(pressure.parallel, pressure.requests) >> slower, 1)
            }
        }
    }

    /// - Returns: whether a window has kept the rows, or some of them, until their plan was old; those were not sent.
    private func send(
        _ rows: Range<Int>,
        of course: SpoolCourse,
        by route: any DeliveryRoute,
        _ generation: Int
    ) async throws -> Bool {
        let sent: (intent: Intent, fates: RowFates)
        do {
            sent = try await route.send(rows, of: course.ready)
        } catch is PlanIsOld {
            return true
        }
        await gauge.took(sent.fates, api: route.api, generation: generation)
        let recorder = OutcomeRecorder(
            delivery: delivery,
            ready: course.ready,
            retries: course.retries,
            attempt: attempt
        )
        try await recorder.record(rows, intent: sent.intent, sent.fates)
        return sent.fates.isOld
    }
}

/// The routes that one series uses: made when first needed, closed together.
private final class Routes {
    private let delivery: ChangeDelivery
    private let first: ReadySpool
    private let gauge: PressureGauge
    private var made: [PushAPI: any DeliveryRoute] = [:]

    init(delivery: ChangeDelivery, first: ReadySpool, gauge: PressureGauge) {
        self.delivery = delivery
        self.first = first
        self.gauge = gauge
    }

    func route(_ api: PushAPI) -> any DeliveryRoute {
        if let known = made[api] { return known }
        let route: any DeliveryRoute =
            switch api {
            case .bulk: BulkRoute(delivery: delivery, first: first)
            case .bulk2: Bulk2Route(delivery: delivery, gauge: gauge)
            case .rest: RestRoute(delivery: delivery, gauge: gauge)
            }
        made[api] = route
        return route
    }

    func finish() async throws {
        for route in made.values { try await route.finish() }
    }
}
