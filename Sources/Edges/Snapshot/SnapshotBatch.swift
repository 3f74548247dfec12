package import Fingerprinting
package import SyncModel

/// What became of the rows of one batch, as the log keeps it; filled, applied, filled again.
package struct SnapshotBatch: Sendable {
    package let fieldCount: Int
    package private(set) var count = 0
    /// Rows of which nothing is owing any more once the batch is applied: delivered, found as delivered, or gone.
    package private(set) var settled: [Hash128] = []
    private(set) var bytes: [UInt8] = []

    package init(fieldCount: Int) {
        self.fieldCount = fieldCount
    }

    package var isEmpty: Bool { count == 0 }
    package var byteCount: Int { bytes.count }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        settled.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Salesforce has accepted the row: nothing of it is owing any more.
    package mutating func delivered(
        key: Hash128,
        raw: UInt64,
        shaped: UInt64,
        fields: UnsafeBufferPointer<UInt16>,
        keyText: UnsafeRawBufferPointer,
        matchText: UnsafeRawBufferPointer
    ) {
        precondition(fields.count == fieldCount, "a row has as many field hashes as the mapping has fields")
        // In one piece: most rows of a run come by here.
        let length = Self.deliveredLength(fieldCount: fieldCount) + keyText.count + matchText.count
        bytes.append(addingCapacity: length) { (room: inout OutputSpan<UInt8>) in
            room.withUnsafeMutableBufferPointer { bytes, filled in
                let place = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<length])
                place.storeBytes(of: SnapshotOperation.delivered.rawValue, toByteOffset: 0, as: UInt8.self)
                place.storeBytes(of: key.high.littleEndian, toByteOffset: 1, as: UInt64.self)
                place.storeBytes(of: key.low.littleEndian, toByteOffset: 9, as: UInt64.self)
                place.storeBytes(of: raw.littleEndian, toByteOffset: 17, as: UInt64.self)
                place.storeBytes(of: shaped.littleEndian, toByteOffset: 25, as: UInt64.self)
                var end = 33
                func put(_ part: UnsafeRawBufferPointer) {
                    UnsafeMutableRawBufferPointer(rebasing: place[end...]).copyMemory(from: part)
                    end += part.count
                }
                put(UnsafeRawBufferPointer(fields))
                place.storeBytes(of: UInt32(keyText.count).littleEndian, toByteOffset: end, as: UInt32.self)
                place.storeBytes(of: UInt32(matchText.count).littleEndian, toByteOffset: end + 4, as: UInt32.self)
                end += 8
                put(keyText)
                put(matchText)
                filled = length
            }
        }
        count += 1
        settled.append(key)
    }

    /// Makes room for so many delivered rows with texts of this length, so that the bytes need not move.
    package mutating func reserve(delivered rows: Int, textBytes: Int) {
        bytes.reserveCapacity(bytes.count + rows * Self.deliveredLength(fieldCount: fieldCount) + textBytes)
        settled.reserveCapacity(settled.count + rows)
    }

    private static func deliveredLength(fieldCount: Int) -> Int { 41 + 2 * fieldCount }

    /// The same, from values.
    package mutating func delivered(
        key: Hash128,
        raw: UInt64,
        shaped: UInt64,
        fields: [UInt16],
        keyText: String,
        matchText: String = ""
    ) {
        var (keyText, matchText) = (keyText, matchText)
        fields.withUnsafeBufferPointer { fields in
            keyText.withUTF8 { keyText in
                matchText.withUTF8 { matchText in
                    delivered(
                        key: key,
                        raw: raw,
                        shaped: shaped,
                        fields: fields,
                        keyText: UnsafeRawBufferPointer(keyText),
                        matchText: UnsafeRawBufferPointer(matchText)
                    )
                }
            }
        }
    }

    /// The source's text differs, the payload is what was delivered (`1.0` to `1.00`): nothing of the row is owing any more.
    package mutating func renewed(key: Hash128, raw: UInt64) {
        begin(.renewed, key)
        settled.append(key)
        bytes.put(raw)
    }

    /// Rejected, held, unmatched or unsent; or in doubt, and resolved as not delivered.
    package mutating func owed(key: Hash128, keyText: String) {
        begin(.owed, key)
        bytes.put(text: keyText)
    }

    /// Rejected, and its refusals are counted.
    package mutating func refused(key: Hash128, mark: RefusalMark, keyText: String) {
        begin(.refused, key)
        bytes.put(mark.rawValue)
        bytes.put(text: keyText)
    }

    /// Sent, and nobody can say whether it arrived.
    package mutating func inDoubt(key: Hash128, keyText: String) {
        begin(.inDoubt, key)
        bytes.put(text: keyText)
    }

    /// Its removal was tried and refused.
    package mutating func removalOwed(key: Hash128) { begin(.removalOwed, key) }

    /// Its removal was accepted, or it is to be known no longer.
    package mutating func removed(key: Hash128) {
        begin(.removed, key)
        settled.append(key)
    }

    /// It was not in the model.
    package mutating func absent(key: Hash128) { begin(.absent, key) }

    /// It is in the model again, as it was delivered.
    package mutating func present(key: Hash128) { begin(.present, key) }

    /// Its key and match value are to rest here no longer; its hashes stay.
    package mutating func forgetText(key: Hash128) { begin(.forgetText, key) }

    private mutating func begin(_ operation: SnapshotOperation, _ key: Hash128) {
        bytes.append(operation.rawValue)
        bytes.put(key)
        count += 1
    }
}

/// The first byte of each change in the log.
enum SnapshotOperation: UInt8 {
    case delivered = 1
    case renewed
    case owed
    case inDoubt
    case removalOwed
    case removed
    case absent
    case present
    case forgetText
    case refused
}
