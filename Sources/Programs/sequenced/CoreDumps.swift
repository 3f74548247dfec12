internal import CHost
import Glibc

/// A dump of the daemon's memory would hold its secrets: there is none.
enum CoreDumps {
    /// Holds for this process, with a service manager or without; the commands that it runs have theirs.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        // Lowering one's own limit is never refused.
        _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
        // A dump that goes through a pipe asks for no limit. Nor is this ever refused.
        _ = sequenced_hide_memory()
    }
}
