import Glibc
import Logging
import Synchronization
import Systemd
import Testing

private final class KeptEntries: JournalSink {
    private let kept = Mutex<[JournalEntry]>([])

    func send(_ entry: JournalEntry) {
        kept.withLock { $0.append(entry) }
    }

    var entries: [JournalEntry] { kept.withLock { $0 } }
}

extension JournalEntry {
    fileprivate func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}

@Suite struct `A journal entry` {
    @Test func `carries level, sentence and the facts of its metadata`() throws {
        let kept = KeptEntries()
        var logger = Logger(label: "runs") { JournalLogHandler(label: $0, level: .info, sink: kept) }
        logger[metadataKey: "sequenced.run"] = "r1"
        logger.notice(
            "Run ended",
            metadata: ["sequenced.event": "run-succeeded", "rows": "7", "sequenced.objects": ["Account", "Contact"]]
        )
        logger.debug("Not this one")
        let entry = try #require(kept.entries.first)
        #expect(kept.entries.count == 1)
        #expect(entry.values("MESSAGE") == ["Run ended"])
        #expect(entry.values("PRIORITY") == ["5"])
        #expect(entry.values("SYSLOG_IDENTIFIER") == ["sequenced"])
        #expect(entry.values("SEQUENCED_RUN") == ["r1"])
        #expect(entry.values("SEQUENCED_ROWS") == ["7"])
        #expect(entry.values("SEQUENCED_OBJECTS") == ["Account", "Contact"])
        #expect(entry.values("MESSAGE_ID") == [JournalEvent.runSucceeded.messageID])
        #expect(entry.values("DOCUMENTATION").isEmpty)
    }

    @Test func `of a warning names the manual, and the error that came with it`() throws {
        let kept = KeptEntries()
        let logger = Logger(label: "runs") { JournalLogHandler(label: $0, level: .info, sink: kept) }
        logger.warning("Run waits", error: SystemdError(.notify, "notify the service manager", "it is not there"))
        let entry = try #require(kept.entries.first)
        #expect(entry.values("MESSAGE") == ["Run waits: cannot notify the service manager: it is not there"])
        #expect(entry.values("DOCUMENTATION") == ["man:sequenced(8)"])
        #expect(entry.values("PRIORITY") == ["4"])
    }

    @Test(arguments: [
        ("sequenced.run", "SEQUENCED_RUN"), ("run", "SEQUENCED_RUN"), ("api.calls", "SEQUENCED_API_CALLS"),
        ("_HOSTNAME", "SEQUENCED_HOSTNAME"),
        ("größe", "SEQUENCED_GR_E"), ("1st", "SEQUENCED_1ST"), ("a--b..", "SEQUENCED_A_B"),
        ("MESSAGE", "SEQUENCED_MESSAGE"), ("", nil),
        ("…", nil),
        (String(repeating: "x", count: 100), "SEQUENCED_" + String(repeating: "X", count: 54)),
    ])
    func `has only names that the journal takes`(key: String, name: String?) {
        #expect(JournalEntry.fieldName(for: key) == name)
    }

    @Test func `is name, equals sign and value in bytes, line ends included`() {
        let field = JournalEntry(
            event: LogEvent(
                level: .info,
                message: "a\nb=c",
                metadata: nil,
                source: "t",
                file: "f",
                function: "g",
                line: 1
            ),
            metadata: [:],
            label: "l"
        ).fields[0]
        #expect(Journal.bytes(of: field) == Array("MESSAGE=a\nb=c".utf8))
    }

    @Test func `may be sent where no journal is, and flushed`() {
        let journal = Journal()
        let event = LogEvent(level: .info, message: "m", metadata: nil, source: "t", file: "f", function: "g", line: 1)
        for _ in 0..<5_000 { journal.send(JournalEntry(event: event, metadata: [:], label: "l")) }
        journal.flush()
    }
}

@Suite struct `A readable line` {
    private func lines(prefixed: Bool = false, _ log: (Logger) -> Void) -> [String] {
        let kept = KeptLines()
        log(
            Logger(label: "x") { _ in
                ReadableLogHandler(level: .debug, prefixed: prefixed, clock: { "T" }, write: { kept.add($0) })
            }
        )
        return kept.lines
    }

    @Test func `has time, level where it matters, sentence and facts`() {
        #expect(
            lines {
                $0.notice("Run ended", metadata: ["sequenced.run": "r1", "why": "a \"b\""])
                $0.error("It broke")
            } == ["T Run ended  run=r1 why=\"a \\\"b\\\"\"\n", "T error: It broke\n"]
        )
    }

    @Test func `stays one line whatever is logged`() {
        #expect(lines { $0.info("a\nb\u{1B}[31m", metadata: ["k": "c\nd"]) } == ["T a b [31m  k=\"c d\"\n"])
    }

    @Test func `has a priority before it for a manager without a journal`() {
        #expect(lines(prefixed: true) { $0.warning("Careful") } == ["<4>warning: Careful\n"])
    }

    private final class KeptLines: Sendable {
        private let kept = Mutex<[String]>([])
        func add(_ line: String) { kept.withLock { $0.append(line) } }
        var lines: [String] { kept.withLock { $0 } }
    }
}

@Suite struct `The log's destination` {
    @Test func `is the journal when stderr is connected to it`() {
        var status = stat()
        #expect(fstat(STDERR_FILENO, &status) == 0)
        let stream = "\(status.st_dev):\(status.st_ino)"
        #expect(LogDestination(environment: ["JOURNAL_STREAM": stream]) == .journal)
        #expect(LogDestination(environment: ["JOURNAL_STREAM": "\(status.st_dev):0"]) == .terminal)
    }

    @Test(arguments: ["", ":", "1", "a:b", "1:2:3", "-1:5", "99999999999999999999:1"])
    func `is not the journal on a stream that makes no sense`(stream: String) {
        #expect(LogDestination(environment: ["JOURNAL_STREAM": stream]) == .terminal)
    }

    @Test func `is the manager where one without a journal reads stderr`() {
        #expect(LogDestination(environment: ["INVOCATION_ID": "x", "NOTIFY_SOCKET": "/run/n"]) == .manager)
    }
}
