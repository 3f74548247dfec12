internal import DelimitedText
internal import Postgres
internal import SQLiteSource
package import SyncModel

/// An open source at one moment, whatever it is: what the engine needs of each.
///
/// Used from one thread; blocks it.
package protocol SourceSession {
    /// Begins the one transaction in which all reads see the same rows.
    mutating func begin() throws
    /// Hands over the wanted columns of every row of a model.
    mutating func read(_ model: ModelDefinition, columns: [String], _ deliver: (inout RowBatch) throws -> Void) throws
    /// The columns that a model has.
    mutating func columns(of model: ModelDefinition) throws -> [String]
    mutating func end()
}
