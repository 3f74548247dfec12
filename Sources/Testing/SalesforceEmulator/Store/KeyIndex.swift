/// A hash table from a key's hash to record numbers.
///
/// The caller compares the keys themselves.
struct KeyIndex: Sendable {
    private struct Slot {
        var hash: UInt64
        /// Record number; 0 is free, -1 was taken once.
        var number: Int32
    }

    private var slots: [Slot] = Array(repeating: Slot(hash: 0, number: 0), count: 64)
    private var used = 0

    mutating func insert(hash: UInt64, number: Int) {
        if (used + 1) * 10 > slots.count * 7 { grow() }
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].number > 0 { place = (place + 1) & (slots.count - 1) }
        if slots[place].number == 0 { used += 1 }
        slots[place] = Slot(hash: hash, number: Int32(number))
    }

    mutating func remove(hash: UInt64, number: Int) {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].number != 0 {
            if slots[place].number == Int32(number), slots[place].hash == hash {
                slots[place].number = -1
                return
            }
            place = (place + 1) & (slots.count - 1)
        }
    }

    /// Calls `body` with each candidate until it answers true.
    func search(hash: UInt64, _ body: (Int) -> Bool) {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].number != 0 {
            if slots[place].hash == hash, slots[place].number > 0, body(Int(slots[place].number)) { return }
            place = (place + 1) & (slots.count - 1)
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(hash: 0, number: 0), count: old.count * 2)
        used = 0
        for slot in old where slot.number > 0 {
            var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
            while slots[place].number != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = slot
            used += 1
        }
    }
}
