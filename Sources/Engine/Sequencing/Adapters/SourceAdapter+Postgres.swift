internal import Postgres
internal import SyncModel

/// A PostgreSQL database as the engine reads it.
struct PostgresSession: SourceSession {
    let source: PostgresSource

    func begin() throws { try source.begin() }

    func columns(of model: ModelDefinition) throws -> [String] { try source.columns(of: model) }

    func columnTypes(of model: ModelDefinition) throws -> [String: ColumnType] { try source.columnTypes(of: model) }

    func read(_ model: ModelDefinition, columns: [String], _ deliver: (inout RowBatch) throws -> Void) throws {
        try source.read(model, columns: columns, deliver)
    }

    func end() {
        // A read transaction that can't be ended is ended with its connection.
        try? source.end()
    }
}
