import TerminalOutput
import Testing

@Suite struct `A table` {
    private let pipe = Terminal(isInteractive: false)

    private func table() -> Table {
        var table = Table([.init("NAME"), .init("ROWS", isNumber: true), .init("REASON", isFlexible: true)])
        table.add(["crm", "1,200", "waits for the quiet window scoring"])
        table.add(["nightly", "7"])
        return table
    }

    @Test func `lines its columns up, numbers to the right, no blanks at the end`() {
        #expect(
            table().lines(on: pipe) == [
                "NAME      ROWS  REASON", "crm      1,200  waits for the quiet window scoring", "nightly      7",
            ]
        )
    }

    @Test func `has no headings where none are wanted, and no line when it is empty`() {
        #expect(table().lines(on: pipe, headings: false).first == "crm      1,200  waits for the quiet window scoring")
        #expect(Table([.init("NAME")]).lines(on: pipe).isEmpty)
    }

    @Test(arguments: [24, 30, 40, 50, 200])
    func `is as wide as the terminal at most, where columns may be cut`(width: Int) {
        let lines = table().lines(on: Terminal(isInteractive: true, width: width))
        for line in lines { #expect(line.displayWidth <= width, "\(line)") }
        #expect(lines[1].hasPrefix("crm      1,200  wai"))
        #expect(lines[1].contains("…") == (width < 50))
    }

    @Test func `is not cut in a pipe, however long`() {
        var table = Table([.init("A", isFlexible: true)])
        table.add([Table.Cell(String(repeating: "x", count: 1_000))])
        #expect(table.lines(on: pipe)[1].count == 1_000)
    }

    @Test func `counts columns, not characters`() {
        var table = Table([.init("NAME"), .init("X")])
        table.add(["日本語", "1"])
        table.add(["e\u{301}a", "2"])
        table.add(["👩‍👩‍👧", "3"])
        #expect(table.lines(on: pipe) == ["NAME    X", "日本語  1", "e\u{301}a      2", "👩‍👩‍👧      3"])
    }

    @Test func `takes the power from control characters`() {
        var table = Table([.init("A")])
        table.add([Table.Cell("a\u{1B}[2Jb\nc\u{9B}d")])
        #expect(table.lines(on: pipe)[1] == "a [2Jb c d")
    }

    @Test func `is coloured only where colour is taken`() {
        var table = Table([.init("A"), .init("B")])
        table.add([Table.Cell("failed", .bad), "x"])
        #expect(table.lines(on: pipe, headings: false) == ["failed  x"])
        let coloured = Terminal(isInteractive: true, width: 80, takesColour: true)
        #expect(table.lines(on: coloured, headings: false) == ["\u{1B}[1;31mfailed\u{1B}[0m  x"])
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
        ("", 0, ""),
    ])
    func `cuts a text within its columns`(text: String, width: Int, cut: String) {
        #expect(text.cut(to: width) == cut)
        #expect(cut.displayWidth <= width)
    }
}

@Suite struct `A terminal` {
    @Test(
        arguments: [
            (Terminal.Colour.auto, [:], false), (.always, [:], true), (.never, ["TERM": "xterm"], false),
            (.always, ["NO_COLOR": "1"], true),
        ] as [(Terminal.Colour, [String: String], Bool)]
    )
    func `that is none takes colour only when told`(colour: Terminal.Colour, environment: [String: String], takes: Bool)
    {
        let terminal = Terminal(descriptor: -1, environment: environment, colour: colour)
        #expect(terminal.takesColour == takes)
        #expect(!terminal.isInteractive)
        #expect(terminal.width == nil)
    }
}
