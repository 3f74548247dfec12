import Glibc

/// One file of a configuration folder.
package struct ConfigurationFile: Sendable, Equatable {
    /// Relative to the folder, with `/`.
    package var path: String
    /// nil: it could not be read, for `reason`.
    package var bytes: [UInt8]?
    package var reason: String
}

/// The folder from which definitions are read.
package struct ConfigurationFolder: Sendable {
    /// Why the folder as a whole can't be read.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var path: String
        package var reason: String
        package var description: String {
            "cannot read the configuration folder \(path): \(reason); name another with --config"
        }
    }

    package var path: String

    package init(path: String) {
        self.path = path
    }

    /// Every file in the folder and in the folders in it, sorted by path.
    ///
    /// Names that begin with a dot are left out, as editors' and version control's own.
    /// - Throws: `Failure` when the folder itself can't be listed.
    package func files() throws -> [ConfigurationFile] {
        var files: [ConfigurationFile] = []
        for name in try Self.names(in: path) {
            if Self.isFolder(path + "/" + name) {
                do {
                    for inner in try Self.names(in: path + "/" + name) where !Self.isFolder("\(path)/\(name)/\(inner)")
                    {
                        files.append(file(name + "/" + inner))
                    }
                } catch let failure as Failure {
                    files.append(ConfigurationFile(path: name, bytes: nil, reason: failure.reason))
                }
            } else {
                files.append(file(name))
            }
        }
        return files.sorted { $0.path < $1.path }
    }

    // MARK: - Implementation

    /// More than any definition needs; a file beyond it is a mistake.
    private static let largestFile = 4 << 20

    private func file(_ relative: String) -> ConfigurationFile {
        let descriptor = open(path + "/" + relative, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return ConfigurationFile(path: relative, bytes: nil, reason: Self.lastError()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return ConfigurationFile(path: relative, bytes: nil, reason: "it is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { return ConfigurationFile(path: relative, bytes: nil, reason: Self.lastError()) }
            if count == 0 { return ConfigurationFile(path: relative, bytes: bytes, reason: "") }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > Self.largestFile {
                return ConfigurationFile(path: relative, bytes: nil, reason: "it is larger than 4 MiB")
            }
        }
    }

    private static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else { throw Failure(path: path, reason: lastError()) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }
}
