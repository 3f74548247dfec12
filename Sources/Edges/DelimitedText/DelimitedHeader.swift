internal import SyncModel

/// The first row of a model's file: the names of its columns.
struct DelimitedHeader {
    let names: [String]

    /// - Throws: two columns of one name.
    init(_ record: borrowing DelimitedRecord) throws {
        var names: [String] = []
        names.reserveCapacity(record.count)
        for index in 0..<record.count {
            names.append(record.text(index))
        }
        self.names = names
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let first = places.updateValue(index, forKey: name) {
                throw DelimitedTextError(
                    .duplicateColumn,
                    "columns \(first + 1) and \(index + 1) are both named \(quoted(name)); give each column a name of its own",
                    line: record.line
                )
            }
        }
    }

    static var missing: DelimitedTextError {
        DelimitedTextError(.empty, "the file is empty; its first line must name the columns", line: 1)
    }

    /// Where the wanted columns are.
    /// - Throws: a column that is not there.
    func places(of wanted: [String]) throws -> [Int] {
        try wanted.map { name in
            guard let place = names.firstIndex(of: name) else { throw missing(name) }
            return place
        }
    }

    /// The fault of a row that has another number of cells.
    func wrongCount(_ count: Int, line: Int) -> DelimitedTextError {
        let cells = "\(count) cell\(count == 1 ? "" : "s")"
        let hint =
            count > names.count
            ? "a cell with a delimiter in it must be quoted" : "a null cell is left empty, but its delimiter stays"
        return DelimitedTextError(
            .wrongCellCount,
            "the row has \(cells) where the header names \(names.count); \(hint)",
            line: line
        )
    }

    // MARK: - Implementation

    private func missing(_ name: String) -> DelimitedTextError {
        let near = nearestNames(to: name, among: names).map(quoted)
        let hint =
            near.isEmpty
            ? "the columns are \(names.prefix(20).map(quoted).joined(separator: ", "))\(names.count > 20 ? " …" : "")"
            : "did you mean \(near.joined(separator: " or "))?"
        return DelimitedTextError(.missingColumn, "the header has no column \(quoted(name)); \(hint)", line: 1)
    }

    private func quoted(_ name: String) -> String { "`\(name)`" }
}
