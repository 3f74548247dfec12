package import Fingerprinting
internal import Glibc
package import SyncModel
internal import Synchronization

/// One sync's snapshot: a base in key order and the log behind it.
///
/// A batch is durable when `apply` returns, and applying it twice changes nothing. Every call is safe
/// from any thread, and while others have the same snapshot open.
package final class SnapshotStore: Sendable {
    package let folder: String
    package let identity: SnapshotIdentity
    package let fields: [String]
    /// The names of the fields that the entries had until now, if they were others: hashes were carried over by name.
    package let fieldsChangedFrom: [String]?
    private let mergeBytes: Int
    private let lock: SnapshotLock
    private let state: Mutex<State>

    /// Opens the snapshot in a folder, or begins one.
    ///
    /// `mergeBytes`: how much of the log is sorted at a time when it is merged.
    ///
    /// - Throws: `SnapshotError`: another identity, another version, ahead of the ledger, damaged, or no right to it.
    package init(
        folder: String,
        identity: SnapshotIdentity,
        fields: [String],
        ledgerSequence: UInt64,
        mergeBytes: Int = SnapshotCompaction.partitionBytes
    ) throws {
        self.folder = folder
        self.identity = identity
        self.fields = fields
        self.mergeBytes = mergeBytes
        try SnapshotDescriptor.makeFolder(folder)
        let paths = SnapshotPaths(folder: folder)
        let lock = try SnapshotLock(path: paths.lock)
        let (state, former) = try lock.whileHeld {
            if !SnapshotDescriptor.exists(paths.base) {
                try Self.writeBase(SnapshotHeader(identity: identity, fields: fields), at: paths)
            }
            var state = try State(paths: paths, identity: identity, mergeBytes: mergeBytes)
            guard state.lastSequence <= ledgerSequence else {
                throw SnapshotError(
                    .aheadOfLedger,
                    path: folder,
                    reason: "its last batch is \(state.lastSequence), the ledger's is \(ledgerSequence)"
                )
            }
            let former = state.fields == fields ? nil : state.fields
            if former != nil { try state.merge(fields: fields) }
            return (state, former)
        }
        self.lock = lock
        fieldsChangedFrom = former
        self.state = Mutex(state)
    }

    /// The sequence number of the last batch applied.
    package var lastSequence: UInt64 { state.withLock { $0.lastSequence } }

    /// As many entries at most.
    package var entryCount: Int { get throws { try reader().entryCount } }

    /// Of the mapping and the types that the entries were shaped with, as recorded last; 0 when never recorded.
    package var mappingPrint: UInt64 { state.withLock { $0.facts.mappingPrint } }

    /// How match values were compared when the snapshot was last read against a model; nil when it never was.
    package var matchRule: MatchRule? { state.withLock { $0.facts.matchRule } }

    /// Notes that every entry was looked at with this mapping.
    package func record(mappingPrint: UInt64) throws {
        try exclusively { try $0.record { $0.mappingPrint = mappingPrint } }
    }

    /// Notes how match values are compared from now on.
    package func record(matchRule: MatchRule) throws {
        try exclusively { try $0.record { $0.matchRule = matchRule } }
    }

    /// Applies a batch of the ledger, durably; one that was applied already changes nothing.
    package func apply(sequence: UInt64, _ batch: SnapshotBatch) throws {
        try exclusively { try $0.apply(sequence: sequence, batch) }
    }

    /// Applies changes that belong to no batch of the ledger: they would be found again if they were lost.
    package func refresh(_ batch: SnapshotBatch) throws {
        guard !batch.isEmpty else { return }
        try exclusively { try $0.append(.refresh, sequence: 0, batch) }
    }

    /// Merges the log into the base, in constant memory.
    package func compact() throws {
        try exclusively { try $0.compact() }
    }

    /// Merges the log into the base if it is too long to be folded in while reading.
    package func compactIfLarge() throws {
        try exclusively { if try $0.isLogLarge { try $0.compact() } }
    }

    /// What is known of one key.
    package func entry(for key: Hash128) throws -> SnapshotEntry? {
        try reader().entry(for: key)
    }

    /// The entries in key order, as they are now; `compactIfLarge` comes before, since a long log is held in memory.
    package func reader() throws -> SnapshotReader {
        var reader: SnapshotReader?
        try exclusively { state in
            let changes = try state.changes()
            reader = try SnapshotReader(path: state.paths.base, fieldCount: fields.count, changes: changes)
        }
        guard let reader else { throw SnapshotError(.unreadable, path: folder, reason: "it was not opened") }
        return reader
    }

    /// Whose snapshot lies in a folder; nil when there is none.
    package static func identity(inFolder folder: String) throws -> SnapshotIdentity? {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return nil }
        return try SnapshotHeader.read(SnapshotDescriptor(path: paths.base, flags: O_RDONLY)).header.identity
    }

    /// What is known of one key in a folder's snapshot, whosever it is; nil when there is none.
    package static func entry(for key: Hash128, inFolder folder: String) throws -> SnapshotEntry? {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return nil }
        let header = try SnapshotHeader.read(SnapshotDescriptor(path: paths.base, flags: O_RDONLY)).header
        let store = try SnapshotStore(
            folder: folder,
            identity: header.identity,
            fields: header.fields,
            ledgerSequence: .max
        )
        return try store.entry(for: key)
    }

    /// The last batch that the snapshot in a folder has taken; nil when there is none.
    package static func lastSequence(inFolder folder: String) throws -> UInt64? {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return nil }
        var last: UInt64?
        try SnapshotLock(path: paths.lock).whileHeld {
            last =
                try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes).lastSequence
        }
        return last
    }

    /// Makes the snapshot in a folder belong to another sync, org or state, as a person has said it does.
    package static func adopt(folder: String, as identity: SnapshotIdentity) throws {
        let paths = SnapshotPaths(folder: folder)
        try SnapshotLock(path: paths.lock).whileHeld {
            var state = try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes)
            try state.merge(identity: identity)
        }
    }

    /// Takes the texts of one key out of the files, its hashes stay.
    ///
    /// - Returns: whether the key was known.
    package static func forgetText(of key: Hash128, inFolder folder: String) throws -> Bool {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return false }
        return try SnapshotLock(path: paths.lock).whileHeld {
            var state = try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes)
            let reader = try SnapshotReader(
                path: paths.base,
                fieldCount: state.fields.count,
                changes: try state.changes()
            )
            guard try reader.entry(for: key) != nil else { return false }
            var batch = SnapshotBatch(fieldCount: state.fields.count)
            batch.forgetText(key: key)
            try state.append(.refresh, sequence: 0, batch)
            // The log and the old base have the text still.
            try state.compact()
            return true
        }
    }

    /// Forgets everything that was delivered, and begins anew behind a batch of the ledger.
    package static func renew(
        folder: String,
        identity: SnapshotIdentity,
        fields: [String],
        lastSequence: UInt64
    ) throws {
        let paths = SnapshotPaths(folder: folder)
        try SnapshotDescriptor.makeFolder(folder)
        try SnapshotLock(path: paths.lock).whileHeld {
            var header = SnapshotHeader(identity: identity, fields: fields)
            header.lastSequence = lastSequence
            // Above that of the log that lies there: it is of an older base then.
            if SnapshotDescriptor.exists(paths.log) {
                header.generation = try SnapshotLog.generation(path: paths.log).map { $0 + 1 } ?? 1
            }
            try writeBase(header, at: paths)
        }
    }

    /// Forgets everything that was delivered.
    package static func remove(folder: String) throws {
        let paths = SnapshotPaths(folder: folder)
        for path in [paths.log, paths.base, paths.newBase, paths.newLog, paths.scratch, paths.lock] {
            try SnapshotDescriptor.remove(path)
        }
        guard rmdir(folder) == 0 || errno == ENOENT else { throw SnapshotDescriptor.failure(.unwritable, folder) }
    }

    // MARK: - Implementation

    /// Writes while nobody else does, and to what the others have left.
    private func exclusively(_ body: (inout State) throws -> Void) throws {
        try state.withLock { state in
            try lock.whileHeld {
                if !state.isCurrent {
                    state = try State(paths: state.paths, identity: identity, mergeBytes: mergeBytes)
                    guard state.fields == fields else {
                        throw SnapshotError(.otherIdentity, path: folder, reason: "its mapping was changed meanwhile")
                    }
                }
                try body(&state)
            }
        }
    }

    fileprivate static func writeBase(_ header: SnapshotHeader, at paths: SnapshotPaths) throws {
        var writer = try SnapshotWriter(path: paths.newBase, header: header)
        try writer.finish()
        try SnapshotDescriptor.replace(paths.base, by: paths.newBase, inFolder: paths.folder)
    }
}

