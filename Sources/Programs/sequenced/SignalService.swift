import Glibc
import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// SIGTERM and SIGINT drain: the service ends, and with it, in order, all others.
///
/// A second one ends the process at once.
///
/// SIGHUP reloads.
struct SignalService: Service {
    let voice: ServiceVoice
    let logger: Logger
    /// How long the drain takes at most.
    let drain: @Sendable () -> Duration
    let reload: @Sendable () async -> Void
    /// Told once signals are heard; before that one would end the process as it stands.
    let onListening: @Sendable () -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        onListening()
        for await signal in signals {
            if signal == .sighup {
                await reload()
                continue
            }
            voice.say([
                .stopping, .status("stopping: what was sent is collected, the rest goes on after the next start"),
            ])
            // Told until the process ends: what it waits for may take as long as the drain.
            _ = TimeoutExtension(voice, atMost: drain() + .seconds(15))
            logger.notice("Daemon is stopping", metadata: ["sequenced.event": "stopping"])
            break
        }
        // What is stored is whole at any moment, so an impatient second signal may end the process as it stands.
        Glibc.signal(SIGTERM, SIG_DFL)
        Glibc.signal(SIGINT, SIG_DFL)
    }
}
