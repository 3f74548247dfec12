import Glibc

/// A dump of the daemon's memory would hold its secrets: there is none.
enum CoreDumps {
    /// Holds for this process; what collects dumps for the system keeps to it too.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        // Lowering one's own limit is never refused.
        _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    }
}
