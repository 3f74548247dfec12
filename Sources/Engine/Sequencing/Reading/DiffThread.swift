internal import Diffing
internal import Glibc
internal import SyncModel

/// Diffs on a thread of its own while the next rows are read: batches go over full and come back empty, three at most on the way.
///
/// The thread ends with `drain`, or with this object; nothing of it outlives either.
final class DiffThread {
    private let shared: Shared
    private var thread: pthread_t?

    init(_ course: DiffCourse) {
        shared = Shared(course)
    }

    deinit {
        shared.close(dropping: true)
        join()
    }

    /// Takes the rows and leaves an empty batch.
    ///
    /// - Throws: what the diff of earlier rows threw.
    func exchange(_ batch: inout RowBatch) throws {
        if thread == nil { try start() }
        try shared.exchange(&batch)
    }

    /// Waits until every row was taken.
    ///
    /// - Throws: what the diff threw.
    func drain() throws {
        shared.close(dropping: false)
        join()
        if let failure = shared.failure { throw failure }
    }

    // MARK: - Implementation

    private func start() throws {
        var started = pthread_t()
        let result = pthread_create(&started, nil, runDiffThread, Unmanaged.passRetained(shared).toOpaque())
        guard result == 0 else {
            Unmanaged.passUnretained(shared).release()
            throw EngineThreadError(reason: String(cString: strerror(result)))
        }
        thread = started
    }

    private func join() {
        guard let started = thread else { return }
        thread = nil
        pthread_join(started, nil)
    }

    /// What both threads see, behind one lock; the course is the diff thread's until that was joined.
    fileprivate final class Shared: @unchecked Sendable {
        private static let limit = 3
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let course: DiffCourse
        private var full: [RowBatch] = []
        private var empty: [RowBatch] = []
        private var isClosed = false
        private(set) var failure: (any Error)?

        init(_ course: DiffCourse) {
            self.course = course
            pthread_mutex_init(lock, nil)
            pthread_cond_init(changed, nil)
        }

        deinit {
            pthread_cond_destroy(changed)
            pthread_mutex_destroy(lock)
            changed.deallocate()
            lock.deallocate()
        }

        func exchange(_ batch: inout RowBatch) throws {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            while full.count >= Self.limit, failure == nil { pthread_cond_wait(changed, lock) }
            if let failure { throw failure }
            var other = empty.popLast() ?? RowBatch(columnCount: batch.columnCount)
            swap(&batch, &other)
            full.append(other)
            pthread_cond_broadcast(changed)
        }

        func close(dropping: Bool) {
            pthread_mutex_lock(lock)
            isClosed = true
            if dropping { full.removeAll() }
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }

        func run() {
            while var batch = next() {
                do {
                    try course.take(batch)
                } catch {
                    return fail(error)
                }
                batch.removeAll()
                giveBack(batch)
            }
        }

        private func next() -> RowBatch? {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            while full.isEmpty, !isClosed { pthread_cond_wait(changed, lock) }
            guard !full.isEmpty else { return nil }
            defer { pthread_cond_broadcast(changed) }
            return full.removeFirst()
        }

        private func giveBack(_ batch: consuming RowBatch) {
            pthread_mutex_lock(lock)
            empty.append(batch)
            pthread_mutex_unlock(lock)
        }

        private func fail(_ error: any Error) {
            pthread_mutex_lock(lock)
            failure = error
            full.removeAll()
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
    }
}

/// The kernel gave no thread to diff on.
struct EngineThreadError: Error, CustomStringConvertible {
    let reason: String
    var description: String { "cannot start the diff's thread: \(reason)" }
}

private func runDiffThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<DiffThread.Shared>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
