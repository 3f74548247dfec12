/// Who has given a sign of life lately, and who has not: what says whether the watchdog may be fed.
///
/// A value: beats and the clock go in, the silent come out.
package struct Heartbeats: Sendable {
    /// How long a part may be silent.
    package let patience: Duration
    private var last: [String: ContinuousClock.Instant]

    /// - Parameters:
    ///   - parts: those that must beat; each counts as alive at first.
    ///   - patience: longer than that without a beat is silence.
    ///   - now: the present instant.
    package init(of parts: [String], patience: Duration, now: ContinuousClock.Instant) {
        self.patience = patience
        last = Dictionary(parts.map { ($0, now) }) { first, _ in first }
    }

    /// A part gave a sign of life; a part that is not known is none.
    package mutating func beat(_ part: String, at now: ContinuousClock.Instant) {
        if last[part] != nil { last[part] = now }
    }

    /// Those that have been silent for too long, by name.
    package func silent(at now: ContinuousClock.Instant) -> [String] {
        last.filter { $0.value.duration(to: now) > patience }.keys.sorted()
    }
}
