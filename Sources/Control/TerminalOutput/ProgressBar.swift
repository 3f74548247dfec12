internal import CivilTime

/// How far something has come, as one line: rows, rate, share, time left.
package struct ProgressBar: Sendable, Equatable {
    package var done: Int
    /// Nil: not known yet.
    package var total: Int?
    /// Rows a second; nil: not known yet.
    package var rate: Double?

    package init(done: Int, total: Int?, rate: Double?) {
        self.done = done
        self.total = total
        self.rate = rate
    }

    /// From 0 to 1; nil: not known.
    package var share: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, Double(done) / Double(total))
    }

    /// At the present rate; nil: not known.
    package var timeLeft: Duration? {
        guard let total, let rate, rate > 0, total > done else { return nil }
        return .seconds(Double(total - done) / rate)
    }

    /// `1,200/5,000 rows  24%  310 rows/s  12s left`.
    package var text: String {
        var parts = [total.map { "\(done.grouped)/\($0.counted("row"))" } ?? done.counted("row")]
        if let share { parts.append("\(Int(share * 100))%") }
        if let rate, rate >= 0.5 { parts.append("\(Int(rate.rounded()).grouped) rows/s") }
        if let timeLeft { parts.append("\(max(timeLeft, .seconds(1)).roughText) left") }
        return parts.joined(separator: "  ")
    }

    /// The share drawn over `width` columns.
    package func bar(width: Int, isUnicode: Bool) -> String {
        let filled = Int((share ?? 0) * Double(width))
        let (full, empty) = isUnicode ? ("━", "─") : ("#", "-")
        return String(repeating: full, count: filled) + String(repeating: empty, count: max(0, width - filled))
    }
}

/// Lines at the end of a terminal that are drawn again and again in the same place.
package struct LiveLines: Sendable {
    private var drawn = 0

    package init() {}

    /// What to write so that `lines` stand where the last ones stood.
    ///
    /// - Parameters:
    ///   - lines: cut to the terminal's width, for a line that wraps is two.
    ///   - terminal: as wide as it is now.
    /// - Returns: control characters and text.
    package mutating func redraw(_ lines: [String], on terminal: Terminal) -> String {
        let width = terminal.width ?? 80
        // Each line is cleared before it is written; what is left below is cleared at the end.
        var text = drawn > 0 ? "\u{1B}[\(drawn)A\r" : ""
        for line in lines { text += "\u{1B}[2K" + line.cut(to: width, isUnicode: terminal.isUnicode) + "\n" }
        if drawn > lines.count { text += "\u{1B}[J" }
        drawn = lines.count
        return text
    }
}
