import ControlAnswers
import Sequencing
import ServiceLifecycle
import Synchronization
import Systemd

/// Keeps the line that `systemctl status` shows true: said anew when something has happened, and as its minutes pass.
final class StatusKeeper: Service {
    private let conductor: Conductor
    private let voice: ServiceVoice
    private let warnings: @Sendable () async -> [String]
    private let said = Mutex("")
    private let changes: AsyncStream<Void>
    private let notify: AsyncStream<Void>.Continuation

    init(conductor: Conductor, voice: ServiceVoice, warnings: @escaping @Sendable () async -> [String]) {
        self.conductor = conductor
        self.voice = voice
        self.warnings = warnings
        // However many changes: one look at how things stand after them.
        (changes, notify) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// One true line on how things stand.
    func line() async -> String {
        do {
            let standings = try await conductor.statuses(lastOf: [])
            return StatusLine.text(standings, warnings: await warnings(), at: conductor.parts.clock.now)
        } catch {
            return "the state cannot be read: \(error)"
        }
    }

    /// Something has happened: the line is looked at soon.
    func hasChanged() { notify.yield() }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in changes { await say() }
        } onGracefulShutdown: {
            self.notify.finish()
        }
    }

    /// Says the line if it is another than the one that was said last.
    private func say() async {
        let line = await line()
        let isNew = said.withLock { said in
            defer { said = line }
            return said != line
        }
        if isNew { voice.say([.status(line)]) }
    }
}
