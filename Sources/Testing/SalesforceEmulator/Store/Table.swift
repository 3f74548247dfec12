/// The records of one object.
///
/// Confined to the org that owns it.
final class Table {
    let type: ObjectType
    /// Record number n stands at n - 1.
    private(set) var records: [Record] = []
    private(set) var liveCount = 0
    /// Field position to slot; a slot is given out when the field is first set, so unused fields cost nothing.
    private var slots: [Int]
    private var slotCount = 0
    /// By field position.
    ///
    /// Kept apart from the lists of positions: a dictionary that is walked and changed at once is copied.
    private var keyIndexes: [KeyIndex?]
    private var keyedFields: [Int] = []
    private var childIndexes: [[RecordID: [Int]]?]
    private var parentFields: [Int] = []

    init(type: ObjectType) {
        self.type = type
        slots = Array(repeating: -1, count: type.fields.count)
        keyIndexes = Array(repeating: nil, count: type.fields.count)
        childIndexes = Array(repeating: nil, count: type.fields.count)
        for (position, field) in type.fields.enumerated() where field.unique || field.externalId {
            keyIndexes[position] = KeyIndex()
            keyedFields.append(position)
        }
    }

    /// A copy that shares nothing that changes.
    init(copying other: Table) {
        type = other.type
        records = other.records
        liveCount = other.liveCount
        slots = other.slots
        slotCount = other.slotCount
        keyIndexes = other.keyIndexes
        keyedFields = other.keyedFields
        childIndexes = other.childIndexes
        parentFields = other.parentFields
    }

    var nextNumber: Int { records.count + 1 }

    func id(_ number: Int) -> RecordID { RecordID(prefix: type.keyPrefix, number: number) }

    /// The record, deleted or not; nil when the number was never given out.
    func record(_ number: Int) -> Record? {
        number >= 1 && number <= records.count ? records[number - 1] : nil
    }

    func slot(_ field: Int) -> Int? {
        field < slots.count && slots[field] >= 0 ? slots[field] : nil
    }

    func stored(_ field: Int, of record: borrowing Record) -> Value {
        guard let slot = slot(field), slot < record.values.count else { return .null }
        return record.values[slot]
    }

    func store(_ value: Value, in field: Int, of record: inout Record) {
        if field >= slots.count { slots.append(contentsOf: repeatElement(-1, count: field + 1 - slots.count)) }
        if slots[field] < 0 {
            if value.isNull { return }
            slots[field] = slotCount
            slotCount += 1
        }
        let slot = slots[field]
        if slot >= record.values.count {
            if value.isNull { return }
            record.values.reserveCapacity(slotCount)
            record.values.append(contentsOf: repeatElement(.null, count: slot + 1 - record.values.count))
        }
        record.values[slot] = value
    }

    // MARK: Writing

    /// Adds the record under the next number.
    @discardableResult
    func append(_ record: Record) -> Int {
        records.append(record)
        let number = records.count
        if !record.isDeleted {
            liveCount += 1
            index(number, record, adding: true)
        }
        return number
    }

    /// Puts a changed record in the place of the old one, and the indexes right.
    func replace(_ number: Int, with record: Record) {
        let old = records[number - 1]
        records[number - 1] = record
        if !old.isDeleted {
            liveCount -= 1
            index(number, old, adding: false)
        }
        if !record.isDeleted {
            liveCount += 1
            index(number, record, adding: true)
        }
    }

    /// Takes back the last appended record.
    func removeLast() {
        guard let last = records.last else { return }
        if !last.isDeleted {
            liveCount -= 1
            index(records.count, last, adding: false)
        }
        records.removeLast()
    }

    private func index(_ number: Int, _ record: Record, adding: Bool) {
        for field in keyedFields {
            let value = stored(field, of: record)
            guard !value.isNull else { continue }
            let hash = lookupHash(value, caseSensitive: type.traits[field].caseSensitive)
            if adding {
                keyIndexes[field]?.insert(hash: hash, number: number)
            } else {
                keyIndexes[field]?.remove(hash: hash, number: number)
            }
        }
        for field in parentFields {
            guard let parent = stored(field, of: record).reference else { continue }
            if adding {
                childIndexes[field]?[parent, default: []].append(number)
            } else {
                childIndexes[field]?[parent]?.removeAll { $0 == number }
            }
        }
    }

    // MARK: Looking up

    /// The numbers of the records, not deleted, whose field holds the value; at most `limit`.
    func find(_ value: Value, in field: Int, limit: Int = 2) -> [Int] {
        guard !value.isNull else { return [] }
        if keyIndexes[field] == nil { buildKeyIndex(field) }
        let caseSensitive = type.traits[field].caseSensitive
        var found: [Int] = []
        keyIndexes[field]?.search(hash: lookupHash(value, caseSensitive: caseSensitive)) { number in
            if sameKey(stored(field, of: records[number - 1]), value, caseSensitive: caseSensitive) {
                found.append(number)
            }
            return found.count >= limit
        }
        return found
    }

    /// The only record with this key, when it is not the one excepted.
    ///
    /// The quick way for unique fields.
    func holder(of value: Value, in field: Int, except: Int) -> Int? {
        let caseSensitive = type.traits[field].caseSensitive
        var holder: Int?
        keyIndexes[field]?.search(hash: lookupHash(value, caseSensitive: caseSensitive)) { number in
            guard number != except, sameKey(stored(field, of: records[number - 1]), value, caseSensitive: caseSensitive)
            else { return false }
            holder = number
            return true
        }
        return holder
    }

    /// The records, not deleted, that refer to the parent by this field.
    func children(of parent: RecordID, by field: Int) -> [Int] {
        if childIndexes[field] == nil {
            var index: [RecordID: [Int]] = [:]
            for (offset, record) in records.enumerated() where !record.isDeleted {
                if let id = stored(field, of: record).reference { index[id, default: []].append(offset + 1) }
            }
            childIndexes[field] = index
            parentFields.append(field)
        }
        return childIndexes[field]?[parent] ?? []
    }

    private func buildKeyIndex(_ field: Int) {
        var index = KeyIndex()
        let caseSensitive = type.traits[field].caseSensitive
        for (offset, record) in records.enumerated() where !record.isDeleted {
            let value = stored(field, of: record)
            if !value.isNull { index.insert(hash: lookupHash(value, caseSensitive: caseSensitive), number: offset + 1) }
        }
        keyIndexes[field] = index
        keyedFields.append(field)
    }
}
