import SyncModel
import Testing

@testable import Pushing

@Suite struct `A row that failed` {
    @Test(arguments: RetryClass.allCases) func `is tried again only where that helps`(_ retryClass: RetryClass) {
        let first = RowRetry.decide(retryClass: retryClass, attempts: 1, retry: .init(), randomness: 0)
        let last = RowRetry.decide(retryClass: retryClass, attempts: 5, retry: .init(), randomness: 0)
        switch retryClass {
        case .transient, .shape, .auth:
            #expect(first == .again(after: .seconds(2.5)))
            #expect(last == .final)
        case .window: #expect(first == .whenWindowFrees && last == .whenWindowFrees)
        case .data, .configuration, .bug: #expect(first == .final && last == .final)
        }
    }

    @Test func `has as many tries as are written, and as its code is worth`() {
        var retry = SyncDefinition.Retry()
        retry.attempts = 3
        #expect(RowRetry.decide(retryClass: .transient, attempts: 2, retry: retry, randomness: 0) != .final)
        #expect(RowRetry.decide(retryClass: .transient, attempts: 3, retry: retry, randomness: 0) == .final)
        #expect(
            RowRetry.decide(retryClass: .transient, attempts: 2, retry: retry, codeLimit: 2, randomness: 0) == .final
        )
        retry.split = false
        #expect(RowRetry.decide(retryClass: .transient, attempts: 1, retry: retry, randomness: 0) == .final)
    }

    @Test func `waits longer each time, and never all rows alike`() {
        let backoff = Backoff(first: .seconds(4), factor: 3, longest: .seconds(60))
        #expect((1...5).map { backoff.pause(attempt: $0, randomness: 1) } == [4, 12, 36, 60, 60].map { .seconds($0) })
        #expect((1...4).map { backoff.pause(attempt: $0, randomness: 0) } == [2, 6, 18, 30].map { .seconds($0) })
        for nonsense in [.nan, -5, 7, .infinity] as [Double] {
            let pause = backoff.pause(attempt: 1, randomness: nonsense)
            #expect(pause >= .seconds(2) && pause <= .seconds(4))
        }
        #expect(backoff.pause(attempt: .max, randomness: 0) == .seconds(30))
        #expect(backoff.pause(attempt: 0, randomness: 0) == .seconds(2))
    }
}

@Suite struct `The pressure` {
    @Test func `of locks makes fewer batches first, then serial ones, then smaller ones`() {
        var pressure = Pressure(.init())
        var steps: [String] = []
        for _ in 0..<8 {
            pressure.felt(.locks, api: .bulk)
            steps.append("\(pressure.parallel)\(pressure.isSerial ? "s" : "")/\(pressure.size)")
        }
        #expect(steps == ["5/1000", "2/1000", "1s/1000", "1s/500", "1s/250", "1s/125", "1s/62", "1s/31"])
        #expect(pressure.isUnderLockPressure)
    }

    @Test func `of Apex limits makes batches smaller than a transaction at once`() {
        var pressure = Pressure(.init())
        var sizes: [Int] = []
        for _ in 0..<5 {
            pressure.felt(.apexLimits, api: .bulk)
            sizes.append(pressure.size)
        }
        #expect(sizes == [100, 50, 25, 12, 10])
        #expect(pressure.parallel == 10)
        #expect(pressure.felt(.apexLimits, api: .bulk) == false)
    }

    @Test func `of locks in Bulk 2.0 makes single jobs, then leaves it`() {
        var pressure = Pressure(.init())
        #expect(pressure.felt(.locks, api: .bulk2) == true)
        #expect(pressure.bulk2 == .single && !pressure.isUnderLockPressure)
        #expect(pressure.felt(.locks, api: .bulk2) == true)
        #expect(pressure.bulk2 == .leave && pressure.isSerial && pressure.isUnderLockPressure)
        #expect(pressure.felt(.locks, api: .bulk2) == false)
    }

    @Test func `of requests lowers those in flight, not the batches`() {
        var pressure = Pressure(.init(), concurrentRequests: 20)
        pressure.felt(.requests, api: .rest)
        #expect((pressure.requests, pressure.size, pressure.parallel) == (10, 1_000, 10))
        for _ in 0..<9 { pressure.felt(.requests, api: .rest) }
        #expect(pressure.requests == 1)
    }

