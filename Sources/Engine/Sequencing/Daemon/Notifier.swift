internal import CivilTime
internal import Foundation
internal import Hooks
internal import Ledger
internal import Logging
internal import Scheduling
internal import ServiceLifecycle
internal import SyncModel

/// Tells commands and webhooks what happened, once per change of state; one that hangs or fails harms nobody.
package actor Notifier: Service {
    private let conductor: Conductor
    private let limit: Duration
    private var board = NoticeBoard()
    private var underWay = 0
    /// The stream begins with the notifier, so that nothing is lost before it runs.
    private nonisolated let announcements: AsyncStream<EventHub.Announcement>

    /// `limit`: how long a hook may take.
    package init(conductor: Conductor, limit: Duration = .seconds(30)) {
        self.conductor = conductor
        self.limit = limit
        announcements = conductor.parts.events.announcements(keeping: 16_384)
    }

    package func run() async throws {
        if let text = try await conductor.parts.ledger.value(Self.key) {
            // What can't be read is told once more, which is all that is lost.
            board = (try? JSONDecoder().decode(NoticeBoard.self, from: Data(text.utf8))) ?? NoticeBoard()
        }
        await withDiscardingTaskGroup { group in
            for await announcement in announcements.cancelOnGracefulShutdown() {
                for (notice, definition) in await hear(announcement) {
                    guard underWay < Self.together else {
                        await failed(notice, "too many hooks are under way")
                        continue
                    }
                    underWay += 1
                    group.addTask { await self.tell(notice, definition) }
                }
            }
            group.cancelAll()
        }
    }

    // MARK: - Implementation

    private static let key = "notices"
    private static let together = 64

    /// What is to be told, to whom.
    private func hear(
        _ announcement: EventHub.Announcement
    ) async -> [(notice: NoticeBoard.Notice, definition: NotificationDefinition)] {
        let event = announcement.event
        guard let sequence = event.sequence ?? announcement.run?.sequence else { return [] }
        let before = board
        var notices: [NoticeBoard.Notice] = []
        switch event.kind {
        case "run-late": notices = board.queued(sequence, reason: event.reason, isLate: true, at: event.time)
        case "run-queued":
            guard announcement.run?.trigger == .schedule else { return [] }
            notices = board.queued(sequence, reason: nil, isLate: false, at: event.time)
        case "window-overrun": notices = board.overran(sequence, event.run, reason: event.reason, at: event.time)
        case "approval-needed": notices = board.asked(sequence, event.run, reason: event.reason, at: event.time)
        default:
            guard event.kind.hasPrefix("run-"), let run = announcement.run, run.state.hasEnded else { return [] }
            notices = board.ended(run, at: event.time)
        }
        if board != before { await keep() }
        let definitions = await conductor.definitions
        let written = (definitions.sequences[sequence]?.notify ?? []) + definitions.settings.notify
        return notices.flatMap { notice in
            written.filter { $0.events.contains(notice.event) }.map { (notice, $0) }
        }
    }

    private func keep() async {
        do {
            let text = String(decoding: try JSONEncoder().encode(board), as: UTF8.self)
            try await conductor.parts.ledger.setValue(text, for: Self.key)
        } catch {
            Logger.current.error("What was told can't be kept", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ notice: NoticeBoard.Notice, _ definition: NotificationDefinition) async {
        defer { underWay -= 1 }
        do {
            let text = try Self.json(notice)
            switch definition.way {
            case .command(let words): try await CommandHook(words, limit: limit).run(text)
            case .webhook(let address): try await WebHook(address, limit: limit).post(text)
            }
        } catch {
            await failed(notice, "\(error)")
        }
    }

    private func failed(_ notice: NoticeBoard.Notice, _ reason: String) async {
        let event = LedgerEvent(
            time: conductor.parts.clock.now,
            kind: "hook-failed",
            run: notice.run,
            sequence: notice.sequence,
            reason: "\(notice.event.rawValue): \(reason)"
        )
        do {
            try await conductor.tell(event)
        } catch {
            Logger.current.error("Hook failed", metadata: ["reason": "\(reason)", "error": "\(error)"])
        }
    }

    /// The event as hooks read it.
    private static func json(_ notice: NoticeBoard.Notice) throws -> [UInt8] {
        struct Document: Encodable {
            var schema = 1
            var event: String
            var sequence: String
            var run: String?
            var state: String?
            var reason: String?
            var time: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            event: notice.event.rawValue,
            sequence: notice.sequence,
            run: notice.run?.rawValue,
            state: notice.state,
            // As much as says what it is; a pipe takes no more anyhow.
            reason: notice.reason.map { String($0.prefix(4_000)) },
            time: notice.time.rfc3339
        )
        return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
    }
}
