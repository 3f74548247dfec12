package import SyncModel

/// One thing that is wrong in a configuration folder, and where.
///
/// Safe to show: no message repeats the value of a key that may hold a secret.
package struct DefinitionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Relative to the folder.
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in Unicode scalars.
    package var column: Int
    /// With the keys around it: `batch.size`.
    ///
    /// nil where the fault is no key's.
    package var key: String?
    package var message: String
    /// The nearest valid name or value, if there is one.
    package var suggestion: String?

    package init(file: String, line: Int, column: Int, key: String?, message: String, suggestion: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
        self.suggestion = suggestion
    }

    /// One line: file, line and column, the message, and what was meant perhaps.
    package var description: String {
        "\(file):\(line):\(column): \(message)" + (suggestion.map { ", did you mean `\($0)`?" } ?? "")
    }
}

/// Something that is taken as written but that its author should know of.
package struct DefinitionNotice: Sendable, Hashable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int
    package var key: String?
    package var message: String
    package var suggestion: String?

    package init(file: String, line: Int, column: Int, key: String?, message: String, suggestion: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
        self.suggestion = suggestion
    }

    package var description: String {
        "\(file):\(line):\(column): \(message)" + (suggestion.map { ", did you mean `\($0)`?" } ?? "")
    }
}

/// What reading a configuration folder gave.
package struct DefinitionReading: Sendable {
    /// nil when there is any fault.
    package var definitions: DefinitionSet?
    /// By file, line and column.
    package var faults: [DefinitionFault]
    /// By file, line and column.
    package var notices: [DefinitionNotice]
}
