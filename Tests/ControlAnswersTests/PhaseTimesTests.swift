import CivilTime
import Ledger
import SyncModel
import Testing

@testable import ControlAnswers

@Suite struct `The time in each phase` {
    private func event(_ second: Int64, _ kind: String, _ sync: String? = "accounts") -> LedgerEvent {
        LedgerEvent(time: Timestamp(microseconds: second * 1_000_000), kind: kind, sync: sync)
    }

    @Test func `is from one event of the step to its next`() {
        let times = PhaseTimes(
            [
                event(0, "step-reading"), event(0, "step-reading", "contacts"), event(2, "step-planning"),
                event(3, "step-waiting"), event(3, "run-waiting", nil), event(10, "step-pushing"),
                event(11, "step-awaiting-approval"), event(15, "step-pushing"), event(16, "step-succeeded"),
            ],
            end: Timestamp(microseconds: 20_000_000)
        )
        #expect(
            times["accounts"] == ["reading": 2, "planning": 1, "waiting": 11, "pushing": 2, "collecting": 0]
        )
        #expect(times["contacts"]["reading"] == 20, "what has not ended counts up to now")
        #expect(times["none"]["pushing"] == 0, "each phase has its key")
    }
}
