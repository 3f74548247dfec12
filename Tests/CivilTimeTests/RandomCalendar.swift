/// Makes calendar events, the same ones from the same seed.
///
/// Repetitions have an end: of `1/19` systemd 252 leaves elapses out (`SystemdAnswersTests`).
struct RandomCalendar {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func number(below bound: Int) -> Int {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// An expression without a zone.
    mutating func next() -> String {
        if happens(3) { return pick(["hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly"]) }
        var parts: [String] = []
        let kind = number(below: 100)
        if kind < 35 { parts.append(weekdays()) }
        if kind < 75, parts.isEmpty || happens(70) { parts.append(date()) }
        if kind > 15 || parts.isEmpty { parts.append(time()) }
        return parts.joined(separator: " ")
    }

    // MARK: - Implementation

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    private mutating func happens(_ percent: Int) -> Bool { number(below: 100) < percent }
    private mutating func pick(_ choices: [String]) -> String { choices[number(below: choices.count)] }

    private mutating func digits(_ value: Int) -> String { value < 10 && happens(50) ? "0\(value)" : "\(value)" }

    private mutating func item(_ low: Int, _ high: Int) -> String {
        let first = low + number(below: high - low + 1)
        let kind = number(below: 100)
        if kind < 60 { return digits(first) }
        let last = first + number(below: high - first + 1)
        let range = "\(digits(first))..\(digits(last))"
        return kind < 80 ? range : "\(range)/\(1 + number(below: 6))"
    }

    private mutating func chain(_ low: Int, _ high: Int, star: Int) -> String {
        if happens(star) { return "*" }
        var items = [item(low, high)]
        while items.count < 3, happens(35) { items.append(item(low, high)) }
        return items.joined(separator: ",")
    }

    private mutating func weekdays() -> String {
        var items: [String] = []
        repeat {
            let first = number(below: 7)
            let name = Self.days[first]
            items.append(happens(60) ? name : "\(name)..\(Self.days[first + number(below: 7 - first)])")
        } while items.count < 3 && happens(40)
        return items.joined(separator: ",")
    }

    private mutating func date() -> String {
        let month = chain(1, 12, star: 60)
        let day = happens(20) ? "~" + chain(1, 28, star: 5) : "-" + chain(1, 31, star: 30)
        if happens(30) { return month + day }
        return "\(pick(["*", "*", "*", "*", "2026..2030", "26", "2027,2029", "2028"]))-\(month)\(day)"
    }

    private mutating func time() -> String {
        let text = "\(chain(0, 23, star: 25)):\(chain(0, 59, star: 20))"
        return happens(30) ? text + ":" + pick([chain(0, 59, star: 10), "00", "30", "15", "0.5", "00.250000"]) : text
    }
}
