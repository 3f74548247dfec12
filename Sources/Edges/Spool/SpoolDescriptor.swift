internal import Glibc

/// An open spool file; closed with its last owner.
///
/// Reads and writes say where, so it has no position.
final class SpoolDescriptor: Sendable {
    let descriptor: Int32
    let path: String

    private init(path: String, flags: Int32, shownAs name: String? = nil) throws {
        descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        self.path = name ?? path
        guard descriptor >= 0 else { throw Self.failure(flags & O_CREAT == 0 ? .unreadable : .unwritable, path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// A new, empty file in the place of any other.
    static func create(_ path: String) throws -> SpoolDescriptor {
        try SpoolDescriptor(path: path, flags: O_RDWR | O_CREAT | O_TRUNC)
    }

    static func existing(_ path: String) throws -> SpoolDescriptor {
        try SpoolDescriptor(path: path, flags: O_RDONLY)
    }

    /// Room beside a file for as long as somebody holds it; messages name that file.
    static func nameless(for path: String) throws -> SpoolDescriptor {
        // Two may read one file at one time.
        let name = "\(path).\(UInt64.random(in: 0 ... .max))"
        let file = try SpoolDescriptor(path: name, flags: O_RDWR | O_CREAT | O_EXCL, shownAs: path)
        try remove(name)
        return file
    }

    func size() throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(.unreadable, path) }
        return Int(status.st_size)
    }

    /// Fills `buffer`, or throws `damaged` when the file ends before.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(.unreadable, path)
            }
            guard count > 0 else {
                throw SpoolError(.damaged, path: path, reason: "it ends at byte \(offset + done), too early")
            }
            done += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(.unwritable, path)
            }
            done += count
        }
    }

    /// Durable when this returns.
    func synchronize() throws {
        guard fdatasync(descriptor) == 0 else { throw Self.failure(.unwritable, path) }
    }

    /// Makes the names in a folder durable.
    static func synchronize(folder: String) throws {
        let handle = try SpoolDescriptor(path: folder.isEmpty ? "." : folder, flags: O_RDONLY | O_DIRECTORY)
        guard fsync(handle.descriptor) == 0 else { throw failure(.unwritable, folder) }
    }

    static func failure(_ code: SpoolError.Code, _ path: String) -> SpoolError {
        let number = errno
        let remedy = number == ENOSPC || number == EDQUOT ? "; free room, or lower `retention`" : ""
        return SpoolError(code, path: path, reason: String(cString: strerror(number)) + remedy)
    }

    /// Removes a file; one that is not there is as good.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(.unwritable, path) }
    }
}
