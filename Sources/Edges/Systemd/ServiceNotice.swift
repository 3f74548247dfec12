/// One thing that a service tells its manager (sd_notify(3)).
package enum ServiceNotice: Sendable, Equatable {
    /// Start or reload is done; it follows a reload that was refused too, or the unit hangs in `reloading`.
    case ready
    /// With the monotonic clock of the moment, in microseconds, which newer managers ask for.
    case reloading(monotonic: UInt64)
    case stopping
    /// One line for `systemctl status`.
    case status(String)
    /// Gives the present phase, start or stop, this much longer from now.
    case extendTimeout(Duration)
    case watchdog
    /// Declares the service broken: it is killed and started again.
    case watchdogTrigger
    /// Why it is about to end, as errno.
    case failure(errno: Int32)
    /// Keeps the descriptor that comes with the message over restarts.
    case storeDescriptor(name: String)
    case removeDescriptor(name: String)

    /// The lines of the message, without line ends.
    package var lines: [String] {
        switch self {
        case .ready: ["READY=1"]
        case .reloading(let monotonic): ["RELOADING=1", "MONOTONIC_USEC=\(monotonic)"]
        case .stopping: ["STOPPING=1"]
        case .status(let text): ["STATUS=" + Self.line(text)]
        case .extendTimeout(let duration): ["EXTEND_TIMEOUT_USEC=\(Self.microseconds(duration))"]
        case .watchdog: ["WATCHDOG=1"]
        case .watchdogTrigger: ["WATCHDOG=trigger"]
        case .failure(let number): ["ERRNO=\(number)"]
        // FDPOLL=0: the manager would else drop a listener whose peer side looks closed.
        case .storeDescriptor(let name): ["FDSTORE=1", "FDNAME=\(name)", "FDPOLL=0"]
        case .removeDescriptor(let name): ["FDSTOREREMOVE=1", "FDNAME=\(name)"]
        }
    }

    // MARK: - Implementation

    /// The text as one line: what would end it, or what a terminal would obey, becomes a blank.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
