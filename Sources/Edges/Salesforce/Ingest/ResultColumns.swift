/// The header of a result set.
package struct ResultColumns: Sendable, Equatable {
    package var names: [String]

    package init(names: [String]) {
        self.names = names
    }

    /// The column of this name, case folded; nil if there is none.
    package func index(of name: String) -> Int? {
        let folded = name.lowercased()
        return names.firstIndex { $0.lowercased() == folded }
    }
}
