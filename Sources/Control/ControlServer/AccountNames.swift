import Glibc
import NIOPosix
import Synchronization

/// The names of users, asked of the host once each: the host may ask a directory server, and takes its time.
final class AccountNames: Sendable {
    /// So many are remembered; a host has fewer operators.
    private static let most = 1_024

    private let known = Mutex<[UInt32: String]>([:])

    /// The user's name; the number as text where it has none.
    func name(of uid: UInt32) async -> String {
        if let name = known.withLock({ $0[uid] }) { return name }
        // Losing the error loses the name only: the number says who it was.
        let name = (try? await NIOThreadPool.singleton.runIfActive { Self.lookUp(uid) }) ?? String(uid)
        known.withLock { names in
            if names.count >= Self.most { names.removeAll() }
            names[uid] = name
        }
        return name
    }

    private static func lookUp(_ uid: UInt32) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard let room = buffer.baseAddress, getpwuid_r(uid, &entry, room, buffer.count, &found) == 0, found != nil,
                let name = entry.pw_name
            else { return nil }
            return String(cString: name)
        }
    }
}

/// The number of a group; nil where the host has none of that name.
///
/// May wait for a directory server.
package func groupNumber(named name: String) -> UInt32? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 20) { buffer in
        guard let room = buffer.baseAddress, getgrnam_r(name, &entry, room, buffer.count, &found) == 0, found != nil
        else { return nil }
        return entry.gr_gid
    }
}
