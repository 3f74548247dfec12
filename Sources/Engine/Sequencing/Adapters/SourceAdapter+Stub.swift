internal import CivilTime
internal import SQLiteSource
internal import Shaping
internal import SyncModel

extension SourceDefinition {
    /// Opens the source.
    func session(_ secrets: SecretAccess) throws -> any SourceSession {
        switch kind {
        case .sqlite(let path): return SQLiteSession(source: try SQLiteSource(path: path, name: name))
        case .csv: return DelimitedSession(source: self)
        case .postgres: throw EngineError(code: .source, subject: name, detail: "")
        }
    }
}
func isTransientSourceError(_ error: any Error) -> Bool { false }
