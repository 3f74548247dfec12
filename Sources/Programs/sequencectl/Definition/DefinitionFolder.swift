import ControlProtocol
import Definitions
import FoundationEssentials
import Glibc

/// The folder of definitions as it lies on disk.
enum DefinitionFolder {
    /// More than any definition has; what is larger is not read.
    private static let largest = 4 << 20

    /// Every file in it, two levels deep, sorted by path.
    ///
    /// - Throws: `ControlFault` when the folder itself cannot be read.
    static func read(_ folder: String) throws -> [DefinitionFile] {
        let manager = FileManager.default
        let top: [String]
        do {
            top = try manager.contentsOfDirectory(atPath: folder)
        } catch {
            throw ControlFault(
                .notFound,
                "cannot read the folder of definitions \(folder): \(String(cString: strerror(errno)))",
                hint: "--config names another one"
            )
        }
        var files: [DefinitionFile] = []
        for name in top.sorted() where !name.hasPrefix(".") {
            guard isFolder("\(folder)/\(name)") else {
                files.append(file(folder, name))
                continue
            }
            do {
                for inner in try manager.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted()
                where !isFolder("\(folder)/\(name)/\(inner)") {
                    files.append(file(folder, "\(name)/\(inner)"))
                }
            } catch {
                files.append(DefinitionFile(path: name, unreadable: "its files cannot be listed"))
            }
        }
        return files
    }

    // MARK: - Implementation

    private static func isFolder(_ path: String) -> Bool {
        var folder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder
    }

    private static func file(_ folder: String, _ path: String) -> DefinitionFile {
        // Not waiting, in case that a pipe lies there.
        let descriptor = open("\(folder)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return DefinitionFile(path: path, unreadable: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return DefinitionFile(path: path, unreadable: String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= largest else {
                return DefinitionFile(path: path, unreadable: "it is larger than 4 MiB")
            }
        }
        return DefinitionFile(path: path, bytes: bytes)
    }
}
