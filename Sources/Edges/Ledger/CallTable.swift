package import CivilTime
internal import GRDB
package import SyncModel

/// One call to Salesforce, as the request log keeps it.
package struct LoggedCall: Sendable, Equatable {
    package var number: Int64 = 0
    package var run: RunID?
    package var sync: String?
    package var started: Timestamp
    package var method: String
    package var path: String
    /// nil: no answer.
    package var status: Int?
    package var milliseconds: Int
    package var bytesSent: Int
    package var bytesReceived: Int
    /// `Sforce-Limit-Info` as it came.
    package var limits: String?
    package var error: String?
    package var requestBody: String?
    package var responseBody: String?

    package init(
        started: Timestamp,
        method: String,
        path: String,
        status: Int?,
        milliseconds: Int,
        bytesSent: Int,
        bytesReceived: Int
    ) {
        self.started = started
        self.method = method
        self.path = path
        self.status = status
        self.milliseconds = milliseconds
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
    }
}

extension Ledger {
    /// Stores calls; one transaction for all that are handed in.
    package func append(_ calls: [LoggedCall]) async throws {
        if calls.isEmpty { return }
        try await wrapping("store the request log") {
            try await self.changes.write { database in
                let statement = try database.makeStatement(
                    sql: """
                        INSERT INTO calls (run, sync, started, method, path, status, milliseconds, bytes_sent, bytes_received,
                            limits, error, request_body, response_body)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """
                )
                for call in calls {
                    try statement.execute(arguments: [
                        call.run?.rawValue, call.sync, call.started.microseconds, call.method, call.path, call.status,
                        call.milliseconds, call.bytesSent, call.bytesReceived, call.limits, call.error,
                        call.requestBody,
                        call.responseBody,
                    ])
                }
            }
        }
    }

    /// The calls of a run, oldest first.
    package func calls(of run: RunID) async throws -> [LoggedCall] {
        try await wrapping("read the request log of run \(run)") {
            try await self.pool.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM calls WHERE run = ? ORDER BY number",
                    arguments: [run.rawValue]
                )
                .map { row in
                    var call = LoggedCall(
                        started: Timestamp(microseconds: row["started"]),
                        method: row["method"],
                        path: row["path"],
                        status: row["status"],
                        milliseconds: row["milliseconds"],
                        bytesSent: row["bytes_sent"],
                        bytesReceived: row["bytes_received"]
                    )
                    call.number = row["number"]
                    call.run = (row["run"] as String?).map(RunID.init(rawValue:))
                    call.sync = row["sync"]
                    call.limits = row["limits"]
                    call.error = row["error"]
                    call.requestBody = row["request_body"]
                    call.responseBody = row["response_body"]
                    return call
                }
            }
        }
    }
}
