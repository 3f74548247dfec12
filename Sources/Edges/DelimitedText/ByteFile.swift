import Glibc

/// A regular file's bytes in chunks of 1 MiB, and whether it stayed as it was meanwhile.
struct ByteFile: ~Copyable {
    private let descriptor: Int32
    private let chunk: UnsafeMutableRawBufferPointer
    private let state: State

    private struct State: Equatable {
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init(_ facts: stat) {
            size = Int(facts.st_size)
            seconds = facts.st_mtim.tv_sec
            nanoseconds = facts.st_mtim.tv_nsec
        }
    }

    /// - Throws: `DelimitedTextError` when it cannot be opened or is no regular file.
    init(_ path: String) throws {
        // Not blocking, so that a named pipe without a writer is refused instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(errno) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.unreadable(code)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DelimitedTextError(.unreadable, "it is not a regular file")
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        self.descriptor = descriptor
        state = State(facts)
        chunk = .allocate(byteCount: 1 << 20, alignment: 64)
    }

    deinit {
        chunk.deallocate()
        close(descriptor)
    }

    /// The next bytes, valid until the call after; nil at the end.
    mutating func next() throws -> UnsafeRawBufferPointer? {
        while true {
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            if count > 0 { return UnsafeRawBufferPointer(rebasing: chunk[..<count]) }
            if count == 0 { return nil }
            if errno != EINTR { throw Self.unreadable(errno) }
        }
    }

    /// - Throws: `DelimitedTextError` when the file was written to since it was opened.
    func checkUnchanged() throws {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Self.unreadable(errno) }
        if State(facts) != state {
            throw DelimitedTextError(
                .changedWhileRead,
                "the file was written to while it was read; write a new file beside it and rename it"
            )
        }
    }

    // MARK: - Implementation

    private static func unreadable(_ code: Int32) -> DelimitedTextError {
        let reason = String(cString: strerror(code))
        let remedy = code == EACCES ? "; let the daemon's user read it" : ""
        return DelimitedTextError(.unreadable, reason + remedy)
    }
}
