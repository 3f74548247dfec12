import ArgumentParser
import CivilTime
import ControlProtocol
import TerminalOutput

/// `calendar EXPR [--iterations N] [--base-time T]`.
struct CalendarCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "When a calendar event elapses, with what clock changes do to it. Works without a daemon.",
        discussion: "Exit code 0, or 1 when it is refused or never elapses after the base time."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "As systemd.time(7) has it: `Mon..Fri 02:30 Europe/London`.")
    var expression: String

    @Option(help: "So many elapses.")
    var iterations = 5

    @Option(
        help: ArgumentHelp("Those after this time, such as 2026-03-01T00:00:00Z; now without it.", valueName: "time")
    )
    var baseTime: String?

    func validate() throws {
        guard (1...10_000).contains(iterations) else { throw ValidationError("--iterations is from 1 to 10000") }
        guard baseTime == nil || base != nil else {
            throw ValidationError("`\(baseTime ?? "")` is not an RFC 3339 time such as 2026-03-01T00:00:00Z")
        }
    }

    func perform(_ output: Output) async throws -> Int32 {
        let preview: CalendarPreview
        do {
            preview = try CalendarPreview(expression, after: base ?? output.times.now, iterations: iterations)
        } catch let fault as CalendarFault {
            throw ControlFault(.failed, fault.description)
        }
        try output.show(preview.answer) { lines($0, preview.readings, output) }
        return preview.answer.elapses.isEmpty ? 1 : 0
    }

    private var base: Timestamp? {
        baseTime.flatMap { Timestamp(rfc3339: $0) }
    }

    private func lines(_ answer: CalendarAnswer, _ readings: [String], _ output: Output) -> [String] {
        ["Normalized: \(answer.normalized)".harmless]
            + answer.elapses.enumerated().map { index, time in
                "\(index == 0 ? "Next" : "  #\(index + 1)"): ".padded(to: 12, right: true)
                    + "\(output.times.clock(time))  \(output.times.distance(time))"
                    + (readings.indices.contains(index) ? "  (\(readings[index]))" : "")
            }
            + (answer.elapses.isEmpty ? ["Never elapses."] : [])
            + answer.notes.map { "Note: \($0.harmless)" }
    }
}
