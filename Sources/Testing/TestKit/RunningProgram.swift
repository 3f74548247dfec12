package import Subprocess

/// A program that runs beside a test.
package struct RunningProgram: Sendable {
    package let processID: Int32
    private let log: ProgramLog
    private let signal: @Sendable (Signal) throws -> Void

    init(processID: Int32, log: ProgramLog, signal: @escaping @Sendable (Signal) throws -> Void) {
        self.processID = processID
        self.log = log
        self.signal = signal
    }

    package func send(_ signal: Signal) throws {
        try self.signal(signal)
    }

    /// The first line of its output or errors, early or yet to come, that holds the text.
    /// - Throws: it closed both without such a line; the words hold what it wrote.
    package func line(containing text: String) async throws -> String {
        try await log.line(containing: text)
    }

    /// What it has written so far.
    package var output: String {
        get async { await log.text(.output) }
    }

    package var errors: String {
        get async { await log.text(.errors) }
    }

    /// Whether it has closed its output and its errors, as it does when it ends.
    package var hasEnded: Bool {
        get async { await log.isClosed }
    }
}

/// The lines that a program has written, and who waits for one.
actor ProgramLog {
    enum Stream: Hashable {
        case output
        case errors
    }

    private var lines: [Stream: [String]] = [:]
    private var openStreams: Set<Stream> = [.output, .errors]
    private var waiting: [(text: String, continuation: CheckedContinuation<String, any Error>)] = []

    func keep(_ stream: Stream, _ sequence: SubprocessOutputSequence) async throws {
        defer { close(stream) }
        for try await line in sequence.strings() {
            lines[stream, default: []].append(line)
            let satisfied = waiting.filter { line.contains($0.text) }
            waiting.removeAll { line.contains($0.text) }
            for waiter in satisfied { waiter.continuation.resume(returning: line) }
        }
    }

    var isClosed: Bool { openStreams.isEmpty }

    func text(_ stream: Stream) -> String {
        lines[stream, default: []].map { $0 + "\n" }.joined()
    }

    func line(containing text: String) async throws -> String {
        for stream in [Stream.output, .errors] {
            if let line = lines[stream, default: []].first(where: { $0.contains(text) }) { return line }
        }
        if openStreams.isEmpty { throw noSuchLine(text) }
        return try await withCheckedThrowingContinuation { waiting.append((text, $0)) }
    }

    private func close(_ stream: Stream) {
        openStreams.remove(stream)
        guard openStreams.isEmpty else { return }
        for waiter in waiting {
            waiter.continuation.resume(throwing: noSuchLine(waiter.text))
        }
        waiting = []
    }

    private func noSuchLine(_ text: String) -> ProgramRunner.Failure {
        let written = self.text(.output) + self.text(.errors)
        return ProgramRunner.Failure(
            description: "the program ended without a line with `\(text)`; it wrote:\n\(written)"
        )
    }
}
