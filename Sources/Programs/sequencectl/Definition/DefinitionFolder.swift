import ConfigurationFolder
import ControlProtocol
import Definitions

/// The folder of definitions as it lies on disk.
enum DefinitionFolder {
    /// Every file in it, two levels deep, sorted by path.
    ///
    /// - Throws: `ControlFault` when the folder itself cannot be read.
    static func read(_ folder: String) throws -> [DefinitionFile] {
        do {
            return try ConfigurationFolder(path: folder).files().map { file in
                guard let bytes = file.bytes else { return DefinitionFile(path: file.path, unreadable: file.reason) }
                return DefinitionFile(path: file.path, bytes: bytes)
            }
        } catch let failure as ConfigurationFolder.Failure {
            throw ControlFault(.notFound, failure.description)
        }
    }
}
