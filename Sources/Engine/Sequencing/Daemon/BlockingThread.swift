internal import Foundation

/// Runs blocking work (libpq, SQLite, big files) on a thread of its own, never on the shared pool.
package enum BlockingThread {
    /// Waits, without holding a pool thread, until `work` has run on a new thread.
    package static func run<Result: Sendable>(
        named name: String,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Swift.Result { try work() })
            }
            thread.name = String(name.prefix(15))
            // Row batches live on the heap; parsers recurse little.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }
}
