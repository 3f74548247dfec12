/// Pauses that grow, and differ from one another.
package struct Backoff: Sendable, Equatable {
    package var first: Duration
    package var factor: Int
    package var longest: Duration

    package init(first: Duration = .seconds(5), factor: Int = 3, longest: Duration = .seconds(300)) {
        self.first = first
        self.factor = factor
        self.longest = longest
    }

    /// The pause after the attempt of this number, from 1: between half and all of what it may be at most.
    ///
    /// `randomness` is in 0 ..< 1 and comes from outside.
    package func pause(attempt: Int, randomness: Double) -> Duration {
        var pause = first
        var left = attempt
        while left > 1, pause < longest {
            pause *= factor
            left -= 1
        }
        let bounded = min(max(randomness.isFinite ? randomness : 0, 0), 1)
        return min(pause, longest) * (0.5 + bounded / 2)
    }
}
