internal import DelimitedText
internal import Postgres
internal import SQLiteSource
package import SyncModel

/// An open source at one moment, whatever it is: what the engine needs of each.
///
/// Used from one thread; blocks it.
package protocol SourceSession {
    /// Begins the one transaction in which all reads see the same rows.
    func begin() throws
    /// Hands over the wanted columns of every row of a model.
    func read(_ model: ModelDefinition, columns: [String], _ deliver: (inout RowBatch) throws -> Void) throws
    /// The columns that a model has.
    func columns(of model: ModelDefinition) throws -> [String]
    /// The types of those of them whose values it bounds.
    func columnTypes(of model: ModelDefinition) throws -> [String: ColumnType]
    func end()
}

extension SourceSession {
    /// Cells of files, and columns of SQLite, may hold anything.
    func columnTypes(of model: ModelDefinition) -> [String: ColumnType] { [:] }
}

extension SourceDefinition {
    /// Opens the source, its secrets read.
    ///
    /// - Throws: the source's own error, `EngineError` for a secret that can't be had.
    func session(_ secrets: SecretAccess) throws -> any SourceSession {
        switch kind {
        case .sqlite(let path): SQLiteSession(source: try SQLiteSource(path: path, name: name))
        case .csv: DelimitedSession(source: self)
        case .postgres(let parameters):
            PostgresSession(source: try PostgresSource(try parameters.mapValues { try secrets.text($0) }, name: name))
        }
    }
}

/// Whether reading may go well at another time, with nothing changed by a person.
func isTransientSourceError(_ error: any Error) -> Bool {
    switch error {
    case let error as PostgresError: error.isWorthRetrying
    case let error as SQLiteSourceError: error.isWorthRetrying
    case let error as DelimitedTextError: error.isWorthRetrying
    default: false
    }
}
