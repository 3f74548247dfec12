internal import Glibc

/// An open file of the snapshot; closed with its owner.
///
/// Reads and writes say where, so it has no position.
final class SnapshotDescriptor: Sendable {
    let descriptor: Int32
    let path: String

    init(path: String, flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(flags & O_CREAT == 0 ? .unreadable : .unwritable, path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

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
                throw SnapshotError(.damaged, path: path, reason: "it ends at byte \(offset + done), too early")
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

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, size) == 0 else { throw Self.failure(.unwritable, path) }
    }

    /// Durable when this returns.
    func synchronize() throws {
        guard fdatasync(descriptor) == 0 else { throw Self.failure(.unwritable, path) }
    }

    /// Whether the path still names this file, and the file ends where its owner thinks: nobody else has written meanwhile.
    func isCurrent(size: Int) -> Bool {
        var own = stat()
        var named = stat()
        return fstat(descriptor, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino
            && Int(own.st_size) == size
    }

    static func failure(_ code: SnapshotError.Code, _ path: String) -> SnapshotError {
        SnapshotError(code, path: path, reason: String(cString: strerror(errno)))
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) != 0 {
            guard errno == EEXIST else { throw failure(.unwritable, path) }
            return
        }
        try synchronize(folder: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
    }

    /// Makes the names in a folder durable.
    static func synchronize(folder: String) throws {
        let handle = try SnapshotDescriptor(path: folder, flags: O_RDONLY | O_DIRECTORY)
        guard fsync(handle.descriptor) == 0 else { throw failure(.unwritable, folder) }
    }

    /// Puts `new` in the place of `old` at once and durably.
    static func replace(_ old: String, by new: String, inFolder folder: String) throws {
        guard rename(new, old) == 0 else { throw failure(.unwritable, old) }
        try synchronize(folder: folder)
    }

    /// Removes a file; one that is not there is as good.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(.unwritable, path) }
    }
}
