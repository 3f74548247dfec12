import Dispatch
import Systemd

/// Asks the service manager for more time again and again, for a phase of the daemon's life whose length nobody knows.
///
/// On a timer of its own: what takes long may hold every thread of the pool.
final class TimeoutExtension: Sendable {
    // Made once and only ever cancelled, which any thread may do.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// - Parameters:
    ///   - voice: to the manager.
    ///   - longest: how long it asks at most.
    init(_ voice: ServiceVoice, atMost longest: Duration) {
        let end = ContinuousClock.now + longest
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "timeout-extension"))
        timer.schedule(deadline: .now(), repeating: .seconds(5))
        timer.setEventHandler {
            if ContinuousClock.now < end { voice.say([.extendTimeout(.seconds(15))]) }
        }
        timer.activate()
        self.timer = timer
    }

    /// The phase is over.
    func end() { timer.cancel() }
}
