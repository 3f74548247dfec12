package import SyncModel

/// A row of a picklist's model, as far as the list needs it.
package struct PicklistRow: Sendable, Equatable, Codable {
    /// The API name; empty: the row has none.
    package var value: String
    /// nil: the model does not say.
    package var label: String?
    package var isDefault: Bool?
    /// What the row's cell for the default says, where that is neither yes nor no.
    package var badDefault: String?
    /// The primary key as text.
    package var keyText: String

    package init(value: String, label: String? = nil, isDefault: Bool? = nil, keyText: String = "") {
        self.value = value
        self.label = label
        self.isDefault = isDefault
        self.keyText = keyText
    }
}

/// Collects a picklist's rows in the order of the query, which is the order in which people see the values.
package struct PicklistRows: Sendable {
    /// More rows than any picklist holds values, active and inactive (reference 06, B3).
    package static let most = 5_000

    package private(set) var rows: [PicklistRow] = []
    /// There were more than `most`: the rest was not kept.
    package private(set) var isTooLong = false
    private let columns: MappedColumns
    private let value: Int?
    private let label: Int?
    private let isDefault: Int?

    package init(_ picklist: SyncDefinition.PicklistTarget, columns: MappedColumns) {
        self.columns = columns
        value = columns.names.firstIndex(of: picklist.value)
        label = picklist.label.flatMap { columns.names.firstIndex(of: $0) }
        isDefault = picklist.isDefault.flatMap { columns.names.firstIndex(of: $0) }
    }

    package mutating func take(_ batch: borrowing RowBatch) {
        for row in 0..<batch.rowCount {
            guard rows.count < Self.most else {
                isTooLong = true
                return
            }
            func text(_ column: Int?) -> String? {
                guard let column else { return nil }
                return batch.withCell(row: row, column: column) {
                    String(decoding: MatchFolding.trimmed($0), as: UTF8.self)
                }
            }
            var read = PicklistRow(value: text(value) ?? "")
            read.label = text(label).flatMap { $0.isEmpty ? nil : $0 }
            if let cell = text(isDefault), !cell.isEmpty {
                var said: [UInt8] = []
                if Array(cell.utf8).withUnsafeBytes({ BooleanForm.append($0, to: &said) }) == nil {
                    read.isDefault = said.first == UInt8(ascii: "t")
                } else {
                    read.badDefault = cell
                }
            } else if isDefault != nil {
                read.isDefault = false
            }
            read.keyText = columns.key.map { text($0) ?? "" }.joined(separator: ", ")
            rows.append(read)
        }
    }
}
