/// When to ask a job again.
///
/// By the pace that it reports, so that few calls are spent; blindly at first, from one second doubling to thirty
/// (reference 04-bulk-v2, 1.4).
package struct PollPace: Sendable, Equatable {
    package static let shortest = Duration.seconds(1)
    package static let longest = Duration.seconds(30)
    /// What is waited for is never put off longer than this, however slow the job.
    package static let ceiling = Duration.seconds(60)

    private let rows: Int
    /// Rows a second, of jobs before this one.
    private let expected: Double?
    private var blind = PollPace.shortest
    private var waited = Duration.zero
    private var processed = 0

    package init(rows: Int, rowsPerSecond expected: Double? = nil) {
        self.rows = rows
        self.expected = expected.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    /// Rows a second that the job has shown so far; nil: nothing yet.
    package var rowsPerSecond: Double? {
        processed > 0 && waited > .zero ? Double(processed) / Self.seconds(waited) : nil
    }

    /// Time has passed that this pace did not ask for.
    package mutating func passed(_ time: Duration) { waited += time }

    /// How long to wait before the next question, when the job has looked at so many rows.
    package mutating func next(processed: Int) -> Duration {
        self.processed = max(self.processed, processed)
        let left = max(rows - self.processed, 0)
        var pause = blind
        if let pace = rowsPerSecond ?? (waited == .zero ? expected : nil), left > 0 {
            // A little early is a call more; a little late is only late.
            pause = min(max(.seconds(min(Double(left) / pace * 1.05, 3_600)), Self.shortest), Self.ceiling)
            // The first few rows say little about all of them.
            if self.processed < rows / 10, waited > .zero { pause = min(pause, max(waited * 2, Self.shortest)) }
        } else {
            blind = min(blind * 2, Self.longest)
        }
        waited += pause
        return pause
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
