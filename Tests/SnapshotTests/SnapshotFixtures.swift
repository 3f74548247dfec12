import Fingerprinting
import Foundation
import Snapshot
import SyncModel

/// A folder that goes with its holder.
final class SnapshotFolder {
    let path: String

    init() throws {
        // In memory where there is such a place: what is synchronized a thousand times should not wait for a disk each time.
        let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        let url = (isThere ? memory : FileManager.default.temporaryDirectory).appending(
            path: "snapshot-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // What cannot be removed is left to whoever cleans the temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }

    func open(
        _ name: String = "s",
        identity: SnapshotIdentity = sampleIdentity,
        fields: [String] = ["Name", "Code__c"],
        ledger: UInt64 = .max,
        mergeBytes: Int = 8 << 20
    ) throws -> SnapshotStore {
        try SnapshotStore(
            folder: "\(path)/\(name)",
            identity: identity,
            fields: fields,
            ledgerSequence: ledger,
            mergeBytes: mergeBytes
        )
    }

    func read(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(file)")))
    }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(file)"))
    }

    func copy(_ name: String, to other: String) throws {
        // The copy of the step before, if there is one.
        try? FileManager.default.removeItem(atPath: "\(path)/\(other)")
        try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
    }
}

let sampleIdentity = SnapshotIdentity(
    stateID: "state",
    sync: "accounts",
    orgID: "00D000000000001",
    object: "Account",
    matchField: "Code__c",
    keyColumns: ["id"]
)

func key(_ number: Int) -> Hash128 { Fingerprint.hash128("key \(number)") }

/// A batch that delivers some rows, all with this raw fingerprint.
func delivery(_ numbers: some Sequence<Int>, raw: UInt64, fieldCount: Int = 2) -> SnapshotBatch {
    var batch = SnapshotBatch(fieldCount: fieldCount)
    for number in numbers {
        batch.delivered(
            key: key(number),
            raw: raw,
            shaped: raw + 1,
            fields: (0..<fieldCount).map { UInt16(number % 1_000 + $0) },
            keyText: "k\(number)",
            matchText: "m\(number)"
        )
    }
    return batch
}

/// Everything in a snapshot, in its order, with texts, after its log was merged.
func contents(_ store: SnapshotStore) throws -> [(entry: SnapshotEntry, keyText: String, matchText: String)] {
    try store.compact()
    return try read(store)
}

/// Everything in a snapshot, in its order, with texts.
func read(_ store: SnapshotStore) throws -> [(entry: SnapshotEntry, keyText: String, matchText: String)] {
    let reader = try store.reader()
    var block = reader.makeBlock()
    var all: [(entry: SnapshotEntry, keyText: String, matchText: String)] = []
    while try reader.readBlock(into: &block, prints: true) {
        try reader.readTexts(into: &block)
        for index in 0..<block.count {
            all.append(
                (
                    block.entry(at: index), String(decoding: block.textBytes[block.keyText(at: index)], as: UTF8.self),
                    String(decoding: block.textBytes[block.matchText(at: index)], as: UTF8.self)
                )
            )
        }
    }
    return all
}
