internal import Fingerprinting

/// How many runs running a row was refused for the same reason in data or configuration, and with which values: what makes it
/// rest.
///
/// It lies in 64 bits, which an owed row's entry has free in the place of its raw fingerprint: 32 of the values, 14 of the reason,
/// 14 of the run, 4 of the count.
package struct RefusalMark: Sendable, Hashable {
    package let rawValue: UInt64

    /// A row that was refused in as many runs running is tried once a day.
    package static let restingAfter = 5

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// A refusal of a row whose source columns have the fingerprint `raw`.
    ///
    /// `earlier`: what was marked of the row before, if nothing of it was delivered since. A second refusal in the same run,
    /// which was begun anew, counts once.
    package init(raw: UInt64, code: String, run: RunID, after earlier: RefusalMark?) {
        let reason = Fingerprint.hash64(code) & Self.tag
        let run = Fingerprint.hash64(run.rawValue) & Self.tag
        var count = 1
        if let earlier, earlier.reason == reason {
            count = earlier.run == run ? earlier.count : min(earlier.count + 1, Self.mostCounted)
        }
        rawValue = (raw & ~0xFFFF_FFFF) | (reason << 18) | (run << 4) | UInt64(count)
    }

    /// In how many runs running, 15 at most.
    package var count: Int { Int(rawValue & 0xF) }

    package var rests: Bool { count >= Self.restingAfter }

    /// Whether the values are those that were refused, but for a chance of 2⁻³².
    package func isOf(raw: UInt64) -> Bool { rawValue >> 32 == raw >> 32 }

    // MARK: - Implementation

    private static let tag: UInt64 = 0x3FFF
    private static let mostCounted = 15

    private var reason: UInt64 { rawValue >> 18 & Self.tag }
    private var run: UInt64 { rawValue >> 4 & Self.tag }
}

extension SnapshotEntry {
    /// What was marked of the row when it was refused; nil when nothing counts.
    package var refusal: RefusalMark? {
        flags.isSuperset(of: [.owed, .marked]) ? RefusalMark(rawValue: raw) : nil
    }
}
