import CSQLite
import Foundation
import Subprocess
import TestKit

/// One case's world: a database of a few rows, a configuration with one sync, a state folder; the emulator is lent.
struct Rig: Sendable {
    let folder: String
    let org: RigOrg
    let scenario: Scenario
    private let daemon: ProgramRunner
    private let control: ProgramRunner

    init(_ scenario: Scenario, in folder: String, _ org: RigOrg) throws {
        self.folder = folder
        self.org = org
        self.scenario = scenario
        daemon = try ProgramRunner(product: "sequenced")
        control = try ProgramRunner(product: "sequencectl")
        try Self.write(folder, scenario, org.url)
        try execute(
            """
            CREATE TABLE rows (n INTEGER, key TEXT PRIMARY KEY, last_name TEXT, title TEXT, shared TEXT, is_child TEXT);
            WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < \(Scenario.rows))
            INSERT INTO rows SELECT n, printf('K-%03d', n), 'Last ' || n, 'First', printf('K-%03d', n), 'false' FROM i;
            """
        )
    }

    var state: String { folder + "/state" }
    /// The state as it is before the run that is disturbed.
    var savedState: String { folder + "/state.saved" }
    /// The crash points that a run passed, a line each.
    var trace: String { folder + "/trace" }
    private var socket: String { folder + "/s" }
    private var etc: String { folder + "/etc" }

    func execute(_ sql: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open(folder + "/rows.db", &connection) == SQLITE_OK,
            sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
        else { throw Unexpected(description: String(cString: sqlite3_errmsg(connection))) }
    }

    /// Runs the daemon beside the body, from when it is ready; one that dies before is as good as one that dies then.
    @discardableResult
    func withDaemon(
        crashingAt point: String? = nil,
        tracing trace: String? = nil,
        _ body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws -> ProgramRunner.Ending {
        try await daemon.run(
            ["--config", etc, "--state", state, "--socket", socket],
            environment: [
                "SEQUENCED_CRASH_POINT": point, "SEQUENCED_CRASH_TRACE": trace, "NOTIFY_SOCKET": nil,
                "JOURNAL_STREAM": nil, "SECRET": "emulator-secret",
            ],
            grace: .seconds(20)
        ) { program in
            do {
                _ = try await program.line(containing: "Daemon is ready")
            } catch let failure as ProgramRunner.Failure where point == nil {
                throw failure
            } catch is ProgramRunner.Failure {
                return
            }
            try await body(program)
        }.ending
    }

    func ctl(_ arguments: String...) async throws -> ProgramRunner.Ending {
        try await control.run(["--socket", socket, "--config", etc] + arguments, within: .seconds(60))
    }

    func document<Document: Decodable>(_: Document.Type, _ arguments: String...) async throws -> Document {
        let ending = try await control.run(
            ["--socket", socket, "--config", etc, "--output", "json"] + arguments,
            within: .seconds(60)
        )
        do {
            return try JSONDecoder().decode(Document.self, from: Data(ending.output.utf8))
        } catch {
            throw Unexpected(description: "sequencectl \(arguments): \(ending.output)\(ending.errors)")
        }
    }

    /// Starts a run and waits until the daemon has died of it, or the run has ended without that.
    func startAndDie(_ program: RunningProgram) async throws {
        let started = try await ctl("start", "rows")
        if started.exitCode != 0 && !started.errors.contains("daemon") {
            throw Unexpected(description: "start: \(started.errors)")
        }
        try await waitForOpenRun(program)
    }

    /// Waits until the newest run has ended, or the daemon has.
    ///
    /// A look at the daemon's end costs nothing, one at the run a process: they are made at growing distances.
    func waitForOpenRun(_ program: RunningProgram) async throws {
        let deadline = ContinuousClock.now + .seconds(180)
        var pause = Duration.milliseconds(100)
        while ContinuousClock.now < deadline {
            let listed = try await ctl("--output", "json", "list", "runs", "--limit", "1")
            guard listed.exitCode == 0 else { return }
            let runs = try JSONDecoder().decode(Documents.Runs.self, from: Data(listed.output.utf8)).runs
            guard let run = runs.first, !Self.ends.contains(run.state) else { return }
            let next = ContinuousClock.now + pause
            while ContinuousClock.now < next {
                if await program.hasEnded { return }
                try await Task.sleep(for: .milliseconds(20))
            }
            pause = min(pause * 2, .milliseconds(800))
        }
        throw Unexpected(description: "the run does not end: \(try await ctl("show", "rows").output)")
    }

    /// Runs the sync to its end, whatever that is.
    func runToAnyEnd() async throws {
        guard let run = try await run(), Self.ends.contains(run.state) else {
            throw Unexpected(description: "the run does not end: \(try await ctl("list", "runs").output)")
        }
    }

    /// Runs the sync and waits for its end; nil when it takes longer than three minutes.
    func run() async throws -> Documents.RunReport? {
        let ending = try await control.run(
            ["--socket", socket, "--config", etc, "--output", "json", "start", "rows", "--wait", "--timeout", "180s"],
            within: .seconds(200)
        )
        return try? JSONDecoder().decode(Documents.Run.self, from: Data(ending.output.utf8)).run
    }

    /// The newest run, once it has ended.
    func newestRun(within span: Duration = .seconds(180)) async throws -> Documents.RunReport {
        let deadline = ContinuousClock.now + span
        var pause = Duration.milliseconds(50)
        while true {
            let runs = try await document(Documents.Runs.self, "list", "runs", "--limit", "1").runs
            guard let newest = runs.first else { throw Unexpected(description: "there is no run") }
            if Self.ends.contains(newest.state) {
                return try await document(Documents.Run.self, "show", newest.id).run
            }
            guard ContinuousClock.now < deadline else {
                throw Unexpected(description: "the run does not end: \(try await ctl("show", newest.id).output)")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(800))
        }
    }

    /// What is wrong with the state, looked at without a daemon.
    func faultsOfState() async throws -> [String] {
        try await document(Documents.State.self, "state", "verify", "--state", state).state.faults
    }

    // MARK: - Implementation

    private static let ends: Set<String> = ["succeeded", "partial", "failed", "timed-out", "cancelled"]

    private static func write(_ folder: String, _ scenario: Scenario, _ url: String) throws {
        let files = [
            "sequenced.yaml": "timezone: UTC\n",
            "sources/local.yaml": "type: sqlite\npath: \(folder)/rows.db\n",
            "models/rows.yaml":
                "source: local\nsql: SELECT n, key, last_name, title, shared, is_child FROM rows ORDER BY n\nprimary_key: key\n",
            "destinations/org.yaml": """
            type: salesforce
            login_url: \(url)
            auth: { flow: client-credentials, client_id: emulator-client, client_secret: !env SECRET }

            """,
            "syncs/rows.yaml": scenario.definition,
            "sequences/rows.yaml": "steps:\n  - sync: rows\n    max_rejected: 100%\n",
        ]
        for (name, text) in files {
            let file = URL(fileURLWithPath: "\(folder)/etc/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
    }
}
