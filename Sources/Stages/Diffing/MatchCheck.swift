internal import Fingerprinting

/// Finds the rows that share a match value, in memory that does not grow with their number.
///
/// Rows that were not settled claim their values in partitions by the value's hash. Settled rows are only written down: their
/// values differ from each other, or they would not all have been delivered; so of them those are claimed at the end whose value
/// may be among the claims.
final class MatchCheck {
    private let plan: DiffPlan
    private let claims: ScratchRecords
    private let settled: ScratchRecords
    private let filter = ClaimFilter()

    init(_ plan: DiffPlan, scratch: ScratchEnd) {
        self.plan = plan
        claims = ScratchRecords(scratch, partitions: plan.partitions, room: 16 << 10)
        settled = ScratchRecords(scratch, partitions: 1, room: 256 << 10)
    }

    func claim(_ match: Hash128, key: Hash128, keyText: UnsafeRawBufferPointer) throws {
        filter.insert(match)
        let length = MatchClaim.length(keyText)
        let place = try claims.begin(plan.partition(of: match.high), length: length)
        MatchClaim.write(match, key: key, keyText: keyText, isSettled: false, at: place)
    }

    func settle(_ match: Hash128, key: Hash128, keyText: UnsafeRawBufferPointer) throws {
        let place = try settled.begin(0, length: MatchClaim.length(keyText))
        MatchClaim.write(match, key: key, keyText: keyText, isSettled: true, at: place)
    }

    /// Writes a refusal for every row that shares its value with another one, by partition of its key.
    func resolve(into refusals: ScratchRecords) throws {
        guard !claims.isEmpty else { return }
        try settled.forEach(0) { record in
            let claim = MatchClaim(record)
            if filter.mayContain(claim.match) { try claims.append(plan.partition(of: claim.match.high), record) }
        }
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

/// Says of a hash that it is surely not among those put in: 8 MiB, two bits a hash.
private final class ClaimFilter {
    private static let bits = 26
    private var words: [UInt64] = []

    func insert(_ hash: Hash128) {
        if words.isEmpty { words = [UInt64](repeating: 0, count: 1 << (Self.bits - 6)) }
        let (first, second) = places(hash)
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    func mayContain(_ hash: Hash128) -> Bool {
        guard !words.isEmpty else { return false }
        let (first, second) = places(hash)
        return words[first >> 6] & (1 << UInt64(first & 63)) != 0
            && words[second >> 6] & (1 << UInt64(second & 63)) != 0
    }

    private func places(_ hash: Hash128) -> (Int, Int) {
        (Int(hash.low & (1 << Self.bits - 1)), Int(hash.low >> 32 & (1 << Self.bits - 1)))
    }
}
