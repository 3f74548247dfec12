internal import Fingerprinting
internal import SyncModel

/// One change of the log, as it lies in the frame's bytes, and what it does to an entry.
struct SnapshotChange {
    var operation: SnapshotOperation
    var key: Hash128
    var raw: UInt64 = 0
    var shaped: UInt64 = 0
    var fields = UnsafeRawBufferPointer(start: nil, count: 0)
    var keyText = UnsafeRawBufferPointer(start: nil, count: 0)
    var matchText = UnsafeRawBufferPointer(start: nil, count: 0)

    /// The next change; nil when the bytes make none.
    init?(from reader: inout SnapshotByteReader, fieldCount: Int) {
        guard let code = reader.number(UInt8.self), let operation = SnapshotOperation(rawValue: code),
            let key = reader.key()
        else {
            return nil
        }
        self.operation = operation
        self.key = key
        switch operation {
        case .delivered:
            guard let raw = reader.number(UInt64.self), let shaped = reader.number(UInt64.self),
                let fields = reader.slice(2 * fieldCount), let keyLength = reader.number(UInt32.self),
                let matchLength = reader.number(UInt32.self), let keyText = reader.slice(Int(keyLength)),
                let matchText = reader.slice(Int(matchLength))
            else { return nil }
            (self.raw, self.shaped, self.fields, self.keyText, self.matchText) = (
                raw, shaped, fields, keyText, matchText
            )
        case .renewed:
            guard let raw = reader.number(UInt64.self) else { return nil }
            self.raw = raw
        case .refused:
            guard let mark = reader.number(UInt64.self), let length = reader.number(UInt32.self),
                let keyText = reader.slice(Int(length))
            else { return nil }
            (raw, self.keyText) = (mark, keyText)
        case .owed, .inDoubt:
            guard let length = reader.number(UInt32.self), let keyText = reader.slice(Int(length)) else { return nil }
            self.keyText = keyText
        case .removalOwed, .removed, .absent, .present, .forgetText:
            break
        }
    }
}

/// An entry while changes are folded into it.
struct FoldedEntry {
    private(set) var isKnown = false
    private(set) var raw: UInt64 = 0
    private(set) var shaped: UInt64 = 0
    private(set) var flags: SnapshotEntry.Flags = []
    private(set) var fields: [UInt16]
    private(set) var keyText: [UInt8] = []
    private(set) var matchText: [UInt8] = []

    init(fieldCount: Int) {
        fields = [UInt16](repeating: 0, count: fieldCount)
    }

    /// Begins anew with what the base has at a position, or with nothing.
    mutating func begin(_ block: SnapshotBlock?, _ index: Int) {
        clear()
        guard let block else { return }
        isKnown = true
        raw = block.raws[index]
        flags = SnapshotEntry.Flags(rawValue: block.flags[index])
        if !block.shaped.isEmpty {
            shaped = block.shaped[index]
            for field in fields.indices { fields[field] = block.fields[index * fields.count + field] }
        }
        keyText.append(contentsOf: block.textBytes[block.keyText(at: index)])
        matchText.append(contentsOf: block.textBytes[block.matchText(at: index)])
    }

    /// Begins anew with an entry of which only the texts matter; nil: with nothing.
    mutating func begin(texts: (key: ArraySlice<UInt8>, match: ArraySlice<UInt8>)?) {
        clear()
        guard let texts else { return }
        isKnown = true
        keyText.append(contentsOf: texts.key)
        matchText.append(contentsOf: texts.match)
    }

    /// `fieldMap` says for each field where its hash is among the change's; nil: in the same place.
    mutating func fold(_ change: SnapshotChange, fieldMap: [Int?]? = nil) {
        switch change.operation {
        case .delivered:
            isKnown = true
            raw = change.raw
            shaped = change.shaped
            flags = .delivered
            for field in fields.indices {
                let old = fieldMap.map { $0[field] } ?? field
                fields[field] = old.map { change.fields.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) } ?? 0
            }
            replaceText(&keyText, change.keyText)
            replaceText(&matchText, change.matchText)
        case .renewed:
            guard isKnown else { return }
            raw = change.raw
            flags.subtract([.owed, .marked, .absent, .removalOwed])
        case .owed:
            learnKey(change)
            forgetMark()
            flags.subtract([.inDoubt, .absent, .removalOwed])
            flags.insert(.owed)
        case .refused:
            learnKey(change)
            raw = change.raw
            flags.subtract([.inDoubt, .absent, .removalOwed])
            flags.formUnion([.owed, .marked])
        case .inDoubt:
            learnKey(change)
            forgetMark()
            flags.subtract([.owed, .absent])
            flags.insert(.inDoubt)
        case .removalOwed:
            if isKnown { flags.insert(.removalOwed) }
        case .removed:
            clear()
        case .absent:
            if isKnown { flags.insert(.absent) }
        case .present:
            flags.subtract([.absent, .removalOwed])
        case .forgetText:
            keyText.removeAll(keepingCapacity: true)
            matchText.removeAll(keepingCapacity: true)
        }
    }

    // MARK: - Implementation

    private mutating func clear() {
        isKnown = false
        (raw, shaped, flags) = (0, 0, [])
        for field in fields.indices { fields[field] = 0 }
        keyText.removeAll(keepingCapacity: true)
        matchText.removeAll(keepingCapacity: true)
    }

    /// What was delivered is not known by then: whatever the row says now, it is another.
    private mutating func forgetMark() {
        guard flags.contains(.marked) else { return }
        raw = 0
        flags.remove(.marked)
    }

    private mutating func learnKey(_ change: SnapshotChange) {
        isKnown = true
        if keyText.isEmpty { replaceText(&keyText, change.keyText) }
    }

    private func replaceText(_ text: inout [UInt8], _ bytes: UnsafeRawBufferPointer) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: bytes)
    }
}
