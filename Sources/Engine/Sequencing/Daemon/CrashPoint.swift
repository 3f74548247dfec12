internal import Foundation

/// Named places at which a test may kill the process; a release build has none.
package enum CrashPoint {
    /// Ends the process at once, as a power cut would, when the environment names this point.
    package static func reached(_ name: StaticString) {
        #if DEBUG
        if let wanted = chosen, wanted == "\(name)" { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
    private static let chosen = ProcessInfo.processInfo.environment["SEQUENCED_CRASH_POINT"]
    #endif
}
