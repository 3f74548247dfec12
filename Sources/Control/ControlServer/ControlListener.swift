import FoundationEssentials
import Glibc

/// The listening socket: made by us, or handed over by the service manager.
///
/// Whoever runs the server owns its descriptor then.
package struct ControlListener: Sendable, Equatable {
    package var descriptor: Int32
    package var path: String

    /// Takes over a socket that listens already, at `path`.
    package static func adopt(descriptor: Int32, path: String) -> ControlListener {
        ControlListener(descriptor: descriptor, path: path)
    }

    /// Binds a socket at `path`, mode 0660, of `group`.
    ///
    /// One that a killed daemon left behind is replaced; anything else there is not touched.
    ///
    /// - Parameters:
    ///   - path: at most 107 bytes.
    ///   - group: nil: the process's own.
    ///   - backlog: connections that the kernel keeps waiting.
    /// - Returns: the socket, listening.
    /// - Throws: `ControlServerError`; `inUse` when somebody listens there.
    package static func bind(path: String, group: UInt32?, backlog: Int32 = 128) throws -> ControlListener {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !bytes.isEmpty, bytes.count <= room, !bytes.contains(0) else {
            throw ControlServerError(
                .bind,
                path: path,
                "a socket's path has 1 to \(room) bytes, this one has \(bytes.count)"
            )
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try removeRemains(at: path, address: address)

        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ControlServerError(.bind, path: path, errno: errno) }
        do {
            // The mode of the socket is that of its file: nobody but us can reach it until its group is set.
            try check(fchmod(descriptor, 0o600), path)
            try check(withSocketAddress(address) { Glibc.bind(descriptor, $0, $1) }, path)
            if let group { try check(chown(path, UInt32.max, group), path) }
            try check(chmod(path, 0o660), path)
            try check(listen(descriptor, backlog), path)
        } catch {
            close(descriptor)
            throw error
        }
        return ControlListener(descriptor: descriptor, path: path)
    }

    /// Takes the socket's file away, if it is a socket still.
    package func removeFile() {
        if Self.kind(at: path) == .typeSocket { unlink(path) }
    }

    // MARK: - Implementation

    private static func removeRemains(at path: String, address: sockaddr_un) throws {
        // Nothing there, or nothing that we may see: binding says which.
        guard let kind = kind(at: path) else { return }
        guard kind == .typeSocket else {
            throw ControlServerError(.bind, path: path, "something that is not a socket is in its place; move it away")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw ControlServerError(.bind, path: path, errno: errno) }
        defer { close(probe) }
        let answered = withSocketAddress(address) { connect(probe, $0, $1) } == 0 || errno == EAGAIN
        guard !answered else { throw ControlServerError(.inUse, path: path, "another process listens on it") }
        try check(unlink(path), path)
    }

    /// What is at the path itself, links not followed; nil where nothing is.
    private static func kind(at path: String) -> FileAttributeType? {
        // Losing the error is the wish: what cannot be looked at is not taken away.
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }

    private static func check(_ result: Int32, _ path: String) throws {
        guard result == 0 else { throw ControlServerError(.bind, path: path, errno: errno) }
    }
}

private func withSocketAddress<Result>(
    _ address: sockaddr_un,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
