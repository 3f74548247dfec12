internal import SQLiteSource
internal import SyncModel

/// A SQLite file as the engine reads it.
struct SQLiteSession: SourceSession {
    let source: SQLiteSource

    func begin() throws { try source.begin() }

    func columns(of model: ModelDefinition) throws -> [String] { try source.columns(of: model) }

    func read(_ model: ModelDefinition, columns: [String], _ deliver: (inout RowBatch) throws -> Void) throws {
        try source.read(model, columns: columns, deliver)
    }

    func end() {
        // A read transaction that can't be ended is ended with its connection.
        try? source.end()
    }
}
