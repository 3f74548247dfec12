import CHost
import Glibc
import NIOCore

/// The kernel's word on who opened a connection, as it was then.
///
/// By uid and groups, never by pid, which may be somebody else's by now.
package struct Peer: Sendable, Equatable {
    package var uid: UInt32
    package var gid: UInt32
    package var groups: Set<UInt32>

    package init(uid: UInt32, gid: UInt32, groups: Set<UInt32> = []) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// Asks the kernel about the other end of a connected Unix socket.
    package init(socket: Int32) throws {
        var credentials = sequenced_peer()
        guard sequenced_peer_credentials(socket, &credentials) == 0 else {
            throw ControlServerError(.peer, errno: errno)
        }
        // NGROUPS_MAX of Linux is 65536; nearly everybody is in less than 64.
        for capacity in [64, 65_536] {
            var groups = [UInt32](repeating: 0, count: capacity)
            let count = sequenced_peer_groups(socket, &groups, Int32(capacity))
            if count >= 0 {
                self.init(uid: credentials.uid, gid: credentials.gid, groups: Set(groups[..<Int(count)]))
                return
            }
            guard errno == ERANGE else { break }
        }
        throw ControlServerError(.peer, errno: errno)
    }

    /// Asks the kernel about the other end of `channel`; on its event loop.
    static func of(_ channel: any Channel) throws -> Peer {
        let peer = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: NIOBSDSocket.Handle) in
            try Peer(socket: socket)
        }
        guard let peer else { throw ControlServerError(.peer, "the connection has no socket") }
        return peer
    }
}

/// Who asks, and what they may.
package struct Caller: Sendable, Equatable {
    package var uid: UInt32
    /// The user's name; the number as text where it has none.
    package var name: String
    package var groups: Set<UInt32>
    /// Nil: none; such a caller learns that the daemon is there, and nothing else.
    package var role: Role?

    package init(uid: UInt32, name: String, groups: Set<UInt32> = [], role: Role?) {
        self.uid = uid
        self.name = name
        self.groups = groups
        self.role = role
    }
}
