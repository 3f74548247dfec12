internal import CSQLite
internal import Synchronization

/// Stops what a `SQLiteSource` is reading, from any thread, once and for all.
package final class SQLiteCancellation: Sendable {
    private struct State {
        /// The connection, while it is open: interrupting a closed one is forbidden.
        nonisolated(unsafe) var connection: OpaquePointer?
        var isCancelled = false
    }

    private let state: Mutex<State>

    init(_ connection: OpaquePointer) {
        nonisolated(unsafe) let connection = connection
        state = Mutex(State(connection: connection))
        // An interrupt that comes a moment before a statement begins is lost; SQLite asks here again and again.
        sqlite3_progress_handler(
            connection,
            10_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLiteCancellation>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// The reading under way, and every one after it, fails with the code `cancelled`.
    package func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let connection = state.connection {
                sqlite3_interrupt(connection)
            }
        }
    }

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func close() {
        state.withLock { state in
            sqlite3_close_v2(state.connection)
            state.connection = nil
        }
    }
}
