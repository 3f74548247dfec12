import ArgumentParser
import Foundation

/// Why the daemon does not start, and the exit code that says so (control.md, Daemon).
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

    /// Says it on stderr, where a person or the journal reads it.
    func reported() -> ExitCode {
        FileHandle.standardError.write(Data("sequenced: \(message)\n".utf8))
        return ExitCode(code.rawValue)
    }
}