    @Test func `goes slowly, in the reverse order, and never above what is written`() {
        var pressure = Pressure(.init())
        for _ in 0..<4 { pressure.felt(.locks, api: .bulk) }
        var steps: [String] = []
        for _ in 0..<60 where pressure.succeeded() {
            steps.append("\(pressure.parallel)\(pressure.isSerial ? "s" : "")/\(pressure.size)")
        }
        #expect(steps == ["1s/1000", "2/1000", "5/1000", "10/1000"])
        #expect(
            pressure
                == {
                    var fresh = pressure
                    fresh.resume(Pressure(.init()))
                    return fresh
                }()
        )
    }

    @Test func `goes more slowly the next time when a step up was too much, and forgets that once one has held`() {
        var pressure = Pressure(.init())
        /// Batches without a complaint until something is raised.
        func calm() -> Int {
            var batches = 1
            while !pressure.succeeded() { batches += 1 }
            return batches
        }
        var waits: [Int] = []
        pressure.felt(.apexLimits, api: .bulk)
        for _ in 0..<7 {
            waits.append(calm())
            #expect(pressure.size == 200)
            pressure.felt(.apexLimits, api: .bulk)
        }
        #expect(waits == [10, 20, 40, 80, 160, 320, 320])
        #expect((0..<4).map { _ in calm() } == [320, 320, 160, 80])
        #expect(pressure.size == 1_000)
    }

    @Test func `is not felt for an accident, such as one row that a person edits`() {
        #expect(!PressureCause.locks.isNoticed(1, of: 1) && !PressureCause.locks.isNoticed(1, of: 50))
        #expect(PressureCause.locks.isNoticed(2, of: 2) && PressureCause.locks.isNoticed(10, of: 1_000))
        #expect(!PressureCause.locks.isNoticed(9, of: 1_000))
        #expect(PressureCause.apexLimits.isNoticed(1, of: 1))
    }

    @Test func `starts counting calm anew after each complaint`() {
        var pressure = Pressure(.init())
        pressure.felt(.timeout, api: .bulk)
        for _ in 0..<9 { #expect(pressure.succeeded() == false) }
        pressure.felt(.timeout, api: .bulk)
        for _ in 0..<9 { #expect(pressure.succeeded() == false) }
        #expect(pressure.succeeded() == true)
        #expect(pressure.size == 500)
    }

    @Test func `leaves alone what is not adaptive, and what is serial by order`() {
        var batch = SyncDefinition.Batch()
        batch.adaptive = false
        var fixed = Pressure(batch)
        #expect(fixed.felt(.apexLimits, api: .bulk) == false)
        #expect(fixed.size == 1_000)
        batch.adaptive = true
        batch.serial = true
        var serial = Pressure(batch)
        #expect(serial.isSerial && serial.parallel == 1 && !serial.isUnderLockPressure)
        for _ in 0..<50 { serial.succeeded() }
        #expect(serial.isSerial && serial.parallel == 1)
    }

    @Test func `that was learnt is taken over under what is written now`() {
        var learnt = Pressure(.init())
        learnt.felt(.apexLimits, api: .bulk)
        learnt.felt(.locks, api: .bulk)
        var batch = SyncDefinition.Batch()
        batch.size = 80
        batch.parallel = 3
        var pressure = Pressure(batch)
        pressure.resume(learnt)
        #expect((pressure.size, pressure.parallel) == (80, 3))
        var wide = Pressure(.init())
        wide.resume(learnt)
        #expect((wide.size, wide.parallel) == (100, 5))
    }

    @Test func `of another sync into the object is taken over where it was felt, not where it was written`() {
        var batch = SyncDefinition.Batch()
        (batch.size, batch.parallel) = (50, 1)
        var narrow = Pressure(batch)
        var wide = Pressure(.init())
        wide.resume(narrow)
        #expect((wide.size, wide.parallel, wide.isUnderLockPressure) == (1_000, 10, false))
        batch.serial = true
        wide.resume(Pressure(batch))
        #expect((wide.parallel, wide.isSerial) == (10, false))

        // What the wide one learns outlives a run of the narrow one, and one of the serial one.
        wide.felt(.apexLimits, api: .bulk)
        wide.felt(.locks, api: .bulk)
        narrow.resume(wide)
        var kept = narrow.kept(beside: wide)
        var serial = Pressure(batch)
        serial.resume(kept)
        kept = serial.kept(beside: kept)
        var again = Pressure(.init())
        again.resume(kept)
        #expect((again.size, again.parallel, again.isSerial) == (100, 5, false))
        // What the narrow one learns counts for the wide one, too.
        narrow.felt(.apexLimits, api: .bulk)
        again.resume(narrow.kept(beside: kept))
        #expect(again.size == 25)
    }
}
