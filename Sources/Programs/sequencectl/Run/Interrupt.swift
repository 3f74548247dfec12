import ControlProtocol
import Dispatch
import Glibc

/// Ctrl-C as a thing to wait for.
enum Interrupt {
    /// Does `work`; nil when Ctrl-C came first, and the work is cancelled then.
    ///
    /// - Throws: what `work` throws; `timedOut` when it takes longer than `limit`.
    static func racing<Result: Sendable>(
        within limit: Duration? = nil,
        _ work: () async throws -> Result
    ) async throws -> Result? {
        let (signals, continuation) = AsyncStream<Void>.makeStream()
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { continuation.yield() }
        // Dispatch puts a handler of its own in place when it listens; until then Ctrl-C ends the program, and is not lost.
        await listening(source)
        defer {
            source.cancel()
            signal(SIGINT, SIG_DFL)
        }
        return try await withoutActuallyEscaping(work) { work in
            nonisolated(unsafe) let work = work
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    for await _ in signals { return nil }
                    // The stream ends when the group is cancelled: the work was first.
                    throw CancellationError()
                }
                if let limit {
                    group.addTask {
                        try await Task.sleep(for: limit)
                        throw ControlFault(.timedOut, "cannot wait longer: --timeout has passed")
                    }
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
    }

    /// Has the source listen, and comes back when it does.
    private static func listening(_ source: any DispatchSourceSignal) async {
        await withCheckedContinuation { continuation in
            source.setRegistrationHandler { continuation.resume() }
            source.resume()
        }
    }
}
