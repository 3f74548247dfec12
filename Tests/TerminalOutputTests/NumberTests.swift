import TerminalOutput
import Testing

@Suite struct `A number` {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `has its thousands apart`(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test func `and as a count its noun`() {
        #expect(1.counted("row") == "1 row")
        #expect(0.counted("row") == "0 rows")
        #expect(2_000.counted("row") == "2,000 rows")
    }
}

@Suite struct `Progress` {
    @Test(arguments: [
        (ProgressBar(done: 0, total: nil, rate: nil), "0 rows"),
        (ProgressBar(done: 5, total: 0, rate: nil), "5/0 rows"),
        (ProgressBar(done: 1_200, total: 5_000, rate: 310), "1,200/5,000 rows  24%  310 rows/s  12s left"),
        (ProgressBar(done: 6_000, total: 5_000, rate: 310), "6,000/5,000 rows  100%  310 rows/s"),
        (ProgressBar(done: 10, total: 20, rate: 0), "10/20 rows  50%"),
    ])
    func `says rows, share, rate and time left, as far as they are known`(bar: ProgressBar, text: String) {
        #expect(bar.text == text)
    }

    @Test func `is drawn over its width`() {
        #expect(ProgressBar(done: 1, total: 4, rate: nil).bar(width: 8, isUnicode: true) == "━━──────")
        #expect(ProgressBar(done: 9, total: 4, rate: nil).bar(width: 4, isUnicode: false) == "####")
        #expect(ProgressBar(done: 9, total: nil, rate: nil).bar(width: 4, isUnicode: false) == "----")
    }

    @Test func `is drawn again in its place, lines cut, leavings cleared`() {
        var live = LiveLines()
        let terminal = Terminal(isInteractive: true, width: 5)
        #expect(live.redraw(["one", "twentytwo"], on: terminal) == "\u{1B}[2Kone\n\u{1B}[2Ktwen…\n")
        #expect(live.redraw(["three"], on: terminal) == "\u{1B}[2A\r\u{1B}[2Kthree\n\u{1B}[J")
        #expect(live.redraw([], on: terminal) == "\u{1B}[1A\r\u{1B}[J")
        #expect(live.redraw([], on: terminal) == "")
    }
}
