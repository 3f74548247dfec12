import CSystemd
import Dispatch
import Glibc
import Synchronization

/// Where journal entries go.
///
/// The program sends them to journald; tests keep them.
package protocol JournalSink: Sendable {
    func send(_ entry: JournalEntry)
}

/// journald, written to from a thread of its own: its socket blocks while the journal is slow, and no task should wait for that.
package final class Journal: JournalSink {
    /// Entries that may wait; a log that is faster than the journal is slowed down here, and loses nothing.
    private static let most = 4_096

    private let queue = DispatchQueue(label: "journal")
    private let waiting = Atomic(0)

    package init() {}

    package func send(_ entry: JournalEntry) {
        let behind = waiting.add(1, ordering: .relaxed).newValue
        queue.async { [self] in
            Self.write(entry)
            waiting.subtract(1, ordering: .relaxed)
        }
        if behind > Self.most { flush() }
    }

    /// Comes back when everything that was sent so far is with journald.
    package func flush() {
        queue.sync {}
    }

    /// Whether `descriptor` is connected to the journal, as `$JOURNAL_STREAM` (device:inode) says.
    package static func isConnected(descriptor: Int32, journalStream: String?) -> Bool {
        guard let parts = journalStream?.split(separator: ":"), parts.count == 2, let device = UInt64(parts[0]),
            let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }

    /// The bytes of one field, as `sd_journal_sendv` takes them.
    package static func bytes(of field: JournalEntry.Field) -> [UInt8] {
        Array(field.name.utf8) + [UInt8(ascii: "=")] + Array(field.value.utf8)
    }

    // MARK: - Implementation

    private static func write(_ entry: JournalEntry) {
        // One buffer for all fields, so that the vectors point into memory that stays where it is.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in entry.fields {
            bytes += Self.bytes(of: field)
            ends.append(bytes.count)
        }
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: base + start, iov_len: end - start)
            }
            // The location is among the fields already. A journal that is not there takes nothing and says nothing: nothing to do.
            _ = sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
