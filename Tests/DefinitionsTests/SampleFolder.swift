import Definitions
import Foundation

/// The sample configuration of the repository, read from the disk.
enum SampleFolder {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func files() throws -> [DefinitionFile] {
        let root = repository.appending(path: "etc/sequenced")
        var files: [DefinitionFile] = []
        for folder in [""] + FileKind.allCases.compactMap(\.folder) {
            let place = folder.isEmpty ? root : root.appending(path: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
            where name.contains(".") {
                let bytes = try [UInt8](Data(contentsOf: place.appending(path: name)))
                files.append(DefinitionFile(path: folder.isEmpty ? name : "\(folder)/\(name)", bytes: bytes))
            }
        }
        return files
    }
}
