import CSQLite
import Foundation
import TestKit

/// What one test works with, in its scratch folder: a CRM's database, the sample configuration, and the programs.
struct CRM: Sendable {
    let folder: ScratchFolder
    private let emulator: ProgramRunner
    private let daemon: ProgramRunner
    private let control: ProgramRunner

    /// The database's accounts and contacts; every contact belongs to one of the accounts.
    init(accounts: Int = 300, contacts: Int = 1_000) throws {
        folder = try ScratchFolder.current
        emulator = try ProgramRunner(product: "salesforce-emulator")
        daemon = try ProgramRunner(product: "sequenced")
        control = try ProgramRunner(product: "sequencectl")
        try FileManager.default.copyItem(atPath: Self.sample, toPath: configuration)
        // The tests may run at the hour of the sample's quiet window, or of its schedule.
        try FileManager.default.removeItem(atPath: configuration + "/quiet-windows")
        try edit("sequences/crm.yaml") { $0.lines.filter { !$0.hasPrefix("schedule:") }.joined(separator: "\n") }
        try edit("sources/local.yaml") { $0.replacing("/var/lib/sequenced-demo/crm.db", with: database) }
        try folder.write("credentials/salesforce-client-secret", "emulator-secret")
        try execute(Self.tables(accounts, contacts))
    }

    var configuration: String { folder.path("etc") }
    var state: String { folder.path("state") }
    var socket: String { folder.path("control.sock") }
    var database: String { folder.path("crm.db") }

    /// Runs statements on the database.
    func execute(_ sql: String) throws { try execute(sql, on: database) }

    /// Runs statements on any SQLite file.
    func execute(_ sql: String, on file: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open(file, &connection) == SQLITE_OK,
            sqlite3_busy_timeout(connection, 10_000) == SQLITE_OK,
            sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
        else { throw Unexpected(description: String(cString: sqlite3_errmsg(connection))) }
    }

    /// Changes a file of the configuration.
    func edit(_ file: String, _ change: (String) -> String) throws {
        let text = try folder.read("etc/\(file)")
        let changed = change(text)
        guard changed != text else {
            throw Unexpected(description: "the edit of \(file) changes nothing in:\n\(text)")
        }
        try folder.write("etc/\(file)", changed)
    }

    /// Has both syncs go by one API.
    func use(api: String) throws {
        for sync in ["accounts", "contacts"] { try folder.append("etc/syncs/\(sync).yaml", "api: \(api)\n") }
    }

    /// Runs an emulator beside the body, and the configuration points to it.
    @discardableResult
    func withOrg<Result: Sendable>(_ body: @escaping @Sendable (Org) async throws -> Result) async throws -> Result {
        try await emulator.run(["--listen", "127.0.0.1:0", "--quiet"]) { program in
            let line = try await program.line(containing: "listening on ")
            let org = Org(url: String(line.dropFirst("listening on ".count)))
            try edit("destinations/production.yaml") {
                $0.replacing(/login_url: .*/, with: "login_url: \(org.url)")
            }
            return try await body(org)
        }.result
    }

    /// Runs the daemon beside the body, from when it is ready; then asks it to end.
    @discardableResult
    func withDaemon(
        _ environment: [String: String?] = [:],
        arguments: [String] = [],
        _ body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws -> ProgramRunner.Ending {
        try await daemon.run(
            daemonArguments + arguments,
            environment: daemonEnvironment(environment),
            grace: .seconds(10)
        ) {
            program in
            _ = try await program.line(containing: "Daemon is ready")
            try await body(program)
        }.ending
    }

    /// The same in a mount namespace of the daemon's own, in which a shell has mounted something before.
    @discardableResult
    func withDaemon(
        in setup: String,
        _ body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(path: "/usr/bin/unshare").run(
            Namespace.arguments(setup, daemon, daemonArguments),
            environment: daemonEnvironment([:]),
            grace: .seconds(10)
        ) { program in
            _ = try await program.line(containing: "Daemon is ready")
            try await body(program)
        }.ending
    }

    /// The same as a user without rights, to whom all that is in the folder is given; needs root.
    func withDaemon(
        asUser user: UInt32,
        _ body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws {
        _ = try await ProgramRunner(path: "/usr/bin/chown").run(["-R", "\(user):\(user)", folder.path])
        _ = try await ProgramRunner(path: "/usr/bin/setpriv").run(
            ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", daemon.path] + daemonArguments,
            environment: daemonEnvironment([:]),
            grace: .seconds(10)
        ) { program in
            _ = try await program.line(containing: "Daemon is ready")
            try await body(program)
        }
    }

    /// The same of a daemon that is meant to end by itself.
    func daemonToItsEnd(in setup: String) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(path: "/usr/bin/unshare").run(
            Namespace.arguments(setup, daemon, daemonArguments),
            environment: daemonEnvironment([:]),
            within: .seconds(20)
        )
    }

    /// Runs a daemon that is meant to end by itself.
    func daemonToItsEnd(
        _ arguments: [String]? = nil,
        environment: [String: String?] = [:]
    ) async throws -> ProgramRunner.Ending {
        try await daemon.run(
            arguments ?? daemonArguments,
            environment: daemonEnvironment(environment),
            within: .seconds(20)
        )
    }

    /// The same, started by a shell that has done something before.
    func daemonToItsEnd(after shell: String) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(path: "/bin/sh").run(
            ["-c", "\(shell); exec \"$@\"", "sh", daemon.path] + daemonArguments,
            environment: daemonEnvironment([:]),
            within: .seconds(20)
        )
    }

