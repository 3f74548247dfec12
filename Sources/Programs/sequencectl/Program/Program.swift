import ArgumentParser
import ControlProtocol
import Glibc

/// Runs one command line, from its arguments to its exit code.
enum Program {
    static func run(_ arguments: [String]) async -> Int32 {
        let ordered = GlobalArguments.ordered(arguments)
        var exitCode: (ControlFault) -> Int32 = { $0.code.exitCode(acting: false) }
        do {
            try VerbNames.check(ordered)
            let command = try Sequencectl.parseAsRoot(ordered)
            guard let verb = command as? any Verb else { return try help(command) }
            exitCode = type(of: verb).exitCode
            return try await verb.perform(Output(verb.globals))
        } catch let fault as ControlFault {
            report(fault, arguments: arguments)
            return exitCode(fault)
        } catch let exit as ExitCode {
            return exit.rawValue
        } catch {
            return reportOfParsing(error, arguments: arguments)
        }
    }

    // MARK: - Implementation

    /// Help, version and completion scripts are commands of the library itself.
    private static func help(_ command: any ParsableCommand) throws -> Int32 {
        var command = command
        try command.run()
        return 0
    }

    /// What was asked for beside the verbs: the help, the version.
    private static func show(_ text: String, arguments: [String]) {
        let format = GlobalArguments.format(of: arguments)
        guard format == .json || format == .yaml, let bytes = try? ControlCoding.encode(TextDocument(text: text)) else {
            Output.writeText(text + "\n")
            return
        }
        Output.write(document: bytes, as: format, pretty: false)
    }

    private struct TextDocument: Encodable {
        var schema = ControlCoding.schema
        var text: String
    }

    private static func report(_ fault: ControlFault, arguments: [String]) {
        let format = GlobalArguments.format(of: arguments)
        switch format {
        case .json, .yaml:
            // A fault's document holds three texts: it can be written.
            guard let bytes = try? ControlCoding.encode(ErrorAnswer(fault)) else { return }
            Output.write(document: bytes, as: format, pretty: false)
        case .table, .wide:
            Output.writeError("sequencectl: \(fault.message)\n" + (fault.hint.map { "  \($0)\n" } ?? ""))
        }
    }

    private static func reportOfParsing(_ error: any Error, arguments: [String]) -> Int32 {
        let code = Sequencectl.exitCode(for: error)
        guard code != .success else {
            // `--help` and the like arrive as errors that are none.
            show(Sequencectl.fullMessage(for: error), arguments: arguments)
            return 0
        }
        if code == .validationFailure {
            switch GlobalArguments.format(of: arguments) {
            case .json, .yaml: report(ControlFault(.usage, Sequencectl.message(for: error)), arguments: arguments)
            case .table, .wide: Output.writeError(Sequencectl.fullMessage(for: error) + "\n")
            }
            return ErrorCode.usage.exitCode(acting: false)
        }
        report(ControlFault(.failed, "\(error)"), arguments: arguments)
        return ErrorCode.failed.exitCode(acting: false)
    }
}
