/// Five cron fields (crontab(5)): minute, hour, day of month, month, day of week.
enum CronText {
    /// What is wrong with the text, with the position counted from 1; nil: nothing.
    static func problem(in text: String) -> String? {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard fields.count == 5 else { return "it has \(fields.count) fields" }
        for (field, kind) in zip(fields, kinds) {
            let position = text.distance(from: text.startIndex, to: field.startIndex) + 1
            for part in field.split(separator: ",", omittingEmptySubsequences: false) where !isSound(part, kind) {
                return
                    "\(kind.noun) \(Findings.quoted(String(part))) at position \(position) is not within \(kind.range.lowerBound) to \(kind.range.upperBound)"
            }
        }
        return nil
    }

    // MARK: - Implementation

    private struct Kind {
        var noun: String
        var range: ClosedRange<Int>
        var names: [String] = []
    }

    private static let kinds = [
        Kind(noun: "minute", range: 0...59),
        Kind(noun: "hour", range: 0...23),
        Kind(noun: "day of month", range: 1...31),
        Kind(
            noun: "month",
            range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        ),
        Kind(noun: "day of week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    private static func isSound(_ part: Substring, _ kind: Kind) -> Bool {
        let halves = part.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let span = halves.first else { return false }
        if halves.count == 2 {
            guard let step = Quantity.whole(String(halves[1])), (1...kind.range.upperBound).contains(step) else {
                return false
            }
        }
        if span == "*" { return true }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map { value(of: $0, kind) }
        switch (ends.first ?? nil, ends.count) {
        case (.some, 1): return true
        case (.some(let low), 2): return ends[1].map { low <= $0 } ?? false
        default: return false
        }
    }

    private static func value(of text: Substring, _ kind: Kind) -> Int? {
        if let index = kind.names.firstIndex(of: text.lowercased()) { return index + kind.range.lowerBound }
        guard text.utf8.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return nil
        }
        return kind.range.contains(number) ? number : nil
    }
}
