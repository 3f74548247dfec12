package import Testing

/// Lends a suite or a test the run's PostgreSQL server, `PostgresServer.current`: `@Suite(.postgres)`.
///
/// One server serves the whole test process; it is started by the first suite that asks. Without PostgreSQL the test fails,
/// and says what to install.
package struct PostgresTrait: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let server = try await SharedPostgres.only.server()
        try await PostgresServer.$lent.withValue(server) { try await function() }
    }
}

extension Trait where Self == PostgresTrait {
    package static var postgres: Self { Self() }
}

extension PostgresServer {
    @TaskLocal static var lent: PostgresServer?

    /// The server lent to the running test.
    package static var current: PostgresServer {
        get throws {
            try #require(lent, "the test or its suite has the trait .postgres")
        }
    }
}

/// The server of this process, started once.
private actor SharedPostgres {
    static let only = SharedPostgres()

    private var starting: Task<PostgresServer, any Error>?

    func server() async throws -> PostgresServer {
        let task = starting ?? Task { try await PostgresServer.start() }
        starting = task
        return try await task.value
    }
}
