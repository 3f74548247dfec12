internal import CivilTime
internal import SyncModel

/// Gives runs their ids: each sorts behind the one before, also within a millisecond and when the clock is set back.
struct RunNaming {
    private var random = SystemRandomNumberGenerator()
    private var moment: UInt64 = 0
    private var tail: UInt64 = 0

    /// The id of a run that is made now; no two are the same, of two daemons neither.
    mutating func next(at now: Timestamp) -> RunID {
        let milliseconds = UInt64(bitPattern: now.microseconds / 1_000)
        if milliseconds > moment {
            moment = milliseconds
            // Half of what there is, so that there is room to count up.
            tail = random.next() & (Self.tails >> 1)
        } else if tail < Self.tails {
            tail += 1
        } else {
            moment += 1
            tail = 0
        }
        return RunID.make(moment: moment, tail: tail)
    }

    /// As many as six digits hold.
    private static let tails: UInt64 = 1 << 30 - 1
}

extension RunID {
    /// Nine digits of milliseconds since 1970 and six that tell apart what was made within one.
    fileprivate static func make(moment: UInt64, tail: UInt64) -> RunID {
        // Crockford's alphabet: no letter that is taken for a digit when it is read aloud.
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        func digits(_ value: UInt64, _ count: Int) -> String {
            String((0..<count).reversed().map { alphabet[Int((value >> UInt64($0 * 5)) & 31)] })
        }
        return RunID(rawValue: digits(moment, 9) + digits(tail, 6))
    }
}
