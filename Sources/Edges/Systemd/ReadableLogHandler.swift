import Glibc
package import Logging

/// Log events as lines for a person at a terminal: time, level, sentence, facts.
package struct ReadableLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let write: @Sendable (String) -> Void
    private let clock: @Sendable () -> String
    private let prefixed: Bool

    /// - Parameters:
    ///   - level: less than that is left out.
    ///   - prefixed: puts `<N>` before the line, for a manager that reads stderr without a journal.
    ///   - clock: the time as the line shows it.
    ///   - write: takes one line, its end included.
    package init(
        level: Logger.Level,
        prefixed: Bool = false,
        clock: @escaping @Sendable () -> String = Self.localTime,
        write: @escaping @Sendable (String) -> Void = Self.standardError
    ) {
        logLevel = level
        self.prefixed = prefixed
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let facts = merged(with: event).sorted { $0.key < $1.key }.map { key, value in
            (key.hasPrefix("sequenced.") ? String(key.dropFirst(10)) : key) + "=" + Self.quoted("\(value)")
        }
        let prefix = prefixed ? "<\(JournalEntry.priority(of: event.level))>" : clock() + " "
        let level = event.level == .notice || event.level == .info ? "" : "\(event.level): "
        let sentence = Self.oneLine(JournalEntry.message(of: event))
        write(prefix + level + sentence + (facts.isEmpty ? "" : "  " + facts.joined(separator: " ")) + "\n")
    }

    /// The wall clock of the host's zone, to the second.
    package static let localTime: @Sendable () -> String = {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            let length = strftime(buffer.baseAddress, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
            return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Writes the line to stderr in one call, so that lines of several threads do not mix.
    package static let standardError: @Sendable (String) -> Void = { line in
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A terminal that is gone takes no more lines.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    // MARK: - Implementation

    private static func quoted(_ value: String) -> String {
        let plain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        return plain ? value : "\"" + oneLine(value).replacing("\"", with: "\\\"") + "\""
    }

    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
    }
}

extension String {
    fileprivate func replacing(_ character: Character, with text: String) -> String {
        reduce(into: "") { result, next in
            if next == character { result += text } else { result.append(next) }
        }
    }
}
