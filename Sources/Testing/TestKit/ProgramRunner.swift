import Foundation
package import Subprocess
import SystemPackage

/// A built program, run as a user runs it: found beside the test bundle, its output kept, its end certain.
package struct ProgramRunner: Sendable {
    package let path: String

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How a program ended, and what it wrote.
    package struct Ending: Sendable {
        package var status: TerminationStatus
        package var output: String
        package var errors: String

        /// The exit code; nil when a signal ended it.
        package var exitCode: Int32? {
            if case .exited(let code) = status { return code }
            return nil
        }
    }

    /// A program of this package, by its product's name: from the folder that `SEQUENCED_PROGRAMS` names, else from beside the tests.
    /// - Throws: the program has not been built.
    package init(product: String) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = (tests as NSString).deletingLastPathComponent
        let folder = ProcessInfo.processInfo.environment["SEQUENCED_PROGRAMS"] ?? beside
        let path = "\(folder)/\(product)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "there is no program \(path); build it first: swift build --product \(product)")
        }
        self.path = path
    }

    /// Any program, by its path.
    package init(path: String) {
        self.path = path
    }

    /// Runs it to its end; one that takes longer than `limit` is killed, and the test fails.
    ///
    /// - Parameters:
    ///   - arguments: the command line behind the program's name.
    ///   - environment: added to this process's; nil takes a variable away.
    ///   - input: what it reads from standard input.
    ///   - folder: its working directory.
    ///   - limit: how long it may take.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: it could not be started, or was killed for its time.
    package func run(
        _ arguments: [String] = [],
        environment: [String: String?] = [:],
        input: String = "",
        in folder: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> Ending {
        try await withDeadline(limit, "\(path) \(arguments.joined(separator: " "))") {
            let result = try await Subprocess.run(
                .path(FilePath(path)),
                arguments: Arguments(arguments),
                environment: Self.environment(environment),
                workingDirectory: folder.map { FilePath($0) },
                input: .string(input),
                output: .string(limit: 64 << 20),
                error: .string(limit: 64 << 20)
            )
            return Ending(status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
        }
    }

    /// Runs it beside the body, which talks to it; afterwards it is asked to end (SIGTERM), and after `grace` killed.
    package func run<Result: Sendable>(
        _ arguments: [String],
        environment: [String: String?] = [:],
        in folder: String? = nil,
        grace: Duration = .seconds(10),
        beside body: @escaping @Sendable (RunningProgram) async throws -> Result
    ) async throws -> (result: Result, ending: Ending) {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: grace)]
        let log = ProgramLog()
        let result = try await Subprocess.run(
            .path(FilePath(path)),
            arguments: Arguments(arguments),
            environment: Self.environment(environment),
            workingDirectory: folder.map { FilePath($0) },
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .sequence
        ) { execution in
            let program = RunningProgram(processID: execution.processIdentifier.value, log: log) {
                try execution.send(signal: $0)
            }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await log.keep(.output, execution.standardOutput) }
                group.addTask { try await log.keep(.errors, execution.standardError) }
                let outcome: Swift.Result<Result, any Error>
                do {
                    outcome = .success(try await body(program))
                } catch {
                    outcome = .failure(error)
                }
                await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: grace)])
                try await group.waitForAll()
                return try outcome.get()
            }
        }
        let ending = await Ending(
            status: result.terminationStatus,
            output: log.text(.output),
            errors: log.text(.errors)
        )
        return (result.closureResult, ending)
    }

    // MARK: - Implementation

    private static func environment(_ changes: [String: String?]) -> Environment {
        .inherit.updating(Dictionary(uniqueKeysWithValues: changes.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    private func withDeadline<Result: Sendable>(
        _ limit: Duration,
        _ what: String,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw Failure(description: "\(what) did not end within \(limit) and was killed")
            }
            return result
        }
    }
}