    /// Runs `sequencectl` with this daemon's socket and folder.
    func ctl(_ arguments: String...) async throws -> ProgramRunner.Ending { try await ctl(arguments) }

    /// The same, with the arguments as a list.
    func ctl(_ arguments: [String]) async throws -> ProgramRunner.Ending {
        try await control.run(["--socket", socket, "--config", configuration] + arguments, within: .seconds(150))
    }

    /// The document of `sequencectl … --output json`.
    func document<Document: Decodable>(_: Document.Type, _ arguments: String...) async throws -> Document {
        let ending = try await control.run(
            ["--socket", socket, "--config", configuration, "--output", "json"] + arguments,
            within: .seconds(150)
        )
        do {
            return try JSONDecoder().decode(Document.self, from: Data(ending.output.utf8))
        } catch {
            throw Unexpected(
                description: "sequencectl \(arguments): \(error)\n\(ending.output)\n\(ending.errors)"
            )
        }
    }

    /// Starts the sequence and waits for the run's end.
    func runToItsEnd() async throws -> Documents.RunReport {
        try await document(Documents.Run.self, "start", "crm", "--wait").run
    }

    /// The only run of the state folder, once it has ended.
    func endOfTheOnlyRun() async throws -> Documents.RunReport {
        let count = try await document(Documents.Runs.self, "list", "runs").runs.count
        guard count == 1 else { throw Unexpected(description: "expected one run, found \(count)") }
        return try await endOfTheNewestRun()
    }

    /// The newest run of the state folder, once it has ended.
    ///
    /// It is asked for again and again: a run that was taken up again has nobody that waits for it.
    func endOfTheNewestRun() async throws -> Documents.RunReport {
        let deadline = ContinuousClock.now + .seconds(40)
        while true {
            guard let newest = try await document(Documents.Runs.self, "list", "runs", "--limit", "1").runs.first else {
                throw Unexpected(description: "there is no run")
            }
            guard ContinuousClock.now < deadline else {
                throw Unexpected(description: "the run does not end:\n\(try await ctl("show", newest.id).output)")
            }
            if ["succeeded", "partial", "failed", "timed-out", "cancelled", "missed", "skipped"].contains(newest.state)
            {
                return try await document(Documents.Run.self, "show", newest.id).run
            }
        }
    }

    /// What `show` says of a run, as soon as it holds the text or the run has ended.
    func words(of run: String, containing text: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let shown = try await ctl("show", run).output
            if shown.contains(text) { return shown }
            let state = try await document(Documents.Run.self, "show", run).run.state
            guard ["queued", "waiting", "running"].contains(state), ContinuousClock.now < deadline else {
                throw Unexpected(description: "the run is \(state) without a word of `\(text)`:\n\(shown)")
            }
        }
    }

    /// Whether the org holds what the database holds, each record once.
    func isHeld(by org: Org, accounts: Int, contacts: Int) async throws -> [String] {
        var differences: [String] = []
        func compare(_ what: String, _ found: Int, _ expected: Int) {
            if found != expected { differences.append("\(what): \(found), expected \(expected)") }
        }
        let counters = try await org.counters()
        compare("accounts ever created", counters.created("Account"), accounts)
        compare("contacts ever created", counters.created("Contact"), contacts)
        let held = try await (accounts: org.accounts(), contacts: org.contacts())
        compare("accounts by key", Set(held.accounts.map(\.key)).count, accounts)
        compare("contacts by key", Set(held.contacts.map(\.key)).count, contacts)
        compare("contacts with an account", held.contacts.filter { $0.account != nil }.count, contacts)
        return differences
    }

    // MARK: - Implementation

    private var daemonArguments: [String] { ["--config", configuration, "--state", state, "--socket", socket] }

    private func daemonEnvironment(_ changes: [String: String?]) -> [String: String?] {
        ["CREDENTIALS_DIRECTORY": folder.path("credentials"), "NOTIFY_SOCKET": nil, "JOURNAL_STREAM": nil]
            .merging(changes) { $1 }
    }

    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("etc/sequenced").path

    private static func tables(_ accounts: Int, _ contacts: Int) -> String {
        """
        CREATE TABLE accounts (account_id TEXT PRIMARY KEY, account_key TEXT, name TEXT, industry TEXT, revenue REAL,
            country TEXT);
        CREATE TABLE contacts (contact_id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT,
            account_id TEXT, title TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(accounts))
        INSERT INTO accounts SELECT printf('A-%06d', i), printf('key-%06d', i), 'Company ' || i, 'Banking',
            round(i * 1234.5, 2), 'France' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(contacts))
        INSERT INTO contacts SELECT printf('C-%06d', i), 'First ' || i, 'Last ' || i,
            printf('contact%d@example.com', i), printf('A-%06d', 1 + i % \(accounts)), NULL FROM n;
        """
    }
}

extension String {
    fileprivate var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
}
