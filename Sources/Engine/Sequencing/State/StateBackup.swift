internal import Foundation
internal import Ledger
internal import Snapshot
internal import Synchronization

/// Writes a copy of the state that belongs together, while runs go on.
struct StateBackup: Sendable {
    let ledger: Ledger
    let folder: StateFolder

    /// What a backup holds.
    struct Contents: Sendable {
        var snapshots = 0
        var bytes = 0
    }

    /// Writes `path`, at once when it is whole; a backup that is there is replaced.
    ///
    /// - Throws: `EngineError`, `LedgerError`, `SnapshotError`.
    func write(to path: String) async throws -> Contents {
        guard path.hasPrefix("/") else {
            throw EngineError(code: .notNow, subject: "write a backup to \(path)", detail: "an absolute path is meant")
        }
        if FileManager.default.fileExists(atPath: path) {
            do {
                try LedgerBackup.open(path).close()
            } catch {
                throw EngineError(
                    code: .notNow,
                    subject: "write a backup to \(path)",
                    detail: "there is a file that is no backup: \(error)",
                    hint: "name another file"
                )
            }
        }
        let unfinished = path + ".unfinished"
        defer { Self.remove(unfinished) }
        for attempt in 1... {
            Self.remove(unfinished)
            if let contents = try await copy(to: unfinished) {
                try Self.put(unfinished, in: path)
                return contents
            }
            guard attempt < Self.attempts else { break }
            // A batch is recorded and not yet applied, or a snapshot was merged meanwhile: both pass.
            try await Task.sleep(for: .milliseconds(100))
        }
        throw EngineError(
            code: .notNow,
            subject: "write a backup",
            detail: "a snapshot has not taken in its last batch",
            hint: "it does when its sequence runs next; then write the backup",
            isTransient: true
        )
    }

    // MARK: - Implementation

    /// nil: a snapshot does not stand where the ledger's copy does.
    private func copy(to path: String) async throws -> Contents? {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else {
            throw EngineError(
                code: .backup,
                subject: "write a backup into \((path as NSString).deletingLastPathComponent)",
                detail: String(cString: strerror(errno)),
                hint: "the daemon itself writes it: name a file in a folder that it may write, such as \(folder.path)"
            )
        }
        let backup = try await LedgerBackup.begin(of: ledger, at: path)
        let last = try await backup.lastOutcomes()
        var contents = Contents()
        for sync in StateFolder.folders(in: folder.snapshots) {
            let upTo = UInt64(last[sync] ?? 0)
            guard SnapshotCopy.isThere(folder: folder.snapshot(of: sync)) else { continue }
            guard let copy = try SnapshotCopy(folder: folder.snapshot(of: sync), upTo: upTo),
                try await isWhole(copy, of: sync, upTo: upTo)
            else { return nil }
            for file in copy.files {
                try await backup.add(BackupFile(path: "snapshots/\(sync)/\(file.name)", next: Self.parts(of: file)))
                contents.bytes += file.length
            }
            contents.snapshots += 1
        }
        try backup.close()
        return contents
    }

    /// Whether no accepted row is missing in the copy of a snapshot.
    private func isWhole(_ copy: SnapshotCopy, of sync: String, upTo last: UInt64) async throws -> Bool {
        if copy.lastSequence >= last { return true }
        let behind = Int64(copy.lastSequence)
        let missing = try await ledger.outcomes(of: sync, after: behind, limit: 10_000, undelivered: 0)
        return !missing.contains { $0.spool != nil && UInt64($0.number) <= last }
    }

    private static let attempts = 50
    private static let partLength = 1 << 20

    private static func parts(of file: SnapshotCopy.File) -> @Sendable () throws -> [UInt8]? {
        let place = Mutex(0)
        return {
            try place.withLock { place in
                guard place < file.length else { return nil }
                let bytes = try file.read(from: place, count: partLength)
                place += bytes.count
                return bytes
            }
        }
    }

    private static func put(_ file: String, in path: String) throws {
        let handle = open(file, O_RDONLY | O_CLOEXEC)
        defer { if handle >= 0 { close(handle) } }
        guard handle >= 0, fsync(handle) == 0, rename(file, path) == 0 else {
            throw EngineError(
                code: .backup,
                subject: "write the backup \(path)",
                detail: String(cString: strerror(errno))
            )
        }
        try StateFolder.synchronize(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    private static func remove(_ path: String) {
        // A file that stays is replaced by the next backup of that name.
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
    }
}
