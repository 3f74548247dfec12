package import CivilTime
internal import Foundation

/// The daemon's idea of now, and its way to wait: real, or that of a rehearsal.
package struct EngineClock: Sendable {
    private let readNow: @Sendable () -> Timestamp
    /// How many times faster than the wall clock it runs.
    package let rate: Double

    /// The host's clock.
    package static let system = EngineClock(rate: 1) { Self.wallClock() }

    /// A clock that begins at `start` and runs `rate` times as fast.
    package static func rehearsing(from start: Timestamp, rate: Double) -> EngineClock {
        let begun = ContinuousClock.now
        return EngineClock(rate: rate) {
            let elapsed = begun.duration(to: .now)
            return start + .microseconds(Int64(Double(elapsed.wholeMicroseconds) * rate))
        }
    }

    package init(rate: Double, now: @escaping @Sendable () -> Timestamp) {
        self.rate = rate
        readNow = now
    }

    package var now: Timestamp { readNow() }

    /// Waits a span of this clock's time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before.
    package func sleep(for span: Duration) async throws {
        try await Task.sleep(for: .microseconds(Int64(Double(span.wholeMicroseconds) / rate)))
    }

    // MARK: - Implementation

    private static func wallClock() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
