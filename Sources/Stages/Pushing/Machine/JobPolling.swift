/// When to ask a job of Bulk 2.0 whether it has ended: few questions, and none long behind its end.
///
/// With a pace known from jobs before, it is asked shortly before its end is due, then often. Without one, the first pauses
/// grow with its rows and double. What takes longer is asked by the pace that the job itself reports.
package struct JobPolling: Sendable, Equatable {
    private var pace: PollPace
    private var first: Duration?
    private var pause: Duration
    /// How often it has been asked.
    private var questions = 0
    private let isPaced: Bool

    /// `rowsPerSecond`: what the jobs before this one did.
    package init(rows: Int, rowsPerSecond: Double? = nil) {
        pace = PollPace(rows: rows)
        if let rowsPerSecond, rowsPerSecond.isFinite, rowsPerSecond > 0 {
            let due = Duration.seconds(min(Double(rows) / rowsPerSecond, Self.longestFirst))
            first = max(due * 9 / 10, Self.shortest)
            pause = max(due / 10, Self.shortest)
            isPaced = true
        } else {
            let blind = Self.shortest + .microseconds(rows * 3)
            first = blind
            pause = blind * 2
            isPaced = false
        }
    }

    /// How long a job has been at work, as far as that is known of one that was found at its end `time` after its beginning.
    ///
    /// One that was there when it was first asked may have been there long before: without an allowance for that, a slow job would
    /// make those after it look slow, too.
    package func timeAtWork(_ time: Duration) -> Duration { isPaced && questions == 1 ? time * 3 / 4 : time }

    /// How long to wait before the next question, when the job has looked at so many rows.
    package mutating func next(processed: Int) -> Duration {
        questions += 1
        if let first {
            self.first = nil
            pace.passed(first)
            return first
        }
        guard pause < PollPace.shortest else { return pace.next(processed: processed) }
        defer { pause *= 2 }
        pace.passed(pause)
        return pause
    }

    private static let shortest = Duration.milliseconds(50)
    /// However slow the jobs before were, this one is looked at.
    private static let longestFirst = 30.0
}
