/// A span as systemd writes it (systemd.time(7), "Parsing Time Spans"): `15min`, `1h 30min`, `0`.
enum SpanText {
    enum Answer: Equatable {
        case span(Duration)
        /// What is wrong, and what was meant perhaps.
        case refused(String, suggestion: String?)
    }

    static func read(_ text: String) -> Answer {
        if text == "0" { return .span(.zero) }
        var rest = Substring(text)
        var total = 0.0
        var isFirst = true
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix(while: \.isLetter)
            rest = rest.dropFirst(unit.count)
            guard let first = digits.first, first != ".", digits.count <= 15, let number = Double(digits) else {
                return .refused(
                    "expected a number before \(Findings.quoted(String(unit.isEmpty ? rest : unit)))",
                    suggestion: nil
                )
            }
            if unit.isEmpty {
                let suggestion = isFirst && rest.isEmpty ? "\(digits)s" : nil
                return .refused("\(digits) of what? Write a unit: s, min, h or d", suggestion: suggestion)
            }
            guard let seconds = seconds(in: unit) else {
                return .refused(
                    "unknown unit \(Findings.quoted(String(unit)))",
                    suggestion: nearestName(to: String(unit), among: ["s", "min", "h", "d", "week", "month"]).map {
                        "\(digits)\($0)"
                    }
                )
            }
            total += number * seconds
            isFirst = false
        }
        if isFirst { return .refused("it is empty", suggestion: nil) }
        guard total < 1e10 else { return .refused("it is longer than 300 years", suggestion: nil) }
        return .span(.microseconds(Int64((total * 1e6).rounded())))
    }

    // MARK: - Implementation

    private static func seconds(in unit: Substring) -> Double? {
        switch unit {
        case "us", "usec", "µs", "μs": 1e-6
        case "ms", "msec": 1e-3
        case "s", "sec", "second", "seconds": 1
        case "m", "min", "minute", "minutes": 60
        case "h", "hr", "hour", "hours": 3_600
        case "d", "day", "days": 86_400
        case "w", "week", "weeks": 604_800
        case "M", "month", "months": 30.44 * 86_400
        case "y", "year", "years": 365.25 * 86_400
        default: nil
        }
    }
}
