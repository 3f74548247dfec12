/// One file of a configuration folder, already read: this room touches no disk.
package struct DefinitionFile: Sendable, Equatable {
    package enum Contents: Sendable, Equatable {
        case text(String)
        /// The bytes are not UTF-8; `line` and `column` say where they stop being so.
        case notText(line: Int, column: Int)
        /// The caller could not read it, and why.
        case unreadable(String)
    }

    /// Relative to the folder, with `/`: `syncs/accounts.yaml`.
    package var path: String
    package var contents: Contents

    package init(path: String, text: String) {
        self.path = path
        contents = .text(text)
    }

    package init(path: String, bytes: some Collection<UInt8>) {
        self.path = path
        if let text = String(validating: bytes, as: UTF8.self) {
            contents = .text(text)
        } else {
            let place = Self.firstForeignByte(in: bytes)
            contents = .notText(line: place.line, column: place.column)
        }
    }

    package init(path: String, unreadable reason: String) {
        self.path = path
        contents = .unreadable(reason)
    }

    // MARK: - Implementation

    private static func firstForeignByte(in bytes: some Collection<UInt8>) -> Place {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var place = Place(line: 1, column: 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" {
                place = Place(line: place.line + 1, column: 1)
            } else {
                place.column += 1
            }
        }
        return place
    }
}

/// A position in a file, both counted from 1, columns in Unicode scalars.
struct Place: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static let start = Place(line: 1, column: 1)

    static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
