import CivilTime
import ConfigurationFolder
import ControlProtocol
import Definitions
import SyncModel

/// The configuration folder, read and checked.
struct DefinitionLoader: Sendable {
    var folder: String

    /// Reads everything anew.
    ///
    /// - Throws: `ConfigurationFolder.Failure` when there is no such folder.
    func read() throws -> DefinitionReading {
        let files = try ConfigurationFolder(path: folder).files().map { file in
            file.bytes.map { DefinitionFile(path: file.path, bytes: $0) }
                ?? DefinitionFile(path: file.path, unreadable: file.reason)
        }
        return readDefinitions(
            files,
            zoneCheck: { name in
                do throws(TimeZoneFault) {
                    _ = try TimeZoneDatabase().rules(named: name)
                    return nil
                } catch {
                    return error.reason
                }
            }
        )
    }
}

extension FaultReport {
    init(_ fault: DefinitionFault) {
        self.init(
            file: fault.file,
            line: fault.line,
            column: fault.column,
            key: fault.key,
            message: fault.message,
            suggestion: fault.suggestion
        )
    }

    init(_ notice: DefinitionNotice) {
        self.init(
            file: notice.file,
            line: notice.line,
            column: notice.column,
            key: notice.key,
            message: notice.message,
            suggestion: notice.suggestion
        )
    }
}
