import CivilTime
import Scheduling
import SyncModel
import Testing

@Suite struct `What people are told` {
    private let time = Timestamp(microseconds: 0)

    private func run(_ state: RunState, rejected: Int = 0, resting: Int = 0, inDoubt: Int = 0) -> RunRecord {
        var step = StepRecord(sync: "accounts", object: "Account", state: .succeeded)
        step.counts.rejected = rejected
        step.counts.resting = resting
        step.counts.inDoubt = inDoubt
        return RunRecord(
            id: RunID(rawValue: "r"),
            sequence: "crm",
            state: state,
            trigger: .schedule,
            created: time,
            steps: [step]
        )
    }

    private func events(_ notices: [NoticeBoard.Notice]) -> [NotificationDefinition.Event] { notices.map(\.event) }

    @Test func `of failures is told once, and once when they are over`() {
        var board = NoticeBoard()
        #expect(events(board.ended(run(.succeeded), at: time)).isEmpty)
        #expect(events(board.ended(run(.failed), at: time)) == [.failed])
        #expect(events(board.ended(run(.timedOut), at: time)).isEmpty)
        #expect(events(board.ended(run(.cancelled), at: time)).isEmpty)
        #expect(events(board.ended(run(.partial), at: time)) == [.recovered])
        #expect(events(board.ended(run(.failed), at: time)) == [.failed])
    }

    @Test func `of rows is told when there are some after none`() {
        var board = NoticeBoard()
        #expect(events(board.ended(run(.partial, rejected: 2), at: time)) == [.rejected])
        #expect(events(board.ended(run(.partial, rejected: 3), at: time)).isEmpty)
        #expect(events(board.ended(run(.succeeded), at: time)).isEmpty)
        #expect(events(board.ended(run(.partial, rejected: 1, inDoubt: 1), at: time)) == [.rejected, .inDoubt])
    }

    @Test func `of rows that rest is nothing, and they are rejected still`() {
        var board = NoticeBoard()
        #expect(events(board.ended(run(.partial, rejected: 2), at: time)) == [.rejected])
        #expect(events(board.ended(run(.partial, resting: 2), at: time)).isEmpty)
        // Once a day they are tried.
        #expect(events(board.ended(run(.partial, rejected: 2), at: time)).isEmpty)
        #expect(events(board.ended(run(.succeeded), at: time)).isEmpty)
        #expect(events(board.ended(run(.partial, rejected: 1), at: time)) == [.rejected])
    }

    @Test func `of lateness, missed elapses and overruns is told by change, too`() {
        var board = NoticeBoard()
        #expect(events(board.queued("crm", reason: "late", isLate: true, at: time)) == [.late])
        #expect(events(board.queued("crm", reason: "late", isLate: true, at: time)).isEmpty)
        #expect(events(board.queued("crm", reason: nil, isLate: false, at: time)).isEmpty)
        #expect(events(board.queued("crm", reason: "late", isLate: true, at: time)) == [.late])
        #expect(events(board.ended(run(.missed), at: time)) == [.missed])
        #expect(events(board.ended(run(.missed), at: time)).isEmpty)
        #expect(events(board.ended(run(.succeeded), at: time)) == [.recovered])
        let id = RunID(rawValue: "r")
        #expect(events(board.overran("crm", id, reason: nil, at: time)) == [.overrun])
        #expect(events(board.ended(run(.succeeded), at: time)).isEmpty)
        #expect(events(board.overran("crm", id, reason: nil, at: time)).isEmpty)
        _ = board.ended(run(.succeeded), at: time)
        _ = board.ended(run(.succeeded), at: time)
        #expect(events(board.overran("crm", id, reason: nil, at: time)) == [.overrun])
    }
}
