extension Duration {
    /// The span as systemd words it, by its two largest units: `3h 12min`, `2d 4h`, `1min 5s`, `850ms`.
    package var inWords: String {
        let milliseconds = max(0, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
        guard milliseconds >= 1_000 else { return "\(milliseconds)ms" }
        var seconds = milliseconds / 1_000
        var parts: [String] = []
        for (unit, length) in [
            ("y", 31_557_600), ("month", 2_629_800), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1),
        ] as [(String, Int64)] {
            let count = seconds / length
            guard count > 0 else {
                // Not `2d 5s`: what comes after a unit that is missing is not worth saying.
                guard parts.isEmpty else { break }
                continue
            }
            parts.append("\(count)\(unit)")
            seconds %= length
            if parts.count == 2 { break }
        }
        return parts.joined(separator: " ")
    }
}

extension Int {
    /// The number with its thousands apart: `1,234,567`.
    package var grouped: String {
        var result = ""
        let digits = String(magnitude)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return self < 0 ? "-" + result : result
    }

    /// `1 row`, `2 rows`.
    package func counted(_ noun: String) -> String {
        "\(grouped) \(noun)\(self == 1 ? "" : "s")"
    }
}
