import ControlProtocol
import ControlServer
import Foundation
import Subprocess
import Synchronization
import TestKit
import Testing

/// The built `sequencectl` against a served daemon.
@Suite struct `sequencectl` {
    private func run(
        _ arguments: [String],
        _ socket: String = "/nonexistent/control.sock"
    ) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(product: "sequencectl").run(
            ["--socket", socket] + arguments,
            environment: ["TZ": "UTC", "NO_COLOR": nil]
        )
    }

    private func document(_ text: String) throws -> Document {
        try Document(text)
    }

    private func run(_ state: String, steps: [StepReport] = []) -> RunReport {
        var run = RunReport(
            id: "r1",
            sequence: "crm",
            state: state,
            trigger: "manual",
            created: "2026-03-01T02:30:00Z",
            steps: steps
        )
        if state == "failed" { run.reason = "accounts: Salesforce refused the sign-in" }
        return run
    }

    private static let withoutDaemon: [([String], Int32)] = [
        (["status"], Int32(3)), (["status", "crm"], 3), (["list"], 69), (["start", "crm"], 69), (["show", "r1"], 69),
        (["reload"], 69),
        (["plan", "crm"], 69), (["rejected", "r1"], 69), (["window", "test"], 69), (["state", "backup", "b"], 69),
        (["metrics"], 69), (["version"], 0),
        (["start"], 64), (["nonsense"], 64), (["start", "crm", "--nonsense"], 64),
        (["start", "crm", "--override-window", "w"], 64),
        (["start", "crm", "--from", "a", "--only", "b"], 64), (["status", "--output", "xml"], 64),
        (["status", "--timeout", "soon"], 64),
        (["window", "add", "--reason", "r"], 64), (["list", "syncs", "--limit", "3"], 64),
    ]

    @Test(arguments: withoutDaemon)
    func `without a daemon exits as the manual says, with one document`(arguments: [String], code: Int32) async throws {
        let plain = try await run(arguments)
        #expect(plain.exitCode == code, "\(plain.errors)")
        if code != 0 { #expect(plain.output.isEmpty && !plain.errors.isEmpty) }
        guard arguments != ["status", "--output", "xml"] else { return }
        let asDocument = try await run(["--output=json"] + arguments)
        #expect(asDocument.exitCode == code)
        let document = try document(asDocument.output)
        #expect(document["schema"].number == 1)
        if code != 0 {
            #expect(document["error"].keys == ["code", "message", "hint"])
            let expected = code == 64 ? "usage" : "not-reached"
            #expect(document["error"]["code"].text == expected)
        }
    }

    @Test(arguments: [["--help"], ["state", "--help"], ["--version"], ["help", "start"], ["help"]])
    func `answers help as a text, or as one document`(arguments: [String]) async throws {
        let plain = try await run(arguments)
        #expect(plain.exitCode == 0 && !plain.output.isEmpty, "\(plain)")
        let asDocument = try await run(arguments + ["--output", "json"])
        #expect(asDocument.exitCode == 0, "\(asDocument)")
        #expect(try document(asDocument.output).keys == ["schema", "text"])
    }

    private static let misspelt: [([String], String, String)] = [
        (["state", "frob"], "there is no verb state frob", "backup, restore, verify or forget"),
        (["state", "forgt", "a", "b"], "there is no verb state forgt", "did you mean `state forget`?"),
        (["--utc", "window", "--quiet", "ad"], "there is no verb window ad", "did you mean `window add`?"),
        (["state"], "state needs to know what", "backup, restore, verify or forget"),
        (["--utc", "frob"], "there is no verb frob", "--help"),
        (["--frob"], "--frob", "status --help"),
    ]

    @Test(arguments: misspelt)
    func `tells of what is misspelt, whatever stands before it`(
        arguments: [String],
        what: String,
        hint: String
    )
        async throws
    {
        let ending = try await run(arguments)
        #expect(ending.exitCode == 64 && ending.output.isEmpty, "\(ending)")
        #expect(ending.errors.contains(what) && ending.errors.contains(hint), "\(ending)")
        #expect(!ending.errors.contains("--socket'"), "\(ending)")
    }

    @Test func `takes global options before and after the verb, the later one holds`() async throws {
        try await withServed { (socket: String) async throws in
            for arguments in [
                ["--output", "json", "status"], ["status", "--output", "json"],
                ["-o", "table", "status", "-o", "json"], ["-o", "yaml", "-o", "json"],
            ] {
                let ending = try await run(arguments, socket)
                #expect(try document(ending.output).keys.contains("sequences"), "\(arguments)")
            }
            #expect(try await run(["-o", "json", "status", "-o", "table"], socket).output.contains("SEQUENCE"))
            #expect(
                try await run(["--output", "yaml", "status"], socket).output.contains(
                    "sequences:\n  - last: null\n    name: crm\n"
                )
            )
        }
    }

    @Test func `shows a table, or the same without headings`() async throws {
        try await withServed { (socket: String) async throws in
            let table = try await run(["status", "crm"], socket).output
            #expect(table.hasPrefix("SEQUENCE  STATE  LAST RESULT  ENDED  NEXT"))
            #expect(table.contains("crm       idle   -            -"))
            #expect(table.hasSuffix("1 sequence.\n"))
            let bare = try await run(["status", "crm", "--no-legend"], socket).output
            #expect(bare.hasPrefix("crm") && bare.split(separator: "\n").count == 1)
            #expect(!table.contains("\u{1B}"))
            #expect(try await run(["status", "--color=always"], socket).output.contains("\u{1B}[1m"))
        }
    }

    @Test func `tells paused and unknown sequences by the exit code of status`() async throws {
        let daemon = FakeDaemon()
        try await withServed(daemon) { (socket: String) async throws in
            #expect(try await run(["status"], socket).exitCode == 0)
            #expect(try await run(["status", "crm"], socket).exitCode == 0)
            #expect(try await run(["pause", "crm", "--reason", "deploy"], socket).exitCode == 0)
            #expect(try await run(["status", "crm"], socket).exitCode == 3)
            #expect(try await run(["status", "nightly"], socket).exitCode == 0)
            #expect(try await run(["status"], socket).exitCode == 0)
            #expect(try await run(["status", "crn"], socket).exitCode == 4)
        }
    }

    private static let faults: [([String], Int32, String)] = [
        (["show", "r9"], Int32(4), "not-found"), (["start", "none"], 5, "not-found"), (["stop", "crm"], 75, "refused"),
        (["plan", "crm"], 1, "failed"), (["limits"], 69, "not-supported"), (["resume", "crm"], 69, "not-supported"),
    ]

    @Test(arguments: faults)
    func `exits by the daemon's fault`(arguments: [String], code: Int32, name: String) async throws {
        try await withServed { (socket: String) async throws in
            let ending = try await run(arguments + ["-o", "json"], socket)
            #expect(ending.exitCode == code)
            #expect(try document(ending.output)["error"]["code"].text == name)
            let plain = try await run(arguments, socket)
            #expect(plain.exitCode == code && plain.output.isEmpty)
            #expect(plain.errors.hasPrefix("sequencectl: "))
        }
    }

    @Test func `may not do what the role does not reach`() async throws {
        try await withServed(rules: AccessRules(ownUser: 1, viewers: [10]), as: Peer(uid: 5, gid: 10)) {
            (socket: String) async throws in
            #expect(try await run(["start", "crm"], socket).exitCode == 77)
            #expect(try await run(["status"], socket).exitCode == 0)
        }
    }

    @Test func `starts with everything that was asked for`() async throws {
        let daemon = FakeDaemon()
        try await withScratchFolder { folder in
            let file = try folder.write("keys", "A-1\n\nB,2\r\n")
            try await withServed(daemon) { (socket: String) async throws in
                let ending = try await run(
                    [
                        "start", "crm", "--from", "contacts", "--keys", "X,Y", "--keys", "[\"a\",1]", "--keys",
                        "@\(file)", "--full-resync", "-o", "json",
                    ],
                    socket
                )
                #expect(
                    ending.output == #"{"coalesced":false,"notices":["crm is paused"],"run":"r1","schema":1}"# + "\n"
                )
                #expect(ending.errors == "crm is paused\n")
                #expect(try await run(["start", "sync/ä ö&=%/x", "-q"], socket).output == "r1\n")
                #expect(try await run(["start", "crm", "--keys", "@/nonexistent"], socket).exitCode == 64)
            }
        }
        let started = daemon.state.withLock { $0.started }
        #expect(started.count == 2)
        #expect(started.first?.command.keys == ["X", "Y", "[\"a\",1]", "A-1", "B,2"])
        #expect(started.first?.command.from == "contacts")
        #expect(started.first?.command.fullResync == true)
        #expect(started.first?.command.trigger == "manual")
        #expect(started[1].command.target == "sync/ä ö&=%/x")
        #expect(started.first?.key?.count == 32 && started[0].key != started[1].key)
    }

    private static let outcomes: [(String, Int32)] = [
        ("succeeded", Int32(0)), ("failed", 1), ("timed-out", 1), ("partial", 10), ("cancelled", 11), ("skipped", 12),
        ("missed", 12),
    ]

    @Test(arguments: outcomes)
    func `waits, and exits by what became of the run`(state: String, code: Int32) async throws {
        let daemon = FakeDaemon()
        var step = StepReport(sync: "accounts", object: "Account", state: "pushing")
        (step.read, step.added, step.created) = (10, 10, 4)
        var done = step
        (done.state, done.created) = (state == "missed" ? "skipped" : state, 10)
        let sightings = [
            run("queued"), run("running", steps: [step]), run("running", steps: [step]), run(state, steps: [done]),
        ]
        daemon.state.withLock { $0.sightings["r1"] = sightings }
        try await withServed(daemon) { (socket: String) async throws in
            let ending = try await run(["start", "crm", "--wait", "-o", "json"], socket)
            #expect(ending.exitCode == code)
            #expect(try document(ending.output)["run"]["state"].text == state)
            let progress = "run r1: queued\nrun r1: running\naccounts: pushing  4/10 rows  40%\n"
            #expect(ending.errors.contains(progress), "\(ending.errors)")
            daemon.state.withLock { $0.sightings["r1"] = sightings }
            let plain = try await run(["start", "crm", "--wait", "-q"], socket)
            #expect(plain.exitCode == code)
            #expect(plain.errors.isEmpty)
            #expect(plain.output.contains("accounts  Account"))
        }
    }

    @Test func `says once how many rows stayed behind`() async throws {
        let daemon = FakeDaemon()
        var step = StepReport(sync: "accounts", object: "Account", state: "partial")
        (step.created, step.rejected, step.reason) = (7, 3, "3 rejected")
        var failed = StepReport(sync: "contacts", object: "Contact", state: "failed")
        (failed.rejected, failed.reason) = (9, "9 rejected, more than `max_rejected: 1%` allows")
        daemon.state.withLock { $0.sightings["r1"] = [run("failed", steps: [step, failed])] }
        try await withServed(daemon) { (socket: String) async throws in
            let lines = try await run(["start", "crm", "--wait"], socket).errors
            #expect(lines.contains("accounts: partial  7 created, 3 rejected\n"), "\(lines)")
            #expect(lines.contains("contacts: failed  9 rejected, 9 rejected, more than"), "\(lines)")
        }
    }

    @Test func `does not wait for an approval that nobody can give`() async throws {
        let daemon = FakeDaemon()
        var step = StepReport(sync: "accounts", object: "Account", state: "awaiting-approval")
        step.reason = "max_deletes 500: 700 rows would be removed"
        daemon.state.withLock { $0.sightings["r1"] = [run("waiting", steps: [step])] }
        try await withServed(daemon) { (socket: String) async throws in
            let ending = try await run(["start", "crm", "--wait"], socket)
            #expect(ending.exitCode == 75)
            #expect(ending.errors.contains("max_deletes 500"))
        }
    }

    @Test func `gives up waiting when time is up, and says that the run goes on`() async throws {
        let daemon = FakeDaemon()
        daemon.state.withLock { $0.sightings["r1"] = [run("running")] }
        try await withServed(daemon) { (socket: String) async throws in
            let ending = try await run(["start", "crm", "--wait", "--timeout", "20s", "-o", "json"], socket)
            #expect(ending.exitCode == 124)
            #expect(try document(ending.output)["error"]["message"].text?.contains("the run goes on") == true)
        }
    }

    @Test func `exits 13 when the daemon goes away and stays away`() async throws {
        let daemon = FakeDaemon()
        daemon.state.withLock { $0.sightings["r1"] = [run("running")] }
        let socket = try await withServed(daemon) { $0 }
        let ending = try await run(["watch", "r1", "--timeout", "300ms"], socket)
        #expect(ending.exitCode == 13)
        #expect(ending.errors.contains("the daemon does not answer; waiting for it to come back"))
    }

    @Test func `is detached by Ctrl-C, and the run goes on`() async throws {
        let daemon = FakeDaemon()
        daemon.state.withLock { $0.sightings["r1"] = [run("running")] }
        try await withServed(daemon) { (socket: String) async throws in
            let (_, ending) = try await ProgramRunner(product: "sequencectl").run([
                "--socket", socket, "start", "crm", "--wait",
            ]) { program in
                _ = try await program.line(containing: "run r1: running")
                try program.send(.interrupt)
                // What runs beside is ended with a signal of its own: not before it has gone by itself.
                let deadline = ContinuousClock.now + .seconds(20)
                while .now < deadline {
                    let state = try String(contentsOfFile: "/proc/\(program.processID)/stat", encoding: .utf8)
                    if state.contains(") Z ") { break }
                    await Task.yield()
                }
            }
            #expect(ending.exitCode == 130)
            #expect(ending.errors.contains("Detached; run r1 goes on"))
        }
    }

    @Test func `reloads, and exits 78 with every fault when refused`() async throws {
        let daemon = FakeDaemon()
        try await withServed(daemon) { (socket: String) async throws in
            #expect(try await run(["reload"], socket).output == "Definitions of generation 2 are in force.\n")
            daemon.state.withLock {
                $0.reloadFaults = [
                    FaultReport(
                        file: "syncs/a.yaml",
                        line: 3,
                        column: 1,
                        key: "mod",
                        message: "unknown key `mod`",
                        suggestion: "mode"
                    )
                ]
            }
            let refused = try await run(["reload"], socket)
            #expect(refused.exitCode == 78)
            #expect(refused.output.contains("syncs/a.yaml:3:1: error: unknown key `mod`, did you mean `mode`?"))
            let asDocument = try await run(["reload", "-o", "json"], socket)
            #expect(asDocument.exitCode == 78)
            #expect(asDocument.output.contains(#""accepted":false"#))
            _ = try document(asDocument.output)
        }
    }

    @Test func `prints rejected rows as table, causes and CSV`() async throws {
        try await withServed { (socket: String) async throws in
            #expect(
                try await run(["rejected", "r1"], socket).output.contains(
                    "contacts  C-1  rejected  REQUIRED_FIELD_MISSING  LastName"
                )
            )
            let causes = try await run(["rejected", "r1", "--by-cause"], socket).output
            #expect(causes.contains("do:      fill it") && causes.hasSuffix("1 row, 1 cause of run r1.\n"), "\(causes)")
            let grouped = try document(try await run(["rejected", "r1", "--by-cause", "-o", "json"], socket).output)
            #expect(grouped.keys == ["schema", "run", "causes", "truncated"])
            #expect(
                grouped["causes"].first.keys == [
                    "sync", "state", "code", "fields", "message", "explanation", "remedy", "rows", "keys",
                ]
            )
            let csv = try await run(["rejected", "r1", "--csv"], socket).output
            #expect(
                csv.split(separator: "\n")[0]
                    == "sync,key,operation,state,code,message,fields,explanation,remedy,retryable,resting,Email"
            )
            #expect(csv.contains(#""Last, ""Name""",LastName,e,fill it,false,false,a@b"#))
        }
    }

    @Test func `streams events, as lines or as documents`() async throws {
        let daemon = FakeDaemon()
        daemon.state.withLock {
            $0.events = [EventReport(number: 7, time: "2026-03-01T00:00:00Z", kind: "run", message: "crm began")]
        }
        try await withServed(daemon) { (socket: String) async throws in
            #expect(
                try await run(["events", "-o", "json"], socket).output.contains(#""message":"crm began","number":7"#)
            )
            #expect(
                try await run(["events", "--utc"], socket).output == "Sun 2026-03-01 00:00:00 UTC  run    crm began\n"
            )
            #expect(try await run(["events", "--after", "7"], socket).output.isEmpty)
        }
    }

    @Test func `checks a folder without a daemon`() async throws {
        try await withScratchFolder { folder in
            try folder.write("sources/local.yaml", "type: sqlite\npath: /tmp/x.db\n")
            let good = try await run(["check", "--config", folder.path])
            #expect(good.exitCode == 0, "\(good.output)")
            try folder.write("models/accounts.yaml", "source: locl\ntable: accounts\nprimary_key: id\n")
            let bad = try await run(["check", "--config", folder.path])
            #expect(bad.exitCode == 78)
            #expect(bad.output.contains("models/accounts.yaml:1:"), "\(bad.output)")
            let asDocument = try await run(["check", "--config", folder.path, "--output", "json"])
            #expect(asDocument.exitCode == 78)
            let document = try document(asDocument.output)
            #expect(asDocument.output.contains(#""valid":false"#))
            #expect(document["faults"].first.keys == ["file", "line", "column", "key", "message", "suggestion"])
            #expect(try await run(["check", "--config", folder.path("none")]).exitCode == 4)
            #expect(
                try await run(["cat", "model/accounts", "--config", folder.path]).output.contains("\nsource: locl\n")
            )
            #expect(try await run(["cat", "nothing", "--config", folder.path]).exitCode == 4)
        }
    }

    @Test func `says when a calendar event elapses, and what clock changes do to it`() async throws {
        let ending = try await run(
            [
                "calendar", "*-*-* 01:30 Europe/London", "--base-time", "2026-03-28T00:00:00Z", "--iterations", "3",
                "-o", "json",
            ]
        )
        #expect(ending.exitCode == 0)
        let elapses = #""elapses":["2026-03-28T01:30:00Z","2026-03-29T01:00:00Z","2026-03-30T00:30:00Z"]"#
        #expect(ending.output.contains(elapses), "\(ending.output)")
        #expect(ending.output.contains("the clock skips 01:00 to 02:00"))
        let past = try await run(["calendar", "2020-01-01 UTC", "-o", "json"])
        #expect(past.exitCode == 1)
        #expect(past.output.contains(#""elapses":[]"#))
        let refused = try await run(["calendar", "*-02-30", "-o", "json"])
        #expect(refused.exitCode == 1)
        #expect(try document(refused.output)["error"]["message"].text?.contains("never elapses") == true)
        #expect(try await run(["calendar", "daily", "--iterations", "0"]).exitCode == 64)
        #expect(try await run(["calendar", "daily", "--base-time", "now"]).exitCode == 64)
    }

    @Test func `completes the names of sequences, and nothing without a daemon`() async throws {
        try await withServed { (socket: String) async throws in
            let words = [
                "---completion", "pause", "--", "positional@0", "1", "0", "sequencectl", "pause", "--socket", socket,
            ]
            // A shell waits only a moment for names, and a busy machine may need more than one.
            var ending = try await ProgramRunner(product: "sequencectl").run(words)
            for _ in 0..<20 where ending.output.isEmpty || ending.output == "\n" {
                ending = try await ProgramRunner(product: "sequencectl").run(words)
            }
            #expect(ending.exitCode == 0)
            #expect(ending.output == "crm\n")
        }
        let words = [
            "---completion", "pause", "--", "positional@0", "1", "0", "sequencectl", "pause", "--socket",
            "/nonexistent/s",
        ]
        let ending = try await ProgramRunner(product: "sequencectl").run(words)
        #expect(ending.exitCode == 0)
        #expect(ending.output.isEmpty || ending.output == "\n")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completes its verbs in every shell`(shell: String) async throws {
        let script = try await run(["completion", shell]).output
        #expect(script.contains("rejected") && script.contains("full-resync"))
    }
}

/// A JSON document that a program printed: exactly one.
private struct Document: @unchecked Sendable {
    // Made once from values that nobody changes.
    private let value: Any?

    init(_ text: String) throws {
        value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    private init(value: Any?) {
        self.value = value
    }

    subscript(_ key: String) -> Document {
        Document(value: (value as? [String: Any])?[key])
    }

    var first: Document { Document(value: (value as? [Any])?.first) }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
    var text: String? { value as? String }
    var number: Int? { value as? Int }
}
