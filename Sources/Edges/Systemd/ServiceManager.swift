import CSystemd
import Glibc

/// The service manager that started the process, if one did.
///
/// A process that nobody supervises sends into nothing, and says so: `send` returns false.
package struct ServiceManager: Sendable {
    package init() {}

    /// Tells the manager all of `notices` in one message.
    ///
    /// - Parameters:
    ///   - notices: at most one of ready, reloading and stopping, or the last one holds.
    ///   - descriptor: goes along; for `storeDescriptor`.
    /// - Returns: whether there is a manager that listens.
    /// - Throws: `SystemdError` when the message could not be handed over.
    @discardableResult
    package func send(_ notices: [ServiceNotice], descriptor: Int32? = nil) throws -> Bool {
        let message = notices.flatMap(\.lines).joined(separator: "\n")
        let result = [descriptor].compactMap(\.self).withUnsafeBufferPointer { descriptors in
            sd_pid_notify_with_fds(0, 0, message, descriptors.baseAddress, UInt32(descriptors.count))
        }
        guard result >= 0 else {
            throw SystemdError(.notify, "notify the service manager", String(cString: strerror(-result)))
        }
        return result > 0
    }

    /// How often the watchdog wants to hear from us at least; feed it at half of that.
    ///
    /// Nil: it does not watch.
    package var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// The clock that `ServiceNotice.reloading` asks for.
    package static func monotonicMicroseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
    }
}
