internal import Fingerprinting

/// Numbers hashes from 0 in the order in which they come; emptied and filled again, it keeps its room.
struct HashIndex {
    private(set) var hashes: [Hash128] = []
    private var slots: [UInt32] = []
    private var mask = 0

    var count: Int { hashes.count }

    mutating func removeAll() {
        hashes.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }

    /// The number of a hash, a new one if it is new.
    mutating func insert(_ hash: Hash128) -> (number: Int, isNew: Bool) {
        if 2 * (hashes.count + 1) > slots.count { grow() }
        let slot = slot(of: hash)
        if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
        hashes.append(hash)
        slots[slot] = UInt32(hashes.count)
        return (hashes.count - 1, true)
    }

    func find(_ hash: Hash128) -> Int? {
        guard !hashes.isEmpty else { return nil }
        let found = slots[slot(of: hash)]
        return found == 0 ? nil : Int(found) - 1
    }

    // MARK: - Implementation

    /// The slot where the hash is, or the free one where it would go.
    private func slot(of hash: Hash128) -> Int {
        var slot = Int(truncatingIfNeeded: hash.low) & mask
        while slots[slot] != 0, hashes[Int(slots[slot]) - 1] != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let size = max(1_024, 2 * slots.count)
        slots = [UInt32](repeating: 0, count: size)
        mask = size - 1
        for (number, hash) in hashes.enumerated() { slots[slot(of: hash)] = UInt32(number + 1) }
    }
}
