import SyncModel
import Testing

@testable import Pushing

private let lost = CallFailure(retryClass: .transient, code: "ConnectionLost", mayHaveActed: true)
private let busy = CallFailure(retryClass: .transient, code: "SERVER_UNAVAILABLE", mayHaveActed: false)
private let bad = CallFailure(retryClass: .configuration, code: "INVALIDENTITY", mayHaveActed: false)

@Suite struct `The pace of asking` {
    @Test func `doubles from a second to thirty while nothing is known`() {
        var pace = PollPace(rows: 1_000)
        #expect((0..<7).map { _ in pace.next(processed: 0) } == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test func `spends few calls on a job of known pace`() {
        var pace = PollPace(rows: 150_000, rowsPerSecond: 5_000)
        var clock = 0.0
        var asked = 0
        var processed = 0
        while processed < 150_000 {
            let pause = pace.next(processed: processed)
            clock += Double(pause.components.seconds) + Double(pause.components.attoseconds) / 1e18
            processed = min(Int(clock * 4_000), 150_000)
            asked += 1
            #expect(pause >= .seconds(1) && pause <= .seconds(60))
        }
        #expect(asked <= 3)
        #expect(clock < 150_000 / 4_000 * 1.3)
    }

    @Test(arguments: [0, -1, .nan, .infinity] as [Double]) func `takes no nonsense for a pace`(_ rowsPerSecond: Double)
    {
        var pace = PollPace(rows: 10, rowsPerSecond: rowsPerSecond)
        #expect(pace.next(processed: 0) == .seconds(1))
    }
}

@Suite struct `A job of Bulk 2.0` {
    /// How often it is asked, and how long behind its end it is seen.
    private func watch(_ polling: JobPolling, rows: Int, rowsPerSecond: Double) -> (asked: Int, late: Double) {
        var polling = polling
        let end = Double(rows) / rowsPerSecond
        var (clock, asked) = (0.0, 0)
        while clock < end {
            let pause = polling.next(processed: min(Int(clock * rowsPerSecond), rows))
            clock += pause / .seconds(1)
            asked += 1
        }
        return (asked, clock - end)
    }

    @Test(arguments: [1_000, 150_000]) func `of a known pace is asked at its end, not before`(rows: Int) {
        for actual in [800.0, 1_000, 1_200] {
            let seen = watch(JobPolling(rows: rows, rowsPerSecond: 1_000), rows: rows, rowsPerSecond: actual)
            #expect(seen.asked <= 5)
            #expect(seen.late <= Double(rows) / actual * 0.35 + 0.2)
        }
    }

    @Test(arguments: [500.0, 2_000, 300_000]) func `of an unknown pace takes few questions`(rowsPerSecond: Double) {
        let seen = watch(JobPolling(rows: 150_000), rows: 150_000, rowsPerSecond: rowsPerSecond)
        #expect(seen.asked <= 10)
        #expect(seen.late <= 150_000 / rowsPerSecond * 0.4 + 0.5)
    }

    @Test func `that begins slowly is not put off by its first rows`() {
        var polling = JobPolling(rows: 150_000)
        let blind = polling.next(processed: 0) + polling.next(processed: 0)
        #expect(polling.next(processed: 200) <= blind * 2)
    }

    @Test func `that was there when it was first asked may have been there before`() {
        var early = JobPolling(rows: 1_000, rowsPerSecond: 100)
        _ = early.next(processed: 0)
        #expect(early.timeAtWork(.seconds(9)) < .seconds(7))
        _ = early.next(processed: 900)
        #expect(early.timeAtWork(.seconds(10)) == .seconds(10))
        var unknown = JobPolling(rows: 1_000)
        _ = unknown.next(processed: 0)
        #expect(unknown.timeAtWork(.seconds(1)) == .seconds(1))
    }

    @Test func `that is small is soon asked`() {
        var polling = JobPolling(rows: 10)
        #expect(polling.next(processed: 0) < .milliseconds(60))
    }

    @Test(arguments: [0, -1, .nan, .infinity] as [Double]) func `takes no nonsense for a pace`(_ rowsPerSecond: Double)
    {
        #expect(JobPolling(rows: 10, rowsPerSecond: rowsPerSecond) == JobPolling(rows: 10))
    }
}

@Suite struct `A batch of collections` {
    @Test func `is halved until the row that spoils the call is alone`() {
        var batch = CollectionMachine(rows: 8, rule: .safe)
        var action = batch.start()
        var calls = 0
        var delivered: [Int] = []
        var refused: [Int] = []
        loop: while true {
            switch action {
            case .send(let rows, _):
                calls += 1
                if rows.contains(5) {
                    action = batch.failed(
                        CallFailure(retryClass: .bug, code: "JSON_PARSER_ERROR", mayHaveActed: false),
                        randomness: 0
                    )
                } else {
                    delivered += rows
                    action = batch.answered()
                }
            case .refuse(let rows, let code):
                #expect(code == "JSON_PARSER_ERROR")
                refused += rows
                action = batch.noted()
            case .end: break loop
            case .leaveInDoubt, .leaveUnsent:
                Issue.record("nothing is left")
                break loop
            }
        }
        #expect(delivered.sorted() == [0, 1, 2, 3, 4, 6, 7])
        #expect(refused == [5])
        #expect(calls == 7)
    }

