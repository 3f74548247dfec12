import CivilTime
import Ledger
import Logging
import Sequencing
import ServiceLifecycle
import SyncModel
import Systemd

/// Tells the journal and the service manager what the engine has stored, and feeds the watchdog while the engine answers.
struct EventTeller: Service {
    let conductor: Conductor
    let voice: ServiceVoice
    let logger: Logger

    func run() async throws {
        let announcements = conductor.parts.events.announcements()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await feedWatchdog() }
                for await announcement in announcements { await tell(announcement) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            conductor.parts.events.finish()
        }
    }

    /// One true line on how things stand.
    func statusLine() async -> String {
        do {
            let standings = try await conductor.statuses()
            var parts: [String] = []
            let running = standings.filter { $0.state == .running || $0.state == .stopping }
            if !running.isEmpty { parts.append("\(running.count) running") }
            for standing in standings where standing.state == .waiting {
                let until = standing.waitingFor?.until.map { " until \($0.rfc3339)" } ?? ""
                parts.append("\(standing.name) waits: \(standing.waitingFor?.reason ?? "")\(until)")
            }
            let next = standings.filter { $0.next != nil }.min {
                ($0.next?.seconds ?? .max) < ($1.next?.seconds ?? .max)
            }
            if let next, let time = next.next {
                let left = time - conductor.parts.clock.now
                parts.append("next \(next.name) in \(left.roughText)")
            }
            return parts.isEmpty ? "idle" : parts.joined(separator: " · ")
        } catch {
            return "the state can't be read: \(error)"
        }
    }

    /// OpenMetrics text.
    func metrics() async -> String {
        var lines = ["# TYPE sequenced_sequences gauge"]
        do {
            let standings = try await conductor.statuses()
            for state in ["idle", "queued", "waiting", "running", "stopping"] {
                let count = standings.filter { $0.state.rawValue == state }.count
                lines.append("sequenced_sequences{state=\"\(state)\"} \(count)")
            }
        } catch {
            lines.append("# the state can't be read")
        }
        return lines.joined(separator: "\n") + "\n# EOF\n"
    }

    // MARK: - Implementation

    private func tell(_ announcement: EventHub.Announcement) async {
        let event = announcement.event
        var metadata: Logger.Metadata = ["sequenced.event": "\(Self.journalKind(event.kind))"]
        if let run = event.run { metadata["sequenced.run"] = "\(run)" }
        if let sequence = event.sequence { metadata["sequenced.sequence"] = "\(sequence)" }
        if let sync = event.sync { metadata["sequenced.sync"] = "\(sync)" }
        if let state = event.state { metadata["sequenced.state"] = "\(state)" }
        if let reason = event.reason { metadata["sequenced.reason"] = "\(reason)" }
        let subject = [event.sequence, event.sync].compactMap(\.self).joined(separator: "/")
        let words = "\(subject) \(event.kind)\(event.reason.map { ": \($0)" } ?? "")"
        logger.log(level: Self.level(event.kind), "\(words)", metadata: metadata)
        voice.say([.status(await statusLine())])
    }

    private func feedWatchdog() async {
        guard let interval = ServiceManager().watchdogInterval else { return }
        while !Task.isCancelled {
            // The heartbeat is the engine's and the state's own answer: a daemon that hangs does not feed it.
            if (try? await conductor.statuses()) != nil { voice.say([.watchdog]) }
            do {
                try await Task.sleep(for: interval / 2)
            } catch {
                return
            }
        }
    }

    private static func level(_ kind: String) -> Logger.Level {
        switch kind {
        case "run-failed", "run-timed-out", "step-failed": .error
        case "run-missed", "run-partial", "warning", "approval-needed": .warning
        case _ where kind.hasPrefix("run-"): .notice
        default: .info
        }
    }

    /// The catalog's name of an event where it has one.
    private static func journalKind(_ kind: String) -> String {
        kind == "run-running" ? JournalEvent.runStarted.rawValue : kind
    }
}
