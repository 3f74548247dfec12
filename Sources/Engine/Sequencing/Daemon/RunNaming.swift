internal import CivilTime
internal import SyncModel

extension RunID {
    /// A new id: sorts by time of creation, and no two are the same.
    static func make(at now: Timestamp, random: UInt64) -> RunID {
        // Crockford's alphabet: no letter that is taken for a digit when it is read aloud.
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        func digits(_ value: UInt64, _ count: Int) -> String {
            String((0..<count).reversed().map { alphabet[Int((value >> UInt64($0 * 5)) & 31)] })
        }
        return RunID(rawValue: digits(UInt64(bitPattern: now.microseconds / 1_000), 9) + digits(random, 6))
    }
}
