package import Fingerprinting
internal import SyncModel

extension SnapshotStore {
    /// Of some keys, those that Salesforce has accepted at least once.
    package static func delivered(_ keys: Set<Hash128>, inFolder folder: String) throws -> Set<Hash128> {
        let paths = SnapshotPaths(folder: folder)
        guard !keys.isEmpty, SnapshotDescriptor.exists(paths.base) else { return [] }
        let reader = try SnapshotLock(path: paths.lock).whileHeld {
            let state = try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes)
            return try SnapshotReader(path: paths.base, fieldCount: state.fields.count, changes: try state.changes())
        }
        // Each look at one key reads a block: of many keys, the whole is read once.
        if keys.count <= 64 {
            return try keys.filter { try reader.entry(for: $0)?.flags.contains(.delivered) ?? false }
        }
        var delivered: Set<Hash128> = []
        var block = reader.makeBlock()
        while try reader.readBlock(into: &block, prints: false) {
            for index in block.keys.indices where keys.contains(block.keys[index]) {
                if SnapshotEntry.Flags(rawValue: block.flags[index]).contains(.delivered) {
                    delivered.insert(block.keys[index])
                }
            }
        }
        return delivered
    }
}
