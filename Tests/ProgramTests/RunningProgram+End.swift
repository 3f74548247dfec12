import Subprocess
import TestKit

extension RunningProgram {
    /// Waits until it has ended, by itself or by a signal.
    func waitForEnd() async throws {
        do {
            // No line holds this: the wait ends with the program's output.
            _ = try await line(containing: "\u{0}")
        } catch is ProgramRunner.Failure {
            return
        }
    }

    /// Ends it as a power cut would.
    func kill() async throws {
        try send(.kill)
        try await waitForEnd()
    }
}
