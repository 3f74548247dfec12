import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `doctor [D]`.
struct DoctorCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Look at everything that a destination needs: login, edition, rights, quota, storage, clock, each field.",
        discussion: "Exit code 0, or 1 when something is bad."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The destination, where there are several.", completion: NameCompletion.destinations)
    var destination: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received: Received<DoctorAnswer> = try await daemon.get(ControlPath.doctor, ["destination": destination])
        output.show(received) { answer in answer.findings.flatMap { lines($0, output) } }
        return received.document.healthy ? 0 : 1
    }

    private func lines(_ finding: DoctorAnswer.Finding, _ output: Output) -> [String] {
        let emphasis: Emphasis = ["good": .good, "warning": .warning, "bad": .bad][finding.verdict] ?? .faint
        let verdict = emphasis.applied(to: finding.verdict.padded(to: 7), on: output.terminal)
        return ["\(verdict)  \(finding.subject.harmless): \(finding.message.harmless)"]
            + (finding.remedy.map { ["         \($0.harmless)"] } ?? [])
    }
}
