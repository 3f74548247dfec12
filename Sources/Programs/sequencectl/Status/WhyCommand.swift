import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `why NAME`.
struct WhyCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why a sequence, sync or run waits, or will wait: every gate, with its end."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A sequence, a sync, a window or a run.", completion: NameCompletion.everything)
    var target: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.get(ControlPath.why, ["target": target])) { lines($0, output) }
        return 0
    }

    private func lines(_ answer: WhyAnswer, _ output: Output) -> [String] {
        var lines: [String] = []
        for subject in answer.subjects {
            let next = subject.next.map { ", next \(output.times.distance($0)) (\(output.times.clock($0)))" } ?? ""
            lines.append(
                Emphasis.strong.applied(to: "\(subject.kind) \(subject.name)".harmless, on: output.terminal)
                    + ": \(subject.kind == "window" ? "a quiet window" : subject.state)\(next)"
            )
            lines += subject.sentences.map { "  " + $0.harmless }
            lines += subject.gates.map { gate in
                let objects = gate.objects.isEmpty ? "" : " on \(gate.objects.joined(separator: ", "))"
                let from = gate.closed ? "" : gate.from.map { ", next from \(output.times.clock($0))" } ?? ""
                let until = gate.until.map { "\(from.isEmpty ? "," : "") until \(output.times.clock($0))" } ?? ""
                let reason = gate.reason.map { ": \($0)" } ?? ""
                return "  \(gate.closed ? "closed" : "open"):  \(gate.name)\(objects)\(from)\(until)\(reason)".harmless
            }
        }
        return lines
    }
}
