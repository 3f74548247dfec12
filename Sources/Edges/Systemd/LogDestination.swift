import Glibc
package import Logging

/// Where the daemon's log goes, decided once, at start.
package enum LogDestination: Sendable, Equatable {
    /// journald, natively: stderr is connected to it.
    case journal
    /// stderr, read by a manager without a journal of ours: lines with `<N>` before them.
    case manager
    /// stderr, read by a person.
    case terminal

    /// Looks at `$JOURNAL_STREAM` and at what stderr is.
    package init(environment: [String: String], standardError: Int32 = STDERR_FILENO) {
        if Journal.isConnected(descriptor: standardError, journalStream: environment["JOURNAL_STREAM"]) {
            self = .journal
        } else if environment["INVOCATION_ID"] != nil, environment["NOTIFY_SOCKET"] != nil {
            self = .manager
        } else {
            self = .terminal
        }
    }

    /// The handler for a logger of that label; `journal` is used by all of them, and flushed at the end by whoever made it.
    package func handler(label: String, level: Logger.Level, journal: Journal) -> any LogHandler {
        switch self {
        case .journal: JournalLogHandler(label: label, level: level, sink: journal)
        case .manager: ReadableLogHandler(level: level, prefixed: true)
        case .terminal: ReadableLogHandler(level: level)
        }
    }
}
