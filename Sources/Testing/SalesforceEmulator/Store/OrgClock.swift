import FoundationEssentials

/// The org's own time: the machine's, or as the admin API set it.
struct OrgClock: Sendable {
    private var machineBase: Int64
    private var base: Int64
    private(set) var rate = 1.0
    private(set) var isFrozen = false

    init() {
        machineBase = machineMilliseconds()
        base = machineBase
    }

    var now: Instant {
        if isFrozen { return Instant(milliseconds: base) }
        let passed = machineMilliseconds() - machineBase
        return Instant(milliseconds: base + (rate == 1 ? passed : Int64(Double(passed) * rate)))
    }

    mutating func set(_ moment: Instant) {
        machineBase = machineMilliseconds()
        base = moment.milliseconds
    }

    mutating func freeze(_ frozen: Bool) {
        set(now)
        isFrozen = frozen
    }

    mutating func run(at rate: Double) {
        set(now)
        isFrozen = false
        self.rate = rate
    }
}

/// The machine's time, in milliseconds since 1970.
func machineMilliseconds() -> Int64 {
    Int64(Date.now.timeIntervalSince1970 * 1000)
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// Letters and digits, for tokens.
    mutating func word(_ length: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        return String(decoding: (0..<length).map { _ in letters[Int(next() % UInt64(letters.count))] }, as: UTF8.self)
    }

    mutating func uuid() -> String {
        let hex = (padHex(next()) + padHex(next()))
        let part = { (from: Int, to: Int) in String(hex.dropFirst(from).prefix(to - from)) }
        return "\(part(0, 8))-\(part(8, 12))-4\(part(13, 16))-a\(part(17, 20))-\(part(20, 32))"
    }

    private func padHex(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
