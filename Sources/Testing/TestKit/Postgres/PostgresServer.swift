import Foundation
import Subprocess
import SystemPackage

/// A PostgreSQL server of the test run's own, on a Unix socket in a scratch folder, without durability and without a network.
///
/// A guard process stops it and removes its folder when the test process is gone, however it went.
package final class PostgresServer: Sendable {
    /// The socket's folder: libpq's `host`.
    package let host: String
    package let user = "postgres"
    /// A role that must show `rolePassword`; all others are let in as they come.
    package let roleWithPassword = "locked"
    package let rolePassword = "open sesame"
    private let binaries: PostgresBinaries
    private let running: Task<Void, any Error>
    private let stopping: AsyncStream<String>.Continuation

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts a server; ready when this returns.
    ///
    /// For tests that stop theirs: the others share the one that `.postgres` lends.
    package static func start() async throws -> PostgresServer {
        let binaries = try PostgresBinaries()
        let folder = try ScratchFolder()
        if let account = binaries.account {
            chown(folder.path, account.user, account.group)
        }
        let (stops, stopping) = AsyncStream.makeStream(of: String.self)
        let (words, speaking) = AsyncStream.makeStream(of: String.self)
        let running = Task.detached {
            defer { speaking.finish() }
            try await PostgresGuard(binaries: binaries, folder: folder.path).run(stops) { speaking.yield($0) }
        }
        for await word in words where word == PostgresGuard.readyWord {
            let server = PostgresServer(host: folder.path, binaries: binaries, running: running, stopping: stopping)
            try await server.execute("CREATE ROLE \(server.roleWithPassword) LOGIN PASSWORD '\(server.rolePassword)'")
            return server
        }
        // Its log says why; without one, the guard's own error does.
        let log = (try? folder.read("log")) ?? ""
        folder.remove()
        try await running.value
        throw Failure(description: "PostgreSQL did not start: \(log.suffix(2_000))")
    }

    private init(
        host: String,
        binaries: PostgresBinaries,
        running: Task<Void, any Error>,
        stopping: AsyncStream<String>.Continuation
    ) {
        self.host = host
        self.binaries = binaries
        self.running = running
        self.stopping = stopping
    }

    /// Stops it at once, and removes its folder.
    package func stop() async throws {
        stopping.finish()
        try await running.value
    }

    /// Ends it as a crash would, and starts it again; it is there when this returns.
    package func restart() async throws {
        let question = "SELECT pg_postmaster_start_time()"
        let before = try await execute(question)
        stopping.yield("restart")
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            // It refuses while it is away: that is what is waited for.
            if let now = try? await execute(question), now != before { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "PostgreSQL did not come back")
    }

    /// libpq's words for a connection to a database of the server.
    package func parameters(database: String = "postgres") -> [String: String] {
        ["host": host, "user": user, "dbname": database]
    }

    /// Runs SQL by psql, and answers what it prints: rows as lines, columns parted by `|`.
    @discardableResult
    package func execute(_ sql: String, database: String = "postgres") async throws -> String {
        let result = try await run(
            .path(FilePath("\(binaries.folder)/psql")),
            arguments: [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", host, "-U", user, "-d", database, "-f", "-",
            ],
            input: .string(sql),
            output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: "psql: \(result.standardError)")
        }
        return result.standardOutput
    }

    /// Lends a database of its own, made with these statements, and drops it afterwards, connections or not.
    package func withDatabase<Result>(
        _ sql: String = "",
        isolation: isolated (any Actor)? = #isolation,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let name = "t_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try await execute("CREATE DATABASE \(name)")
        do {
            if !sql.isEmpty { try await execute(sql, database: name) }
            let result = try await body(name)
            try await execute("DROP DATABASE \(name) WITH (FORCE)")
            return result
        } catch {
            // The body's error is the one to be told; the server is thrown away with all it holds.
            _ = try? await execute("DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
    }
}
