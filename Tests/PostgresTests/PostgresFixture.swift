import Postgres
import SyncModel
import TestKit

func query(_ sql: String) -> ModelDefinition {
    ModelDefinition(name: "accounts", source: "warehouse", reading: .sql(sql), primaryKey: ["id"])
}

func table(_ name: String) -> ModelDefinition {
    ModelDefinition(name: "accounts", source: "warehouse", reading: .table(name), primaryKey: ["id"])
}

/// Lends a connection to a database of its own, on a thread of its own.
func withSource(_ sql: String = "", _ body: @escaping @Sendable (PostgresSource) throws -> Void) async throws {
    let server = try PostgresServer.current
    try await server.withDatabase(sql) { database in
        let parameters = server.parameters(database: database)
        try await onOwnThread { try body(PostgresSource(parameters, name: "warehouse")) }
    }
}

extension PostgresSource {
    func rows(_ model: ModelDefinition, _ columns: [String], batchBytes: Int = 1 << 20) throws -> [[String?]] {
        var rows: [[String?]] = []
        try read(model, columns: columns, batchBytes: batchBytes) { batch in
            for row in 0..<batch.rowCount {
                rows.append((0..<batch.columnCount).map { batch.text(row: row, column: $0) })
            }
        }
        return rows
    }
}
