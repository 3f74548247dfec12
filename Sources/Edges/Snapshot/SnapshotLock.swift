internal import Glibc

/// Keeps two who have opened one snapshot from writing to it at the same time; the kernel drops it with its holder.
final class SnapshotLock: Sendable {
    private let file: SnapshotDescriptor

    init(path: String) throws {
        file = try SnapshotDescriptor(path: path, flags: O_RDWR | O_CREAT)
    }

    /// Waits until nobody else writes.
    func whileHeld<Result>(_ body: () throws -> Result) throws -> Result {
        while flock(file.descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SnapshotDescriptor.failure(.unwritable, file.path) }
        }
        defer { _ = flock(file.descriptor, LOCK_UN) }
        return try body()
    }
}
