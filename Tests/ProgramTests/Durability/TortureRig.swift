import CSQLite
import Foundation
import Subprocess
import TestKit

/// A sequence of four syncs over one database: parents and children that are upserted and removed, records and events that are
/// only ever created.
struct TortureRig: Sendable {
    let folder: String
    let org: RigOrg
    private let daemon: ProgramRunner
    private let control: ProgramRunner

    init(rows: Int, in folder: String, _ org: RigOrg) throws {
        self.folder = folder
        self.org = org
        daemon = try ProgramRunner(product: "sequenced")
        control = try ProgramRunner(product: "sequencectl")
        for (name, text) in Self.configuration(folder, org.url) {
            let file = URL(fileURLWithPath: "\(folder)/etc/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        try execute(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE accounts (key TEXT PRIMARY KEY, name TEXT, site TEXT);
            CREATE TABLE contacts (key TEXT PRIMARY KEY, last_name TEXT, title TEXT, account TEXT);
            CREATE TABLE leads (key TEXT PRIMARY KEY, title TEXT);
            CREATE TABLE notes (key TEXT PRIMARY KEY, title TEXT);
            """
        )
        try add(accounts: max(1, rows / 10), contacts: rows / 2, leads: rows / 4, notes: rows * 3 / 20, round: 0)
    }

    var state: String { folder + "/state" }

    /// Adds rows; their keys go on from those that were ever there.
    func add(accounts: Int, contacts: Int, leads: Int, notes: Int, round: Int) throws {
        try execute(
            """
            BEGIN;
            CREATE TABLE IF NOT EXISTS ever (what TEXT PRIMARY KEY, n INTEGER);
            INSERT OR IGNORE INTO ever VALUES ('accounts', 0), ('contacts', 0), ('leads', 0), ('notes', 0);
            \(Self.adding("accounts", accounts, "printf('A-%07d', i), 'Company ' || i, 'Site \(round)'"))
            \(Self.adding("contacts", contacts, """
                printf('C-%07d', i), 'Last ' || i, 'Title \(round)',
                printf('A-%07d', 1 + i % (SELECT n FROM ever WHERE what = 'accounts'))
                """))
            \(Self.adding("leads", leads, "printf('L-%07d', i), 'Title \(round)'"))
            \(Self.adding("notes", notes, "printf('N-%07d', i), 'Title \(round)'"))
            COMMIT;
            """
        )
    }

    /// Changes about every `nth` contact and account, and removes about every `lost`-th contact.
    func change(nth: Int, lost: Int, round: Int) throws {
        try execute(
            """
            UPDATE contacts SET title = 'Title \(round)' WHERE rowid % \(nth) = \(round % nth);
            UPDATE accounts SET site = 'Site \(round)' WHERE rowid % \(nth) = \(round % nth);
            DELETE FROM contacts WHERE rowid % \(lost) = \(round % lost);
            """
        )
    }

    /// What must be in the org, by object: key → value.
    func model() throws -> [String: [String: String]] {
        var model: [String: [String: String]] = [:]
        for (object, sql) in [
            ("Account", "SELECT key, site FROM accounts"), ("Contact", "SELECT key, title FROM contacts"),
            ("Lead", "SELECT key, title FROM leads"), ("Row_Told__e", "SELECT key, title FROM notes"),
        ] { model[object] = try pairs(sql) }
        return model
    }

    /// How many rows of each there ever were.
    func ever() throws -> [String: Int] {
        try pairs("SELECT what, CAST(n AS TEXT) FROM ever").mapValues { Int($0) ?? 0 }
    }

    /// How many rows of a table there are now.
    func count(_ table: String) throws -> Int {
        Int(try pairs("SELECT 'n', CAST(count(*) AS TEXT) FROM \(table)")["n"] ?? "") ?? 0
    }

    /// Whether the state holds a run that has not ended; no daemon runs.
    func hasOpenRun() throws -> Bool {
        let states = try pairs("SELECT id, state FROM runs ORDER BY number DESC LIMIT 1", of: state + "/ledger.sqlite")
        return states.values.contains { !Self.ends.contains($0) }
    }

    @discardableResult
    func withDaemon(
        _ body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws
        -> ProgramRunner.Ending
    {
        try await daemon.run(
            ["--config", folder + "/etc", "--state", state, "--socket", folder + "/s", "--log-level", "warning"],
            environment: ["NOTIFY_SOCKET": nil, "JOURNAL_STREAM": nil, "SECRET": "emulator-secret"],
            grace: .seconds(30),
            beside: body
        ).ending
    }

    func ctl(_ arguments: [String], within limit: Duration = .seconds(120)) async throws -> ProgramRunner.Ending {
        try await control.run(["--socket", folder + "/s", "--config", folder + "/etc"] + arguments, within: limit)
    }

    func document<Document: Decodable>(_: Document.Type, _ arguments: String...) async throws -> Document {
        let ending = try await ctl(["--output", "json"] + arguments)
        do {
            return try JSONDecoder().decode(Document.self, from: Data(ending.output.utf8))
        } catch {
            throw Unexpected(description: "sequencectl \(arguments): \(ending.output)\(ending.errors)")
        }
    }

    /// Waits until the daemon answers.
    func answering() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await ctl(["list", "sequences"]).exitCode != 0 {
            guard ContinuousClock.now < deadline else { throw Unexpected(description: "the daemon does not answer") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The newest run, if there is one.
    func newest() async throws -> Documents.Runs.Entry? {
        try await document(Documents.Runs.self, "list", "runs", "--limit", "1").runs.first
    }

    /// Whether a run is on or queued.
    func isOpen() async throws -> Bool { try await newest().map { !Self.ends.contains($0.state) } ?? false }

    /// Waits for the newest run's end.
    func end() async throws -> Documents.RunReport {
        let deadline = ContinuousClock.now + .seconds(600)
        while let newest = try await newest() {
            if Self.ends.contains(newest.state) {
                return try await document(Documents.Run.self, "show", newest.id).run
            }
            guard ContinuousClock.now < deadline else {
                throw Unexpected(description: "the run does not end: \(try await ctl(["show", newest.id]).output)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Unexpected(description: "there is no run")
    }

    static let ends: Set<String> = ["succeeded", "partial", "failed", "timed-out", "cancelled", "skipped", "missed"]

    // MARK: - Implementation

    func execute(_ sql: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open(folder + "/crm.db", &connection) == SQLITE_OK,
            sqlite3_busy_timeout(connection, 30_000) == SQLITE_OK,
            sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
        else { throw Unexpected(description: String(cString: sqlite3_errmsg(connection))) }
    }

    private func pairs(_ sql: String, of file: String? = nil) throws -> [String: String] {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_open(file ?? folder + "/crm.db", &connection) == SQLITE_OK,
            sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK
        else { throw Unexpected(description: String(cString: sqlite3_errmsg(connection))) }
        var pairs: [String: String] = [:]
        while sqlite3_step(statement) == SQLITE_ROW {
            guard let key = sqlite3_column_text(statement, 0), let value = sqlite3_column_text(statement, 1) else {
                continue
            }
            pairs[String(cString: key)] = String(cString: value)
        }
        return pairs
    }

    private static func adding(_ table: String, _ count: Int, _ values: String) -> String {
        guard count > 0 else { return "" }
        return """
            WITH RECURSIVE s(first) AS (SELECT n FROM ever WHERE what = '\(table)'),
                t(i) AS (SELECT first + 1 FROM s UNION ALL SELECT i + 1 FROM t, s WHERE i < first + \(count))
            INSERT INTO \(table) SELECT \(values) FROM t;
            UPDATE ever SET n = n + \(count) WHERE what = '\(table)';
            """
    }

    private static func configuration(_ folder: String, _ url: String) -> [String: String] {
        var files = [
            "sequenced.yaml": "timezone: UTC\n",
            "sources/local.yaml": "type: sqlite\npath: \(folder)/crm.db\n",
            "destinations/org.yaml": """
            type: salesforce
            login_url: \(url)
            auth: { flow: client-credentials, client_id: emulator-client, client_secret: !env SECRET }

            """,
            "sequences/crm.yaml": """
            steps:
              - { sync: accounts, max_rejected: 100% }
              - { sync: contacts, max_rejected: 100% }
              - { sync: [leads, notes], max_rejected: 100% }

            """,
            "syncs/accounts.yaml": """
            model: accounts
            destination: org
            object: Account
            mode: upsert
            match: { column: key, field: External_Id__c }
            fields: { Name: name, Site: site }

            """,
            "syncs/contacts.yaml": """
            model: contacts
            destination: org
            object: Contact
            mode: upsert
            match: { column: key, field: External_Id__c }
            when_removed: delete
            fields:
              LastName: last_name
              Title: title
              AccountId: { lookup: { object: Account, field: External_Id__c, column: account } }

            """,
            "syncs/leads.yaml": """
            model: leads
            destination: org
            object: Lead
            mode: insert
            api: bulk2
            fields: { Company: key, LastName: key, Title: title }

            """,
            "syncs/notes.yaml": """
            model: notes
            destination: org
            event: Row_Told__e
            mode: insert
            fields: { Key__c: key, Title__c: title }

            """,
        ]
        for model in ["accounts", "contacts", "leads", "notes"] {
            files["models/\(model).yaml"] = "source: local\nsql: SELECT * FROM \(model)\nprimary_key: key\n"
        }
        return files
    }
}
