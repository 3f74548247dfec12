internal import CLibPQ
internal import Synchronization

/// Stops what a `PostgresSource` is reading, from any thread, once and for all.
package final class PostgresCancellation: Sendable {
    /// libpq's handle, made for use by another thread; gone once the connection is closed.
    private struct Handle {
        nonisolated(unsafe) var pointer: OpaquePointer?
    }

    private let cancelled = Atomic(false)
    private let handle: Mutex<Handle>

    init(_ connection: OpaquePointer) {
        nonisolated(unsafe) let pointer = PQgetCancel(connection)
        handle = Mutex(Handle(pointer: pointer))
    }

    /// The reading under way, and every one after it, fails with the code `cancelled`.
    ///
    /// Opens a second connection to the server and waits for it: not for a thread that must not block.
    package func cancel() {
        cancelled.store(true, ordering: .sequentiallyConsistent)
        interrupt()
    }

    package var isCancelled: Bool { cancelled.load(ordering: .sequentiallyConsistent) }

    /// Ends the statement under way only.
    ///
    /// A server that cannot be reached has nothing to end.
    func interrupt() {
        handle.withLock { handle in
            guard let pointer = handle.pointer else { return }
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(pointer, &message, Int32(message.count))
        }
    }

    func close() {
        handle.withLock { handle in
            PQfreeCancel(handle.pointer)
            handle.pointer = nil
        }
    }
}
