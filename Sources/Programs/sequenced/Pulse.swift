import ControlProtocol
import Dispatch
import Ledger
import Logging
import Sequencing
import ServiceLifecycle
import Synchronization
import Systemd

/// Feeds the watchdog for as long as scheduler, store and socket give signs of life.
///
/// Salesforce is none of them: a run that waits for it is not a daemon that hangs.
struct Pulse: Service {
    let conductor: Conductor
    let timekeeper: Timekeeper
    let socket: String
    let voice: ServiceVoice
    let status: StatusKeeper
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            if let interval = ServiceManager().watchdogInterval {
                await feed(every: interval)
            } else if voice.isHeard {
                // Without a watchdog the line of the status still ages.
                await Self.every(.seconds(30)) { status.hasChanged() }
            } else {
                await Self.every(.seconds(86_400)) {}
            }
        }
    }

    /// Whether scheduler and store answer, for those who ask over the socket.
    func isHealthy() async -> Bool {
        let stores = await isStoring()
        return await timekeeper.isTicking() && stores
    }

    // MARK: - Implementation

    private func feed(every interval: Duration) async {
        let pause = interval / 2
        let heart = Heart(Heartbeats(of: ["scheduler", "store", "socket"], patience: interval, now: .now))
        await withDiscardingTaskGroup { group in
            group.addTask {
                await Self.every(pause) { if await timekeeper.isTicking() { heart.beat("scheduler") } }
            }
            group.addTask { await Self.every(pause) { if await isStoring() { heart.beat("store") } } }
            group.addTask { await Self.every(pause) { if await isListening(interval / 4) { heart.beat("socket") } } }
            await Self.every(pause) {
                let silent = heart.silent
                if silent.isEmpty { voice.say([.watchdog]) } else { starve(silent) }
                // Its minutes have passed as well.
                status.hasChanged()
            }
            group.cancelAll()
        }
    }

    private func starve(_ silent: [String]) {
        let parts = silent.joined(separator: ", ")
        voice.say([.status("no sign of life from \(parts): the watchdog is not fed")])
        logger.error(
            "Watchdog is not fed",
            metadata: ["sequenced.event": "watchdog-starved", "sequenced.parts": "\(parts)"]
        )
    }

    private func isStoring() async -> Bool {
        do {
            try await conductor.parts.ledger.pulse()
            return true
        } catch {
            // The state answers, and be it with an error: what is broken is told by the runs that meet it.
            return !Task.isCancelled
        }
    }

    /// Asks the daemon's own socket, as any client does; on a thread of its own, for it blocks.
    private func isListening(_ patience: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            Self.thread.async {
                let answer = BriefRequest.answer(to: ControlPath.version, socket: socket, patience: patience)
                continuation.resume(returning: answer != nil)
            }
        }
    }

    private static let thread = DispatchQueue(label: "pulse")

    /// Goes on while the daemon drains: a slow end is not a hang.
    ///
    /// It ends with the task.
    private static func every(_ pause: Duration, _ action: () async -> Void) async {
        while !Task.isCancelled {
            await action()
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }
}

/// The beats as several tasks see them.
private final class Heart: Sendable {
    private let beats: Mutex<Heartbeats>

    init(_ beats: Heartbeats) { self.beats = Mutex(beats) }

    var silent: [String] { beats.withLock { $0.silent(at: .now) } }

    func beat(_ part: String) { beats.withLock { $0.beat(part, at: .now) } }
}