/// The files of a snapshot.
struct SnapshotPaths {
    let folder: String
    var base: String { folder + "/base" }
    var log: String { folder + "/log" }
    var newBase: String { folder + "/base.new" }
    var newLog: String { folder + "/log.new" }
    var scratch: String { folder + "/merge" }
    var lock: String { folder + "/lock" }
}

extension SnapshotStore {
    /// What is open, behind the lock.
    struct State {
        let paths: SnapshotPaths
        let mergeBytes: Int
        private(set) var header: SnapshotHeader
        private(set) var log: SnapshotLog
        private(set) var lastSequence: UInt64
        private(set) var facts: SnapshotFacts

        var fields: [String] { header.fields }

        /// Nobody else has written since it was opened.
        var isCurrent: Bool { log.file.isCurrent(size: log.end) }

        /// `identity` nil: whosever it is.
        init(paths: SnapshotPaths, identity: SnapshotIdentity?, mergeBytes: Int) throws {
            let header = try SnapshotHeader.read(SnapshotDescriptor(path: paths.base, flags: O_RDONLY)).header
            if let identity, let difference = header.identity.difference(to: identity) {
                throw SnapshotError(.otherIdentity, path: paths.folder, reason: difference)
            }
            self.paths = paths
            self.mergeBytes = mergeBytes
            self.header = header
            log = try Self.openLog(paths, header)
            lastSequence = header.lastSequence
            facts = header.facts
            var payload: [UInt8] = []
            for frame in log.frames {
                switch frame.kind {
                case .batch:
                    lastSequence = max(lastSequence, frame.sequence)
                case .refresh:
                    break
                case .facts:
                    try log.read(frame, into: &payload)
                    let read = payload.withUnsafeBytes { bytes in
                        var reader = SnapshotByteReader(bytes)
                        return SnapshotFacts(from: &reader)
                    }
                    guard let read else {
                        throw SnapshotError(.damaged, path: paths.log, reason: "a note makes no sense")
                    }
                    facts = read
                }
            }
        }

