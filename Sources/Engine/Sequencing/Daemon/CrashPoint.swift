internal import Foundation
internal import Synchronization

/// Named places at which a test may kill the process; a release build has none.
package enum CrashPoint {
    /// Ends the process at once, as a power cut would, when the environment names this point: `NAME`, or `NAME:3` for the third time.
    ///
    /// A file that `SEQUENCED_CRASH_TRACE` names gets a line for every point that is passed.
    package static func reached(_ name: StaticString) {
        #if DEBUG
        if let trace {
            let line = "\(name)\n"
            // One write: lines of several threads do not mix.
            _ = line.withCString { write(trace, $0, strlen($0)) }
        }
        guard let chosen, chosen.name == "\(name)" else { return }
        let isDue = passed.withLock { passed in
            passed += 1
            return passed == chosen.time
        }
        if isDue { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
    private static let passed = Mutex(0)
    private static let chosen: (name: String, time: Int)? = {
        guard let text = ProcessInfo.processInfo.environment["SEQUENCED_CRASH_POINT"] else { return nil }
        let parts = text.split(separator: ":")
        guard let name = parts.first else { return nil }
        return (String(name), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
    private static let trace: Int32? = {
        guard let path = ProcessInfo.processInfo.environment["SEQUENCED_CRASH_TRACE"] else { return nil }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return file < 0 ? nil : file
    }()
    #endif
}
