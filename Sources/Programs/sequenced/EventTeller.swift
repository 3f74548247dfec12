import ControlAnswers
import Ledger
import Logging
import Sequencing
import ServiceLifecycle
import SyncModel
import Systemd

/// Tells the journal, the metrics and the service manager what the engine has stored.
struct EventTeller: Service {
    let conductor: Conductor
    let voice: ServiceVoice
    let meters: DaemonMeters
    let status: StatusKeeper
    let logger: Logger

    func run() async throws {
        let announcements = conductor.parts.events.announcements()
        await withGracefulShutdownHandler {
            for await announcement in announcements {
                tell(announcement)
                if let run = announcement.run, run.state.hasEnded, announcement.event.sync == nil { meters.ended(run) }
                status.hasChanged()
            }
        } onGracefulShutdown: {
            conductor.parts.events.finish()
        }
    }

    // MARK: - Implementation

    private func tell(_ announcement: EventHub.Announcement) {
        let event = announcement.event
        var metadata: Logger.Metadata = ["sequenced.event": "\(Self.journalKind(event.kind))"]
        if let run = event.run { metadata["sequenced.run"] = "\(run)" }
        if let sequence = event.sequence { metadata["sequenced.sequence"] = "\(sequence)" }
        if let state = event.state { metadata["sequenced.state"] = "\(state)" }
        if let reason = event.reason { metadata["sequenced.reason"] = "\(reason)" }
        if let actor = event.actor {
            metadata["sequenced.actor_uid"] = "\(actor.uid)"
            metadata["sequenced.actor_name"] = "\(actor.name)"
        }
        if let sync = event.sync {
            metadata["sequenced.sync"] = "\(sync)"
            // A step is called by the name of any of its syncs.
            metadata["sequenced.step"] = "\(sync)"
            if let object = announcement.run?.steps.first(where: { $0.sync == sync })?.object, !object.isEmpty {
                metadata["sequenced.object"] = "\(object)"
            }
        }
        let sentence = EventSentence.text(event, run: announcement.run)
        logger.log(level: Self.level(event.kind), "\(sentence)", metadata: metadata)
    }

    private static func level(_ kind: String) -> Logger.Level {
        switch kind {
        case "run-failed", "run-timed-out", "step-failed", "step-timed-out": .error
        case "run-missed", "run-partial", "run-interrupted", "step-partial", "step-awaiting-approval", "warning",
            "approval-needed":
            .warning
        case _ where kind.hasPrefix("run-"), _ where !kind.hasPrefix("step-"): .notice
        default: .info
        }
    }

    /// The catalog's name of an event.
    private static func journalKind(_ kind: String) -> String {
        kind == "run-running" ? JournalEvent.runStarted.rawValue : kind
    }
}
