import Glibc
import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// SIGTERM and SIGINT drain, a second one ends at once; SIGHUP reloads.
struct SignalService: Service {
    let group: ServiceGroup
    let voice: ServiceVoice
    let logger: Logger
    let reload: @Sendable () async -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        var isStopping = false
        for await signal in signals {
            if signal == .sighup {
                await reload()
                continue
            }
            if isStopping { _exit(0) }
            isStopping = true
            voice.say([
                .stopping, .status("stopping: what was sent is collected, the rest goes on after the next start"),
            ])
            logger.notice("Daemon is stopping", metadata: ["sequenced.event": "stopping"])
            await group.triggerGracefulShutdown()
        }
    }
}
