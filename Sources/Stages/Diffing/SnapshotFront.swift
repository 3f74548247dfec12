internal import Fingerprinting
internal import SyncModel

/// The snapshot in memory, 7 bytes an entry: says of most rows at once that they are as they were delivered.
///
/// Entries lie in key order in buckets of about 8 by the upper bits of the key; each is a tag of 48 bits, mixed from the lower
/// half of the key, the raw fingerprint and the run's seed. A row whose tag is not there is looked at closely; one whose tag is
/// there is unchanged, but for a chance of 2⁻⁴⁴ that another seed does away with.
final class SnapshotFront {
    private static let tagBytes = 6
    private static let stride = 256
    private static let tagMask: UInt64 = 0xFFFF_FFFF_FFFF

    /// Room for as many.
    private let room: Int
    private var count = 0
    /// Keeps the compiler from leaving the touching out.
    private var touched: UInt64 = 0
    private let seed: UInt64
    private let shift: UInt64
    private let tags: UnsafeMutableRawPointer
    private let starts: UnsafeMutablePointer<UInt32>
    private let seen: UnsafeMutablePointer<UInt64>

    /// Reads all of the snapshot.
    init(_ snapshot: any SnapshotReading, seed: UInt64) throws {
        room = snapshot.entryCount
        self.seed = seed
        var bits = 1
        while 8 << bits < room { bits += 1 }
        shift = UInt64(64 - bits)
        // Behind the last tag there is room for a load of 8 bytes.
        tags = .allocate(byteCount: room * Self.tagBytes + 8, alignment: 64)
        starts = .allocate(capacity: 1 << bits + 1)
        seen = .allocate(capacity: room / 64 + 1)
        seen.initialize(repeating: 0, count: room / 64 + 1)
        starts.initialize(repeating: 0, count: 1 << bits + 1)
        try fill(from: snapshot, buckets: 1 << bits)
    }

    deinit {
        tags.deallocate()
        starts.deallocate()
        seen.deallocate()
    }

    /// Every entry has its row, as it was delivered.
    var hasSeenAll: Bool { (0...room / 64).reduce(0) { $0 + seen[$1].nonzeroBitCount } == count }

    func isSeen(_ entry: Int) -> Bool {
        seen[entry >> 6] & (1 << UInt64(entry & 63)) != 0
    }

    /// For each row whether it is settled: as it was delivered, and the first with its key.
    func settle(_ keys: UnsafeBufferPointer<Hash128>, _ raws: UnsafeBufferPointer<UInt64>, into settled: inout [Bool]) {
        settled.removeAll(keepingCapacity: true)
        settled.reserveCapacity(keys.count)
        var start = 0
        while start < keys.count {
            let end = min(start + Self.stride, keys.count)
            touch(keys, start..<end)
            for row in start..<end {
                let bucket = Int(keys[row].high >> shift)
                settled.append(claim(tag(keys[row], raws[row]), from: starts[bucket], to: starts[bucket + 1]))
            }
            start = end
        }
    }

    // MARK: - Implementation

    /// Brings the buckets of some rows near: in a loop this short, the loads do not wait for one another.
    @inline(never)
    private func touch(_ keys: UnsafeBufferPointer<Hash128>, _ rows: Range<Int>) {
        var seen: UInt64 = 0
        for row in rows {
            let place = Int(starts[Int(keys[row].high >> shift)])
            seen &+= tags.loadUnaligned(fromByteOffset: place * Self.tagBytes, as: UInt64.self)
        }
        touched = seen
    }

    @inline(__always)
    private func claim(_ tag: UInt64, from start: UInt32, to end: UInt32) -> Bool {
        for entry in Int(start)..<Int(end)
        where tags.loadUnaligned(fromByteOffset: entry * Self.tagBytes, as: UInt64.self) & Self.tagMask == tag {
            let bit: UInt64 = 1 << UInt64(entry & 63)
            guard seen[entry >> 6] & bit == 0 else { return false }
            seen[entry >> 6] |= bit
            return true
        }
        return false
    }

    /// Never 0: that is the tag of an entry of which something is owing.
    @inline(__always)
    private func tag(_ key: Hash128, _ raw: UInt64) -> UInt64 {
        var mixed = (raw ^ seed) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= key.low
        mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
        mixed ^= mixed >> 29
        return (mixed >> 16) | 1
    }

    private func fill(from snapshot: any SnapshotReading, buckets: Int) throws {
        snapshot.rewind()
        var block = SnapshotBlock(fieldCount: snapshot.fieldCount)
        var entry = 0
        var bucket = 0
        while try snapshot.readBlock(into: &block, prints: false) {
            for position in 0..<min(block.count, room - entry) {
                let key = block.keys[position]
                let own = Int(key.high >> shift)
                while bucket < own {
                    bucket += 1
                    starts[bucket] = UInt32(entry)
                }
                let isClean = block.flags[position] == SnapshotEntry.Flags.delivered.rawValue
                // Writes 2 bytes too many, which the next tag overwrites.
                tags.storeBytes(
                    of: isClean ? tag(key, block.raws[position]) : 0,
                    toByteOffset: entry * Self.tagBytes,
                    as: UInt64.self
                )
                entry += 1
            }
        }
        count = entry
        while bucket < buckets {
            bucket += 1
            starts[bucket] = UInt32(entry)
        }
    }
}
