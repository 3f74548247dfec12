import Fingerprinting
import SyncModel
import Testing

@Suite struct `What is marked of a refused row` {
    private let raw = Fingerprint.hash64("one")

    private func mark(_ codes: [String], raw: UInt64? = nil) -> RefusalMark? {
        codes.enumerated().reduce(nil) { earlier, item in
            RefusalMark(
                raw: raw ?? self.raw,
                code: item.element,
                run: RunID(rawValue: "run \(item.offset)"),
                after: earlier
            )
        }
    }

    @Test func `counts runs running in which it was refused for one reason`() {
        for times in 1...20 {
            let mark = mark(Array(repeating: "STRING_TOO_LONG", count: times))
            #expect(mark?.count == min(times, 15))
            #expect(mark?.rests == (times >= 5))
        }
    }

    @Test func `begins anew with another reason`() {
        #expect(mark(["A", "A", "A", "A", "B"])?.count == 1)
        #expect(mark(["A", "B", "A", "B", "A"])?.count == 1)
        #expect(mark(["A", "B", "B"])?.count == 2)
    }

    @Test func `counts a run once that has to begin again`() {
        let run = RunID(rawValue: "run")
        let first = RefusalMark(raw: raw, code: "A", run: run, after: nil)
        #expect(RefusalMark(raw: raw, code: "A", run: run, after: first) == first)
    }

    @Test func `knows the values that were refused, and only those`() {
        let mark = mark(["A"])
        #expect(mark?.isOf(raw: raw) == true)
        #expect(mark?.isOf(raw: Fingerprint.hash64("two")) == false)
        // A row whose values change goes on counting: the reason is the same.
        let other = Fingerprint.hash64("two")
        let changed = RefusalMark(raw: other, code: "A", run: RunID(rawValue: "next"), after: mark)
        #expect(changed.count == 2 && changed.isOf(raw: other) && !changed.isOf(raw: raw))
    }
}
