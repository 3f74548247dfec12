import ArgumentParser

/// Spans on the command line: `30s`, `5min`, `1h 30min`, as systemd writes them.
enum SpanText {
    private static let units: [String: Double] = [
        "us": 0.000_001, "ms": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60,
        "minutes": 60, "h": 3_600,
        "hr": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800,
        "week": 604_800, "weeks": 604_800,
    ]

    /// Reads a span; a bare number is seconds.
    @Sendable static func duration(_ text: String) throws -> Duration {
        var rest = Substring(text)
        var seconds = 0.0
        var parts = 0
        while true {
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { break }
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number),
                let length = unit.isEmpty && parts == 0 && rest.isEmpty ? 1 : units[String(unit)]
            else {
                throw ValidationError("`\(text)` is not a span; write one such as 30s, 5min or 1h 30min")
            }
            seconds += value * length
            parts += 1
        }
        guard parts > 0, seconds.isFinite, seconds < 1e9 else {
            throw ValidationError("`\(text)` is not a span; write one such as 30s, 5min or 1h 30min")
        }
        return .seconds(seconds)
    }
}