    @Test func `is sent again after an answer was lost, unless it publishes`() {
        var update = CollectionMachine(rows: 2, rule: ResendRule(.update), backoff: Backoff(first: .seconds(8)))
        _ = update.start()
        #expect(update.failed(lost, randomness: 0) == .send(0..<2, after: .seconds(4)))
        #expect(update.failed(lost, randomness: 0.5) == .send(0..<2, after: .seconds(18)))
        var event = CollectionMachine(rows: 2, rule: ResendRule(.publish))
        _ = event.start()
        #expect(event.failed(busy, randomness: 0) == .send(0..<2, after: .seconds(2.5)))
        #expect(event.failed(lost, randomness: 0) == .leaveInDoubt(0..<2))
        #expect(event.noted() == .end)
    }

    @Test func `leaves unsent what a spent quota or a missing right forbids`() {
        var batch = CollectionMachine(rows: 2, rule: .safe)
        _ = batch.start()
        #expect(
            batch.failed(
                CallFailure(retryClass: .window, code: "REQUEST_LIMIT_EXCEEDED", mayHaveActed: false),
                randomness: 0
            )
                == .leaveUnsent([0..<2], code: "REQUEST_LIMIT_EXCEEDED")
        )
        var empty = CollectionMachine(rows: 0, rule: .safe)
        #expect(empty.start() == .end)
    }

    @Test func `that is stopped leaves what it has not sent`() {
        var idle = CollectionMachine(rows: 4, rule: .safe)
        #expect(idle.drain() == .leaveUnsent([0..<4], code: "stopped"))
        var halved = CollectionMachine(rows: 4, rule: .safe)
        _ = halved.start()
        let spoilt = CallFailure(retryClass: .data, code: "JSON_PARSER_ERROR", mayHaveActed: false)
        #expect(halved.failed(spoilt, randomness: 0) == .send(0..<2, after: .zero))
        #expect(halved.drain() == nil)
        #expect(halved.answered() == .leaveUnsent([2..<4], code: "stopped"))
        var busyOne = CollectionMachine(rows: 4, rule: .safe)
        _ = busyOne.start()
        _ = busyOne.drain()
        #expect(busyOne.failed(busy, randomness: 0) == .leaveUnsent([0..<4], code: "SERVER_UNAVAILABLE"))
    }

    @Test func `signs in once`() {
        var batch = CollectionMachine(rows: 1, rule: .safe)
        _ = batch.start()
        let session = CallFailure(retryClass: .auth, code: "INVALID_SESSION_ID", mayHaveActed: false)
        #expect(batch.failed(session, randomness: 0) == .send(0..<1, after: .zero))
        #expect(batch.failed(session, randomness: 0) == .leaveUnsent([0..<1], code: "INVALID_SESSION_ID"))
    }
}

@Suite struct `A batch of the original Bulk API` {
    @Test func `is posted, waited for and read`() {
        var batch = BulkBatchMachine(rows: 3)
        #expect(batch.start() == .post(after: .zero))
        #expect(batch.posted(batch: "751") == .wait(batch: "751"))
        #expect(batch.polled(.inProgress) == .wait(batch: "751"))
        #expect(batch.polled(.completed) == .readResult(batch: "751", after: .zero))
        #expect(batch.resultRead(rows: 3) == .end(.collected))
    }

    @Test func `whose answer was lost is looked for behind a fence, never posted again blindly`() {
        var found = BulkBatchMachine(rows: 3)
        _ = found.start()
        #expect(found.failed(lost, randomness: 0) == .fence)
        #expect(found.fenced(found: "751") == .wait(batch: "751"))
        var missing = BulkBatchMachine(rows: 3)
        _ = missing.start()
        _ = missing.failed(lost, randomness: 0)
        #expect(missing.fenced(found: nil) == .postIntoNewJob)
        #expect(missing.posted(batch: "752") == .wait(batch: "752"))
        var resumed = BulkBatchMachine(rows: 3)
        #expect(resumed.resume(batch: nil) == .fence)
        #expect(resumed.failed(busy, randomness: 0) == .end(.resultsPending(code: "SERVER_UNAVAILABLE")))
    }

    @Test(
        arguments: [
            (
                .failed(message: "TooManyLockFailure : lock contention", processed: 0),
                .end(.nothingSent(code: "TooManyLockFailure"))
            ),
            (
                .failed(message: "InvalidBatch : Field name not found : X", processed: 2),
                .readResult(batch: "751", after: .zero)
            ),
            (.failed(message: "", processed: 0), .end(.nothingSent(code: "Unknown"))),
            (.notProcessed, .end(.nothingSent(code: "NotProcessed"))),
        ] as [(BulkBatchState, BulkBatchMachine.Action)]
    ) func `that failed says why, and keeps what was committed`(
        _ state: BulkBatchState,
        _ wanted: BulkBatchMachine.Action
    ) {
        var batch = BulkBatchMachine(rows: 3)
        _ = batch.start()
        _ = batch.posted(batch: "751")
        #expect(batch.polled(state) == wanted)
        if case .readResult = wanted {
            #expect(batch.resultRead(rows: 2) == .end(.partly(results: 2, code: "InvalidBatch")))
        }
    }
}
