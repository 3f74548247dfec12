import ArgumentParser
import ControlClient
import ControlProtocol

/// A verb of the command line.
protocol Verb: ParsableCommand {
    var globals: GlobalOptions { get }
    /// Whether it changes something: an unknown object is exit code 5 then, else 4.
    static var acts: Bool { get }
    static func exitCode(of fault: ControlFault) -> Int32
    /// Does it; the exit code comes back.
    func perform(_ output: Output) async throws -> Int32
}

extension Verb {
    static func exitCode(of fault: ControlFault) -> Int32 {
        fault.code.exitCode(acting: acts)
    }
}

/// A verb that asks the daemon.
protocol DaemonVerb: Verb {
    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32
}

extension DaemonVerb {
    func perform(_ output: Output) async throws -> Int32 {
        try await ControlClient.with(socket: globals.socket, timeout: globals.timeout) { try await perform(output, $0) }
    }
}

/// A verb that reads.
protocol ReadingVerb: DaemonVerb {}

/// A verb that changes something.
protocol ActingVerb: DaemonVerb {}

extension ReadingVerb {
    static var acts: Bool { false }
}

extension ActingVerb {
    static var acts: Bool { true }
}