        mutating func apply(sequence: UInt64, _ batch: SnapshotBatch) throws {
            guard sequence > lastSequence else { return }
            try append(.batch, sequence: sequence, batch)
            lastSequence = sequence
        }

        mutating func append(_ kind: SnapshotLog.Kind, sequence: UInt64, _ batch: SnapshotBatch) throws {
            guard batch.fieldCount == header.fields.count else {
                throw SnapshotError(
                    .unwritable,
                    path: paths.folder,
                    reason:
                        "a batch has \(batch.fieldCount) field hashes a row, the snapshot has \(header.fields.count)"
                )
            }
            try log.append(kind, sequence: sequence, count: batch.count, payload: batch.bytes)
        }

        mutating func record(_ change: (inout SnapshotFacts) -> Void) throws {
            var new = facts
            change(&new)
            guard new != facts else { return }
            var bytes: [UInt8] = []
            new.encode(into: &bytes)
            try log.append(.facts, sequence: 0, count: 1, payload: bytes)
            facts = new
        }

        /// Longer than what is held in memory, or than a sixteenth of the base: merging pays.
        var isLogLarge: Bool {
            get throws {
                let length = log.changeBytes
                if length > SnapshotCompaction.foldedBytes { return true }
                return try SnapshotDescriptor(path: paths.base, flags: O_RDONLY).size() / 16 < length
                    && length > 64 << 10
            }
        }

        func changes() throws -> SortedChanges {
            try SortedChanges(log, fieldCount: header.fields.count)
        }

        mutating func compact() throws {
            if log.frames.contains(where: { $0.kind != .facts }) { try merge() }
        }

        /// Writes base and log anew.
        ///
        /// A crash on the way leaves the old ones, or the new base with a log of an older generation.
        mutating func merge(fields: [String]? = nil, identity: SnapshotIdentity? = nil) throws {
            var new = header
            new.generation += 1
            new.lastSequence = lastSequence
            new.facts = facts
            new.fields = fields ?? header.fields
            new.identity = identity ?? header.identity
            let compaction = SnapshotCompaction(
                basePath: paths.base,
                newPath: paths.newBase,
                scratchPath: paths.scratch,
                oldFields: header.fields,
                header: new,
                mergeBytes: mergeBytes
            )
            try compaction.run(log)
            try SnapshotDescriptor.replace(paths.base, by: paths.newBase, inFolder: paths.folder)
            header = new
            log = try Self.openLog(paths, new)
        }

        private static func openLog(_ paths: SnapshotPaths, _ header: SnapshotHeader) throws -> SnapshotLog {
            let found = SnapshotDescriptor.exists(paths.log) ? try SnapshotLog.generation(path: paths.log) : nil
            if let found, found > header.generation {
                throw SnapshotError(
                    .damaged,
                    path: paths.log,
                    reason: "it belongs to a later base than the one beside it"
                )
            }
            if found != header.generation {
                try SnapshotLog.create(
                    path: paths.newLog,
                    generation: header.generation,
                    fieldCount: header.fields.count
                )
                try SnapshotDescriptor.replace(paths.log, by: paths.newLog, inFolder: paths.folder)
            }
            return try SnapshotLog(path: paths.log)
        }
    }
}
