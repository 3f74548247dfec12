import CivilTime
import SyncModel
import Testing

@testable import Sequencing

@Suite struct `A run's id` {
    @Test(arguments: [0, 1, UInt64.max, 1 << 63])
    func `is fifteen characters whatever the random number`(random: UInt64) {
        #expect(RunID.make(at: Timestamp(seconds: 1_800_000_000), random: random).rawValue.count == 15)
    }

    @Test func `sorts by time`() {
        let early = RunID.make(at: Timestamp(seconds: 1_800_000_000), random: .max)
        let late = RunID.make(at: Timestamp(microseconds: 1_800_000_000_001_000), random: 0)
        #expect(early.rawValue < late.rawValue)
    }
}
