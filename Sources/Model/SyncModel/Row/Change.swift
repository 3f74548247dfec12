package import Fingerprinting

/// The class of a row against what was delivered; every row is in exactly one, the first that fits.
package enum ChangeClass: UInt8, Sendable, CaseIterable {
    case owed
    case removed
    case added
    case changed
    case unchanged
}

/// What the snapshot remembers of one key.
package struct SnapshotEntry: Sendable, Equatable {
    package struct Flags: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Salesforce has accepted this key at least once, and its record was not removed since.
        package static let delivered = Flags(rawValue: 1)
        /// Was refused, held, unmatched, unsent or in doubt, and not delivered since.
        package static let owed = Flags(rawValue: 2)
        /// In doubt: not sent again until a person has resolved it.
        package static let inDoubt = Flags(rawValue: 4)
        /// Its removal was tried and refused.
        package static let removalOwed = Flags(rawValue: 8)
        /// Was not in the model when it was last read; looked at closely when it comes back.
        package static let absent = Flags(rawValue: 16)
        /// Of an owed row: `raw` is a `RefusalMark`.
        package static let marked = Flags(rawValue: 32)
    }

    package var key: Hash128
    /// Of the mapped source columns as delivered; 0 when never delivered; of an owed row, which nobody compares, also a mark.
    package var raw: UInt64
    /// Of the payload as delivered; 0 when never delivered.
    package var shaped: UInt64
    package var flags: Flags
    /// One hash a mapped field, in the order of the mapping, of the payload as delivered.
    package var fields: [UInt16]

    package init(key: Hash128, raw: UInt64, shaped: UInt64, flags: Flags, fields: [UInt16]) {
        self.key = key
        self.raw = raw
        self.shaped = shaped
        self.flags = flags
        self.fields = fields
    }
}

/// One row that has to travel, as diffing hands it to shaping: its class, its key, its mapped columns.
package struct Change: Sendable {
    package var changeClass: ChangeClass
    package var key: Hash128
    /// The primary key as text: of several columns, a JSON array's text.
    package var keyText: String
    /// Of the mapped source columns as they are now; 0 for a removed row.
    package var raw: UInt64
    /// What the snapshot had, if anything.
    package var known: SnapshotEntry?
    /// The mapped columns' cells in the order of `MappedColumns.names`; empty for a removed row.
    package var cells: ChangeCells
    /// The match value's text as it was delivered, of a removed row; else empty (it is among the cells).
    package var matchText = ""

    package init(
        changeClass: ChangeClass,
        key: Hash128,
        keyText: String,
        raw: UInt64,
        known: SnapshotEntry?,
        cells: ChangeCells
    ) {
        self.changeClass = changeClass
        self.key = key
        self.keyText = keyText
        self.raw = raw
        self.known = known
        self.cells = cells
    }
}

/// How many rows are in each class.
package struct ChangeCounts: Sendable, Equatable, Codable {
    package var read = 0
    package var added = 0
    package var changed = 0
    package var removed = 0
    package var unchanged = 0
    package var owed = 0
    /// Refused while reading: null or doubled keys and match values.
    package var refused = 0
    /// Owed, but not tried in this run: refused too often for the same reason, and nothing has changed since.
    package var resting = 0
    /// Rows of the snapshot that were delivered and that the keys of the request leave out; nil in records of versions that
    /// counted none.
    private var unselectedRows: Int?
    /// nil in records of versions that counted none.
    private var doubtfulRows: Int?

    package init() {}

    /// Rows that were delivered and are not among those with the keys that the run is about.
    package var unselected: Int {
        get { unselectedRows ?? 0 }
        set { unselectedRows = newValue == 0 ? nil : newValue }
    }

    /// Of the owed rows, those in doubt: they wait for a person.
    package var inDoubt: Int {
        get { doubtfulRows ?? 0 }
        set { doubtfulRows = newValue == 0 ? nil : newValue }
    }
}
