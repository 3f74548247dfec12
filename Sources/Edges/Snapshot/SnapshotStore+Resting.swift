package import Fingerprinting
internal import SyncModel

extension SnapshotStore {
    /// The keys of the rows in a folder's snapshot that rest, so many at most; reads all of it.
    package static func resting(inFolder folder: String, limit: Int) throws -> [Hash128] {
        let paths = SnapshotPaths(folder: folder)
        guard SnapshotDescriptor.exists(paths.base) else { return [] }
        let reader = try SnapshotLock(path: paths.lock).whileHeld {
            let state = try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes)
            return try SnapshotReader(path: paths.base, fieldCount: state.fields.count, changes: try state.changes())
        }
        var resting: [Hash128] = []
        var block = reader.makeBlock()
        while resting.count < limit, try reader.readBlock(into: &block, prints: false) {
            for index in block.keys.indices where resting.count < limit {
                if block.entry(at: index).refusal?.rests == true { resting.append(block.keys[index]) }
            }
        }
        return resting
    }
}
