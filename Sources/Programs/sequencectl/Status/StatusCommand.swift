import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `status [NAME…]`.
struct StatusCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Each sequence: its state, last result, next elapse, and what it waits for.",
        discussion:
            "Exit code without names: 0, or 3 when the daemon does not answer. With names: 0, 3 paused or daemon down, 4 unknown."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "Sequences; all of them without one.", completion: NameCompletion.sequences)
    var names: [String] = []

    static func exitCode(of fault: ControlFault) -> Int32 {
        fault.code == .notReached ? 3 : fault.code.exitCode(acting: acts)
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received = try await daemon.status(names: names)
        output.show(received) { StatusText(output: output).lines($0, names: names) }
        for warning in received.document.daemon.warnings { output.notice("warning: \(warning)") }
        return !names.isEmpty && received.document.sequences.contains(where: \.paused) ? 3 : 0
    }
}
