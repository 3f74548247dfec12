internal import CivilTime

/// Notices between two looks that the clock was set, or that the host slept.
struct ClockWatch {
    private var wall: Timestamp
    private var elapsed = ContinuousClock.now
    private var awake = SuspendingClock.now

    init(_ clock: EngineClock) {
        wall = clock.now
    }

    /// What has happened since the last look, in words; nil: nothing worth a word.
    mutating func jump(_ clock: EngineClock) -> String? {
        let (nowWall, nowElapsed, nowAwake) = (clock.now, ContinuousClock.now, SuspendingClock.now)
        defer { (wall, elapsed, awake) = (nowWall, nowElapsed, nowAwake) }
        let passed = elapsed.duration(to: nowElapsed)
        let slept = passed - awake.duration(to: nowAwake)
        if slept >= Self.least { return "the host slept for \(slept.roughText)" }
        // By how much the wall clock went further than time did.
        let set = (nowWall - wall) - passed * clock.rate
        guard abs(set / .seconds(1)) >= Self.least / .seconds(1) * clock.rate else { return nil }
        return set > .zero
            ? "the clock was set forward by \(set.roughText)" : "the clock was set back by \((.zero - set).roughText)"
    }

    private static let least = Duration.seconds(30)
}
