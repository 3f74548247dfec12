import CivilTime
import ControlAnswers
import Sequencing
import Testing

@Suite struct `The status line` {
    private let now = Timestamp(seconds: 1_700_000_000)

    private func standing(
        _ name: String,
        _ state: SequenceStanding.State = .idle,
        next: Duration? = nil,
        waits: String? = nil,
        isPaused: Bool = false
    ) -> SequenceStanding {
        SequenceStanding(
            name: name,
            state: state,
            next: next.map { now + $0 },
            waitingFor: waits.map { SequenceStanding.Wait(reason: $0) },
            isPaused: isPaused
        )
    }

    @Test func `says what runs, what waits and for what, and what comes next`() {
        let line = StatusLine.text(
            [
                standing("crm", next: .seconds(11_520)), standing("a", .running), standing("b", .stopping),
                standing("contacts", .waiting, waits: "window scoring until 02:45"),
                standing("c", next: .seconds(90_000)),
            ],
            at: now
        )
        #expect(line == "2 running · contacts waits for window scoring until 02:45 · next crm in 3h 12min")
    }

    @Test func `waits for nothing that is not reached`() {
        let line = StatusLine.text([standing("crm", .waiting, waits: "Salesforce not reached: refused")], at: now)
        #expect(line == "crm waits: Salesforce not reached: refused")
    }

    @Test func `is never empty`() {
        #expect(StatusLine.text([], at: now) == "no sequence is defined")
        #expect(StatusLine.text([standing("a")], at: now) == "idle, nothing is scheduled")
    }

    @Test func `says what an operator must know, after how things stand`() {
        let line = StatusLine.text(
            [standing("a", isPaused: true)],
            warnings: ["the last reload was refused"],
            at: now
        )
        #expect(line == "1 paused · the last reload was refused")
    }

    @Test func `never speaks of a time that has passed`() {
        #expect(StatusLine.text([standing("a", next: .seconds(-5))], at: now) == "a is due")
    }

    @Test func `names a few that wait, and counts the rest`() {
        let line = StatusLine.text((1...9).map { standing("s\($0)", .waiting, waits: "quota") }, at: now)
        #expect(line == "s1 waits for quota · s2 waits for quota · s3 waits for quota · 6 more wait")
    }
}
