/// Rows under headings: columns as wide as they need, the flexible ones cut where the terminal ends.
package struct Table: Sendable {
    /// One cell: its text, and how it stands out.
    package struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        package var text: String
        package var emphasis: Emphasis

        package init(_ text: String, _ emphasis: Emphasis = .plain) {
            self.text = text.harmless
            self.emphasis = emphasis
        }

        package init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// One column.
    package struct Column: Sendable {
        package var title: String
        package var isNumber: Bool
        /// May be cut, down to its title, when the terminal is narrow.
        package var isFlexible: Bool

        package init(_ title: String, isNumber: Bool = false, isFlexible: Bool = false) {
            self.title = title
            self.isNumber = isNumber
            self.isFlexible = isFlexible
        }
    }

    package var columns: [Column]
    package private(set) var rows: [[Cell]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are missing are empty, those too many are left out.
    package mutating func add(_ cells: [Cell]) {
        rows.append((0..<columns.count).map { $0 < cells.count ? cells[$0] : "" })
    }

    /// The table's lines, without the one below that counts.
    ///
    /// - Parameters:
    ///   - terminal: cuts lines at its width, and takes colour or not.
    ///   - headings: `--no-legend` leaves them out.
    /// - Returns: one text a line.
    package func lines(on terminal: Terminal, headings: Bool = true) -> [String] {
        guard !rows.isEmpty else { return [] }
        let widths = fitted(to: terminal.width, headings: headings)
        var lines = rows.map { row in line(row, widths, terminal) }
        if headings { lines.insert(line(columns.map { Cell($0.title, .strong) }, widths, terminal), at: 0) }
        return lines
    }

    // MARK: - Implementation

    private static let gap = 2

    private func fitted(to width: Int?, headings: Bool) -> [Int] {
        var widths = columns.indices.map { index in
            max(headings ? columns[index].title.displayWidth : 0, rows.map { $0[index].text.displayWidth }.max() ?? 0)
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - width
        // The widest flexible column gives first, so that no column is cut while another one wastes room.
        while excess > 0 {
            let flexible = columns.indices.filter {
                columns[$0].isFlexible && widths[$0] > max(6, columns[$0].title.displayWidth)
            }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ terminal: Terminal) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let text = cell.text.cut(to: widths[index], isUnicode: terminal.isUnicode)
            let isLast = index == cells.count - 1
            let filled =
                isLast && !columns[index].isNumber
                ? text : text.padded(to: widths[index], right: columns[index].isNumber)
            line += cell.emphasis.applied(to: filled, on: terminal)
            if !isLast { line += String(repeating: " ", count: Self.gap) }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
