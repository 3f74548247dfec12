import CivilTime
import ControlAnswers
import Ledger
import SyncModel
import Testing

@Suite struct `An event in words` {
    private let now = Timestamp(seconds: 1_700_000_000)

    @Test func `names its sequence, what happened, and why`() {
        let event = LedgerEvent(time: now, kind: "run-waiting", sequence: "crm", reason: "window scoring until 02:45")
        #expect(EventSentence.text(event) == "crm: run waits: window scoring until 02:45")
    }

    @Test func `names its step and who asked for it`() {
        let step = LedgerEvent(time: now, kind: "step-reading", sequence: "crm", sync: "contacts")
        #expect(EventSentence.text(step) == "crm/contacts: reads its model")
        let pause = LedgerEvent(
            time: now,
            kind: "sequence-paused",
            sequence: "crm",
            actor: Actor(uid: 1_000, name: "ada")
        )
        #expect(EventSentence.text(pause) == "crm: schedule paused by ada")
    }

    @Test func `of a run that has ended has its counts`() {
        var step = StepRecord(sync: "contacts", object: "Contact", state: .partial)
        step.counts.created = 12
        step.counts.rejected = 3
        step.counts.apiCalls = 7
        let run = RunRecord(
            id: RunID(rawValue: "r1"),
            sequence: "crm",
            state: .partial,
            trigger: .manual,
            created: now,
            steps: [step]
        )
        let event = LedgerEvent(time: now, kind: "run-partial", sequence: "crm")
        let text = EventSentence.text(event, run: run)
        #expect(text == "crm: run left rows behind (12 created, 3 rejected, 7 API calls)")
    }

    @Test func `of a kind that is not known is its kind in plain words`() {
        let event = LedgerEvent(time: now, kind: "moon-rose", sequence: "crm")
        #expect(EventSentence.text(event) == "crm: moon rose")
    }
}
