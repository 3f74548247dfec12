internal import Synchronization

/// Where a run lays its readings while it waits for approval, so that `plan RUN` shows the very plan it asks about.
package final class PlanDesk: Sendable {
    private let reads = Mutex<[String: ReadSync]>([:])

    package init() {}

    func lay(_ reads: [String: ReadSync]) { self.reads.withLock { $0 = reads } }

    func clear() { reads.withLock { $0 = [:] } }

    /// Empty while the run waits for nobody.
    var laid: [String: ReadSync] { reads.withLock(\.self) }
}
