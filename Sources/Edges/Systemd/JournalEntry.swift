package import Logging

/// One entry of the journal as a value: fields in order, a name each, valid by construction.
package struct JournalEntry: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field]

    /// Makes the entry of a log event.
    ///
    /// - Parameters:
    ///   - event: what was logged.
    ///   - metadata: the logger's and the event's, already merged.
    ///   - label: the logger's.
    package init(event: LogEvent, metadata: Logger.Metadata, label: String) {
        fields = [
            Field(name: "MESSAGE", value: Self.message(of: event)),
            Field(name: "PRIORITY", value: String(Self.priority(of: event.level))),
            // Native entries would otherwise carry the name of the binary.
            Field(name: "SYSLOG_IDENTIFIER", value: "sequenced"),
            Field(name: "SEQUENCED_LOGGER", value: label),
            Field(name: "CODE_FILE", value: event.file),
            Field(name: "CODE_LINE", value: String(event.line)),
            Field(name: "CODE_FUNC", value: event.function),
        ]
        if let known = metadata["sequenced.event"].flatMap({ JournalEvent(rawValue: "\($0)") }) {
            fields.append(Field(name: "MESSAGE_ID", value: known.messageID))
        }
        if event.level >= .warning {
            fields.append(Field(name: "DOCUMENTATION", value: "man:sequenced(8)"))
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            append(key: key, value: value)
        }
    }

    /// The journal's name for a metadata key: capitals, digits and `_`, at most 64, under `SEQUENCED_`.
    ///
    /// Returns nil for a key in which nothing is left.
    package static func fieldName(for key: String) -> String? {
        var name = ""
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): name.unicodeScalars.append(Unicode.Scalar(byte - 32))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default: if !name.isEmpty, !name.hasSuffix("_") { name.append("_") }
            }
        }
        while name.hasSuffix("_") { name.removeLast() }
        guard !name.isEmpty else { return nil }
        if name != "SEQUENCED", name.hasPrefix("SEQUENCED_") == false { name = "SEQUENCED_" + name }
        return String(name.prefix(64))
    }

    /// syslog's number for a level.
    package static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    // MARK: - Implementation

    /// The sentence; the error that came with it after a colon.
    static func message(of event: LogEvent) -> String {
        event.error.map { "\(event.message): \($0)" } ?? "\(event.message)"
    }

    /// A dictionary becomes one field a key, a list one field an element: the journal takes a name several times.
    private mutating func append(key: String, value: Logger.MetadataValue) {
        switch value {
        case .dictionary(let inner):
            for (innerKey, innerValue) in inner.sorted(by: { $0.key < $1.key }) {
                append(key: key + "." + innerKey, value: innerValue)
            }
        case .array(let values):
            for value in values { append(key: key, value: value) }
        case .string, .stringConvertible:
            guard let name = Self.fieldName(for: key) else { return }
            fields.append(Field(name: name, value: "\(value)"))
        }
    }
}
