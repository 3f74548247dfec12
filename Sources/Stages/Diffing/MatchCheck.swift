internal import Fingerprinting
internal import SyncModel

/// Finds the rows that share a match value, in memory that does not grow with their number.
///
/// Rows that were not settled claim their values in partitions by the value's hash. Settled rows are only written down: their
/// values differ from each other, or they would not all have been delivered; so of them those are claimed at the end whose value
/// may be among the claims.
final class MatchCheck {
    private let plan: DiffPlan
    private let claims: ScratchRecords
    private let settled: ScratchRecords

    init(_ plan: DiffPlan, scratch: ScratchEnd) {
        self.plan = plan
        claims = ScratchRecords(scratch, partitions: plan.partitions, room: 16 << 10)
        settled = ScratchRecords(scratch, partitions: 1, room: 256 << 10)
    }

    func claim(_ match: Hash128, key: Hash128, keyText: UnsafeRawBufferPointer, isSettled: Bool = false) throws {
        let place = try claims.begin(plan.partition(of: match.high), length: MatchClaim.length(keyText))
        MatchClaim.write(match, key: key, keyText: keyText, isSettled: isSettled, at: place)
    }

    func settle(_ match: Hash128, keyText: UnsafeRawBufferPointer) throws {
        SettledMatch.write(match, keyText: keyText, at: try settled.begin(0, length: SettledMatch.length(keyText)))
    }

    /// Writes a refusal for every row that shares its value with another one, by partition of its key.
    func resolve(into refusals: ScratchRecords) throws {
        guard !claims.isEmpty else { return }
        if !settled.isEmpty { try claimSettled() }
        var index = HashIndex()
        for partition in 0..<plan.partitions where !claims.isEmpty(partition) {
            try resolve(partition, &index, into: refusals)
        }
    }

    // MARK: - Implementation

    private struct Holders {
        var firstKey = Hash128(high: 0, low: 0)
        var firstText: [UInt8] = []
        var secondText: [UInt8]?
        var isFound = false
    }

    private func claimSettled() throws {
        var count = 0
        for partition in 0..<plan.partitions { try claims.forEach(partition) { _ in count += 1 } }
        let filter = ClaimFilter(count: count)
        for partition in 0..<plan.partitions { try claims.forEach(partition) { filter.insert(MatchClaim($0).match) } }
        try settled.forEach(0) { record in
            let row = SettledMatch(record)
            guard filter.mayContain(row.match) else { return }
            let text = String(decoding: row.keyText, as: UTF8.self)
            guard let key = RowKey.hash(ofText: text, columns: plan.columns.key.count) else { return }
            try claim(row.match, key: key, keyText: row.keyText, isSettled: true)
        }
    }

    private func resolve(_ partition: Int, _ index: inout HashIndex, into refusals: ScratchRecords) throws {
        index.removeAll()
        var counts: [UInt32] = []
        var shared = 0
        try claims.forEach(partition) { record in
            let (number, isNew) = index.insert(MatchClaim(record).match)
            if isNew {
                counts.append(1)
            } else {
                counts[number] += 1
                if counts[number] == 2 { shared += 1 }
            }
        }
        guard shared > 0 else { return }

        var holders: [Int: Holders] = [:]
        try claims.forEach(partition) { record in
            let claim = MatchClaim(record)
            guard let number = index.find(claim.match), counts[number] > 1 else { return }
            var known = holders[number] ?? Holders()
            if !known.isFound {
                known = Holders(firstKey: claim.key, firstText: Array(claim.keyText), secondText: nil, isFound: true)
            } else if known.secondText == nil, known.firstKey != claim.key {
                known.secondText = Array(claim.keyText)
            } else {
                return
            }
            holders[number] = known
        }

        try claims.forEach(partition) { record in
            let claim = MatchClaim(record)
            guard let number = index.find(claim.match), counts[number] > 1, let known = holders[number] else { return }
            let other = claim.key == known.firstKey ? known.secondText ?? known.firstText : known.firstText
            try other.withUnsafeBytes { other in
                let length = MatchRefusal.length(claim.keyText, other)
                let place = try refusals.begin(plan.partition(of: claim.key.high), length: length)
                MatchRefusal.write(claim, others: counts[number] - 1, other: other, at: place)
            }
        }
    }
}

/// A row's claim to a match value, as it lies in a record: length 4, settled 4, value's hash 16, key 16, text's length 8, text.
struct MatchClaim {
    let match: Hash128
    let key: Hash128
    let isSettled: Bool
    let keyText: UnsafeRawBufferPointer

    init(_ record: UnsafeRawBufferPointer) {
        isSettled = record.load(fromByteOffset: 4, as: UInt32.self) != 0
        match = record.load(fromByteOffset: 8, as: Hash128.self)
        key = record.load(fromByteOffset: 24, as: Hash128.self)
        keyText = UnsafeRawBufferPointer(rebasing: record[48..<48 + record.load(fromByteOffset: 40, as: Int.self)])
    }

