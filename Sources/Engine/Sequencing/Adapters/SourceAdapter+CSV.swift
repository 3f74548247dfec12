internal import DelimitedText
internal import SyncModel

/// A folder of delimited files as the engine reads it; files have no transaction.
struct DelimitedSession: SourceSession {
    let source: SourceDefinition

    func begin() {}

    func columns(of model: ModelDefinition) throws -> [String] { try DelimitedFile(model, in: source).columns() }

    func read(_ model: ModelDefinition, columns: [String], _ deliver: (inout RowBatch) throws -> Void) throws {
        try DelimitedFile(model, in: source).read(columns: columns, deliver)
    }

    func end() {}
}
