import CSystemd
import Glibc

/// A descriptor that was handed to this process: by a `.socket` unit, or back from the manager's store.
package struct PassedDescriptor: Sendable, Equatable {
    package var number: Int32
    package var name: String

    package init(number: Int32, name: String) {
        self.number = number
        self.name = name
    }

    /// Whether it is a listening stream socket of the Unix family, wherever it is bound.
    package var isUnixListener: Bool {
        sd_is_socket_unix(number, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0
    }

    /// The path at which it is bound, of a socket of the Unix family; nil for one that has none.
    package var boundPath: String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let path = withUnsafeBytes(of: address.sun_path) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return path.isEmpty ? nil : path
    }

    /// All that were handed over, in order; later calls find none, and no child inherits them.
    ///
    /// - Throws: `SystemdError` when the environment speaks of descriptors that are not there.
    package static func takeAll() throws -> [PassedDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else {
            throw SystemdError(.descriptors, "take the descriptors that were passed", String(cString: strerror(-count)))
        }
        defer {
            if let names {
                for index in 0..<Int(count) { free(names[index]) }
                free(names)
            }
        }
        return (0..<count).map { index in
            let name = names.flatMap { $0[Int(index)] }.map { String(cString: $0) }
            return PassedDescriptor(number: SD_LISTEN_FDS_START + index, name: name ?? "unknown")
        }
    }
}