    static func length(_ keyText: UnsafeRawBufferPointer) -> Int { ScratchRecords.padded(48 + keyText.count) }

    static func write(
        _ match: Hash128,
        key: Hash128,
        keyText: UnsafeRawBufferPointer,
        isSettled: Bool,
        at place: UnsafeMutableRawPointer
    ) {
        place.storeBytes(of: isSettled ? 1 : 0, toByteOffset: 4, as: UInt32.self)
        place.storeBytes(of: match, toByteOffset: 8, as: Hash128.self)
        place.storeBytes(of: key, toByteOffset: 24, as: Hash128.self)
        place.storeBytes(of: keyText.count, toByteOffset: 40, as: Int.self)
        (place + 48).copy(keyText)
    }
}

/// A row that shares its match value, as it lies in a record: length 4, settled 4, key 16, others 4, lengths 4 and 4, pad, texts.
struct MatchRefusal {
    let key: Hash128
    let isSettled: Bool
    /// How many other rows have the value.
    let others: Int
    let keyText: UnsafeRawBufferPointer
    let otherText: UnsafeRawBufferPointer

    init(_ record: UnsafeRawBufferPointer) {
        isSettled = record.load(fromByteOffset: 4, as: UInt32.self) != 0
        key = record.load(fromByteOffset: 8, as: Hash128.self)
        others = Int(record.load(fromByteOffset: 24, as: UInt32.self))
        let own = Int(record.load(fromByteOffset: 28, as: UInt32.self))
        let other = Int(record.load(fromByteOffset: 32, as: UInt32.self))
        keyText = UnsafeRawBufferPointer(rebasing: record[40..<40 + own])
        otherText = UnsafeRawBufferPointer(rebasing: record[40 + own..<40 + own + other])
    }

    static func length(_ keyText: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        ScratchRecords.padded(40 + keyText.count + other.count)
    }

    static func write(
        _ claim: MatchClaim,
        others: UInt32,
        other: UnsafeRawBufferPointer,
        at place: UnsafeMutableRawPointer
    ) {
        place.storeBytes(of: claim.isSettled ? 1 : 0, toByteOffset: 4, as: UInt32.self)
        place.storeBytes(of: claim.key, toByteOffset: 8, as: Hash128.self)
        place.storeBytes(of: others, toByteOffset: 24, as: UInt32.self)
        place.storeBytes(of: UInt32(claim.keyText.count), toByteOffset: 28, as: UInt32.self)
        place.storeBytes(of: UInt32(other.count), toByteOffset: 32, as: UInt32.self)
        (place + 40).copy(claim.keyText)
        (place + 40 + claim.keyText.count).copy(other)
    }
}

extension UnsafeMutableRawPointer {
    func copy(_ bytes: UnsafeRawBufferPointer) {
        if let base = bytes.baseAddress { copyMemory(from: base, byteCount: bytes.count) }
    }
}

/// A settled row's match value, as it lies in a record: length 4, text's length 4, value's hash 16, key's text.
private struct SettledMatch {
    let match: Hash128
    let keyText: UnsafeRawBufferPointer

    init(_ record: UnsafeRawBufferPointer) {
        match = record.load(fromByteOffset: 8, as: Hash128.self)
        keyText = UnsafeRawBufferPointer(
            rebasing: record[24..<24 + Int(record.load(fromByteOffset: 4, as: UInt32.self))]
        )
    }

    static func length(_ keyText: UnsafeRawBufferPointer) -> Int { ScratchRecords.padded(24 + keyText.count) }

    static func write(_ match: Hash128, keyText: UnsafeRawBufferPointer, at place: UnsafeMutableRawPointer) {
        place.storeBytes(of: UInt32(keyText.count), toByteOffset: 4, as: UInt32.self)
        place.storeBytes(of: match, toByteOffset: 8, as: Hash128.self)
        (place + 24).copy(keyText)
    }
}

/// Says of a hash that it is surely not among those put in: 16 bits a hash and 8 MiB at most, of which each sets two in one word.
private final class ClaimFilter {
    private let words: UnsafeMutablePointer<UInt64>
    private let mask: Int

    init(count: Int) {
        var size = 64
        while size < count / 4, size < 1 << 20 { size *= 2 }
        mask = size - 1
        words = .allocate(capacity: size)
        words.initialize(repeating: 0, count: size)
    }

    deinit { words.deallocate() }

    func insert(_ hash: Hash128) {
        words[Int(truncatingIfNeeded: hash.low) & mask] |= bits(hash)
    }

    @inline(__always)
    func mayContain(_ hash: Hash128) -> Bool {
        let bits = bits(hash)
        return words[Int(truncatingIfNeeded: hash.low) & mask] & bits == bits
    }

    @inline(__always)
    private func bits(_ hash: Hash128) -> UInt64 {
        1 << (hash.low >> 58) | 1 << (hash.low >> 52 & 63)
    }
}
