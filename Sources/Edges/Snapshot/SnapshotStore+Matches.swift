internal import SyncModel

extension SnapshotStore {
    /// The rows of a folder's snapshot that were delivered, are in the model, and have one of these match values; reads all of it.
    ///
    /// `values` are compared as far as they go: the first 15 characters of an Id are all of it. `whole`: with all of a match value, in
    /// lower case, as they are then.
    ///
    /// - Returns: key texts, by the value that was asked for.
    package static func keyTexts(
        ofMatches values: Set<String>,
        whole: Bool = false,
        inFolder folder: String
    ) throws -> [String: [String]] {
        let paths = SnapshotPaths(folder: folder)
        guard !values.isEmpty, SnapshotDescriptor.exists(paths.base) else { return [:] }
        let lengths = Set(values.map(\.utf8.count))
        let reader = try SnapshotLock(path: paths.lock).whileHeld {
            let state = try State(paths: paths, identity: nil, mergeBytes: SnapshotCompaction.partitionBytes)
            return try SnapshotReader(path: paths.base, fieldCount: state.fields.count, changes: try state.changes())
        }
        var found: [String: [String]] = [:]
        var block = reader.makeBlock()
        while try reader.readBlock(into: &block, prints: false) {
            try reader.readTexts(into: &block)
            for index in block.keys.indices {
                let flags = SnapshotEntry.Flags(rawValue: block.flags[index])
                guard flags.contains(.delivered), !flags.contains(.absent) else { continue }
                let match = block.textBytes[block.matchText(at: index)]
                for length in lengths where whole ? match.count == length : match.count >= length {
                    let text = String(decoding: match.prefix(length), as: UTF8.self)
                    let value = whole ? text.lowercased() : text
                    guard values.contains(value) else { continue }
                    let key = String(decoding: block.textBytes[block.keyText(at: index)], as: UTF8.self)
                    found[value, default: []].append(key)
                }
            }
        }
        return found
    }
}
