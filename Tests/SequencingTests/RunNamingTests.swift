import CivilTime
import SyncModel
import Testing

@testable import Sequencing

@Suite struct `A run's id` {
    @Test func `is fifteen characters, and sorts by time`() {
        var naming = RunNaming()
        let early = naming.next(at: Timestamp(seconds: 1_800_000_000))
        let late = naming.next(at: Timestamp(microseconds: 1_800_000_000_001_000))
        #expect(early.rawValue.count == 15)
        #expect(late.rawValue.count == 15)
        #expect(early.rawValue < late.rawValue)
    }

    @Test(arguments: [0, -3_600])
    func `counts up within a millisecond, and when the clock is set back`(by seconds: Int64) {
        var naming = RunNaming()
        let now: Int64 = 1_800_000_000
        var ids = [naming.next(at: Timestamp(seconds: now))]
        for _ in 0..<1_000 { ids.append(naming.next(at: Timestamp(seconds: now + seconds))) }
        #expect(ids == ids.sorted { $0.rawValue < $1.rawValue })
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.rawValue.count == 15 })
    }

    @Test func `is another one in another daemon`() {
        var one = RunNaming()
        var other = RunNaming()
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(one.next(at: now) != other.next(at: now))
    }
}
