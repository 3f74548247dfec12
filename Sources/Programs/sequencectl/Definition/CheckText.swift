import ControlProtocol
import TerminalOutput

/// Faults as compilers write them: `file:line:column: message`.
enum CheckText {
    static func lines(_ answer: CheckAnswer, _ output: Output) -> [String] {
        var lines = answer.faults.map { line($0, "error", .bad, output) }
        if !output.isQuiet { lines += answer.notices.map { line($0, "note", .faint, output) } }
        guard output.hasLegend, !output.isQuiet else { return lines }
        if answer.valid { return lines + ["No faults."] }
        return lines + [
            "\(answer.faults.count.counted("fault")) in \(Set(answer.faults.map(\.file)).count.counted("file"))."
        ]
    }

    private static func line(_ fault: FaultReport, _ kind: String, _ emphasis: Emphasis, _ output: Output) -> String {
        let place = [fault.file] + [fault.line, fault.column].compactMap { $0.map(String.init) }
        let suggestion = fault.suggestion.map { ", did you mean `\($0)`?" } ?? ""
        let word = emphasis.applied(to: kind, on: output.terminal)
        return "\(place.joined(separator: ":").harmless): \(word): \(fault.message.harmless)\(suggestion.harmless)"
    }
}
