package import Fingerprinting
internal import Glibc
internal import SyncModel

/// What is found in a snapshot when every byte of it is looked at.
package struct SnapshotInspection: Sendable {
    package var identity: SnapshotIdentity
    package var lastSequence: UInt64
    package var entries = 0
    package var owed = 0
    package var inDoubt = 0
    /// Of the keys that were asked for, those that Salesforce has accepted and that owe nothing.
    package var settled: Set<Hash128> = []
    /// Each breaks a promise.
    package var faults: [String] = []

    /// Reads the snapshot in a folder whole; nil when there is none.
    ///
    /// - Throws: `SnapshotError` when it can't be read to its end.
    package init?(folder: String, looking keys: Set<Hash128> = []) throws {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return nil }
        let (state, reader) = try SnapshotLock(path: paths.lock).whileHeld {
            var state = try SnapshotStore.State(
                paths: paths,
                identity: nil,
                mergeBytes: SnapshotCompaction.partitionBytes
            )
            // A long log would be held in memory while it is looked at.
            if try state.isLogLarge { try state.compact() }
            let changes = try state.changes()
            return (state, try SnapshotReader(path: paths.base, fieldCount: state.fields.count, changes: changes))
        }
        identity = state.header.identity
        lastSequence = state.lastSequence
        var sequence: UInt64 = 0
        for frame in state.log.frames where frame.kind == .batch {
            if frame.sequence <= sequence { faults.append("its batches are not in order at \(frame.sequence)") }
            sequence = frame.sequence
        }
        var last: Hash128?
        var block = reader.makeBlock()
        while try reader.readBlock(into: &block, prints: true) {
            try reader.readTexts(into: &block)
            for index in block.keys.indices { look(at: block, index, keys, &last) }
        }
    }

    // MARK: - Implementation

    private mutating func look(at block: SnapshotBlock, _ index: Int, _ keys: Set<Hash128>, _ last: inout Hash128?) {
        let key = block.keys[index]
        if let last, last >= key { faults.append("its entries are not in order at entry \(entries)") }
        last = key
        entries += 1
        let flags = SnapshotEntry.Flags(rawValue: block.flags[index])
        if flags.contains(.owed) { owed += 1 }
        if flags.contains(.inDoubt) { inDoubt += 1 }
        if flags.isSuperset(of: [.owed, .inDoubt]) { faults.append("entry \(entries - 1) is both owed and in doubt") }
        if flags.rawValue >= 64 { faults.append("entry \(entries - 1) has flags that are not known") }
        if flags.contains(.marked), !flags.contains(.owed) {
            faults.append("entry \(entries - 1) is marked, and not owed")
        }
        if !flags.contains(.delivered), !flags.contains(.marked), block.raws[index] != 0 {
            faults.append("entry \(entries - 1) was never delivered, and has a delivered row's fingerprint")
        }
        if flags.contains(.delivered), flags.isDisjoint(with: [.owed, .inDoubt]), keys.contains(key) {
            settled.insert(key)
        }
    }
}

/// The files of a snapshot as they stood at one batch, for a backup: they are read while others write on.
package struct SnapshotCopy: Sendable {
    /// A file's name, and how many bytes of it belong to the copy.
    package struct File: Sendable {
        package let name: String
        package let length: Int
        private let file: SnapshotDescriptor

        init(name: String, length: Int, file: SnapshotDescriptor) {
            self.name = name
            self.length = length
            self.file = file
        }

        /// Bytes from a place on.
        package func read(from offset: Int, count: Int) throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: min(count, length - offset))
            try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            return bytes
        }
    }

    package let files: [File]
    /// The last batch that is in the copy.
    package let lastSequence: UInt64

    /// Whether there is a snapshot in a folder.
    package static func isThere(folder: String) -> Bool {
        SnapshotDescriptor.exists(SnapshotPaths(folder: folder).base)
    }

    /// Opens the files of the snapshot in a folder up to a batch.
    ///
    /// nil: there is none, or its base has taken in later batches already.
    package init?(folder: String, upTo sequence: UInt64) throws {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return nil }
        let found = try SnapshotLock(path: paths.lock).whileHeld { () -> (files: [File], last: UInt64)? in
            let state = try SnapshotStore.State(
                paths: paths,
                identity: nil,
                mergeBytes: SnapshotCompaction.partitionBytes
            )
            guard state.header.lastSequence <= sequence else { return nil }
            var end = SnapshotLog.headerLength
            var last = state.header.lastSequence
            for frame in state.log.frames {
                if frame.kind == .batch {
                    if frame.sequence > sequence { break }
                    last = max(last, frame.sequence)
                }
                end = frame.range.upperBound
            }
            let base = try SnapshotDescriptor(path: paths.base, flags: O_RDONLY)
            return (
                [
                    File(name: "base", length: try base.size(), file: base),
                    File(name: "log", length: end, file: state.log.file),
                ], last
            )
        }
        guard let found else { return nil }
        (files, lastSequence) = found
    }
}
