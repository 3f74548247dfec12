import ArgumentParser
import Foundation
import Logging
import Systemd

/// Why the daemon does not start or go on, and the exit code that says so (sequenced(8), Exit status).
struct StartFailure: Error {
    enum Code: Int32 {
        case usage = 64
        case software = 70
        case stateFolder = 73
        case held = 75
        case permission = 77
        case definitions = 78
    }

    var code: Code
    var message: String

    /// Says it where a person or the journal reads it, and to the service manager.
    func reported(_ journal: Journal) -> ExitCode {
        let environment = ProcessInfo.processInfo.environment
        let firstLine = message.split(separator: "\n").first.map(String.init) ?? message
        // The manager shows it as long as the unit has failed; where it does not listen, the log has it.
        _ = try? ServiceManager().send([.status(firstLine)])
        switch LogDestination(environment: environment) {
        case .journal:
            var logger = Logger(label: "sequenced") {
                JournalLogHandler(label: $0, level: .info, sink: journal)
            }
            logger[metadataKey: "sequenced.event"] = "\(JournalEvent.startRefused.rawValue)"
            logger[metadataKey: "sequenced.exit_code"] = "\(code.rawValue)"
            logger.critical("\(message)")
        case .manager, .terminal:
            FileHandle.standardError.write(Data("sequenced: \(message)\n".utf8))
        }
        return ExitCode(code.rawValue)
    }
}
