import Glibc

/// Reads secrets from where a definition says they are: a credential, the environment, a file.
///
/// It keeps none.
package struct SecretReader: Sendable {
    /// More than any key or password has.
    package static let largest = 1 << 20

    /// The ID under which the unit loads the folder of credentials.
    package static let folderID = "sequenced"

    private var credentials: String?
    private var environment: [String: String]

    package init(folders: ServiceFolders, environment: [String: String]) {
        credentials = folders.credentials
        self.environment = environment
    }

    /// What `!credential NAME` means: the file of that name in `$CREDENTIALS_DIRECTORY`.
    ///
    /// - Throws: `SystemdError`, which names the credential, and never its content.
    package func credential(_ name: String) throws -> String {
        let what = "read credential `\(name)`"
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.utf8.contains(0) else {
            throw SystemdError(.credential, what, "a credential's name is a file name")
        }
        guard let credentials else {
            throw SystemdError(
                .credential,
                what,
                "the service manager passed none ($CREDENTIALS_DIRECTORY is not set); see LoadCredential="
            )
        }
        // A folder that is loaded as a whole puts its ID before each name (LoadCredential= in systemd.exec(5)).
        let paths = ["\(credentials)/\(name)", "\(credentials)/\(Self.folderID)_\(name)"]
        let path = paths.first { access($0, F_OK) == 0 } ?? paths[0]
        return try Self.text(at: path, code: .credential, what: what) { number in
            number == ENOENT
                ? "there is no file of that name in /etc/credstore/sequenced, nor a LoadCredential= of it; restart after adding one"
                : nil
        }
    }

    /// What `!env NAME` means.
    ///
    /// - Throws: `SystemdError`, which names the variable.
    package func environmentVariable(_ name: String) throws -> String {
        guard let value = environment[name] else {
            throw SystemdError(.environment, "read the environment variable `\(name)`", "it is not set")
        }
        return value
    }

    /// What `!file PATH` means: a file that belongs to the daemon's user or root, and that nobody else may read.
    ///
    /// - Throws: `SystemdError`, which names the path and how its rights are to be set.
    package func file(_ path: String) throws -> String {
        try Self.text(at: path, code: .secretFile, what: "read the secret file \(path)") { _ in
            nil
        } check: { status in
            let mode = status.st_mode & 0o7777
            guard status.st_uid == geteuid() || status.st_uid == 0 else {
                return "it belongs to uid \(status.st_uid), neither to root nor to the daemon's user"
            }
            guard mode & 0o077 == 0 else {
                return "others than its owner may reach it (mode \(String(mode, radix: 8))); chmod 600 \(path)"
            }
            return nil
        }
    }

    // MARK: - Implementation

    /// The file's text without the line end that editors add.
    ///
    /// Checked and read through one descriptor, so that nobody can change it in between.
    private static func text(
        at path: String,
        code: SystemdError.Code,
        what: String,
        explain: (Int32) -> String?,
        check: (stat) -> String? = { _ in nil }
    ) throws -> String {
        // Not waiting: a pipe in the place of a file would hold us up for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let number = errno
            throw SystemdError(code, what, explain(number) ?? String(cString: strerror(number)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemdError(code, what, String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemdError(code, what, "it is not a regular file") }
        if let objection = check(status) { throw SystemdError(code, what, objection) }
        guard status.st_size <= largest else { throw SystemdError(code, what, "it is larger than 1 MiB") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemdError(code, what, String(cString: strerror(errno))) }
            if count == 0 { break }
            filled += count
        }
        var text = bytes[..<filled]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.isEmpty else { throw SystemdError(code, what, "it is empty") }
        guard let result = String(validating: text, as: UTF8.self) else {
            throw SystemdError(code, what, "it is not UTF-8 text")
        }
        return result
    }
}
