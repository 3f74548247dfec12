import Foundation

/// A program that is told something on its standard input.
package struct CommandHook: Sendable {
    private let command: [String]
    private let limit: Duration

    /// The first word is the program's path; it gets `limit` to end.
    package init(_ command: [String], limit: Duration) {
        self.command = command
        self.limit = limit
    }

    /// Runs it, and ends it with all that it started when its time is up.
    ///
    /// - Throws: `HookError` when it can't be started, takes too long or ends with another code than 0.
    package func run(_ input: [UInt8]) async throws {
        guard let program = command.first, input.count <= Self.longestInput else {
            throw HookError(.cannotStart, "cannot run a command: there is none, or the text for it is too long")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(command.dropFirst())
        // Nothing of the daemon's own environment: it may hold secrets.
        process.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
        ]
        let pipe = Pipe()
        // Written before there is a reader that might go away: it fits into the pipe.
        try pipe.fileHandleForWriting.write(contentsOf: Data(input))
        try pipe.fileHandleForWriting.close()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        do {
            try process.run()
        } catch {
            throw HookError(.cannotStart, "cannot run \(program): \(error.localizedDescription)")
        }
        let limit = limit
        let isOver = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in ends {}
                return !Task.isCancelled
            }
            group.addTask {
                // A cancellation ends it as the time does.
                try? await Task.sleep(for: limit)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        guard isOver || !process.isRunning else {
            // The process leads a group of its own.
            kill(-process.processIdentifier, SIGKILL)
            kill(process.processIdentifier, SIGKILL)
            throw HookError(.timeout, "\(program) did not end within \(limit.components.seconds) s and was killed")
        }
        guard process.terminationStatus == 0 else {
            throw HookError(.failed, "\(program) ended with \(process.terminationStatus)")
        }
    }

    /// Bytes that a pipe takes without a reader.
    package static let longestInput = 60_000
}
