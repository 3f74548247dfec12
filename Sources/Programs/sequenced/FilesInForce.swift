import ControlProtocol
import Foundation
import Glibc
import Synchronization

/// The files of the definitions in force, as they were read: `diff` asks for them now and then.
///
/// Of thousands of them the texts would take as much memory as the definitions, so they lie in a nameless file of the state
/// folder; where none can be made, in memory.
final class FilesInForce: Sendable {
    private let descriptor: Int32?
    private let kept: [DefinitionFilesAnswer.File]
    /// The descriptor has one position, whoever reads.
    private let turn = Mutex(())

    init(_ files: [DefinitionFilesAnswer.File], folder: String) {
        descriptor = Self.written(files, folder)
        kept = descriptor == nil ? files : []
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// The files; none when what was written cannot be read any more.
    var files: [DefinitionFilesAnswer.File] {
        guard let descriptor else { return kept }
        let data = turn.withLock { _ -> Data? in
            guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
            return try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd()
        }
        return data.flatMap { try? JSONDecoder().decode([DefinitionFilesAnswer.File].self, from: $0) } ?? []
    }

    // MARK: - Implementation

    private static func written(_ files: [DefinitionFilesAnswer.File], _ folder: String) -> Int32? {
        var path = Array((folder + "/.files-XXXXXX").utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        // No hook is to inherit it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            try handle.write(contentsOf: try JSONEncoder().encode(files))
            return descriptor
        } catch {
            close(descriptor)
            return nil
        }
    }
}
