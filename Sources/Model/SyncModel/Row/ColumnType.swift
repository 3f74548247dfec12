/// The type of a source's column, where it bounds what the values can be.
package struct ColumnType: Sendable, Equatable {
    /// As the source calls it.
    package var name: String
    /// Values as they are read: where a field takes none of them, it takes none of the column's.
    package var examples: [String]

    package init(_ name: String, _ examples: String...) {
        self.name = name
        self.examples = examples
    }
}
