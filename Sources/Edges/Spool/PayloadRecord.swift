package import Fingerprinting

/// What is known of one payload: the fixed-width part of its row.
package struct PayloadRecord: Sendable, Equatable {
    package var key: Hash128
    /// Of the mapped source columns; 0 for a removed row.
    package var raw: UInt64
    /// Of the payload.
    package var shaped: UInt64
    /// Of the folded match value; 0 without one.
    package var match: UInt64
    /// Of the parent that the row locks; 0 without one.
    package var parent: UInt64
    /// The lower half of what was marked of the row when it was refused before; 0 when nothing was.
    package var refusals: UInt32
    /// One hash a mapped field.
    package var fields: [UInt16]

    package init(
        key: Hash128,
        raw: UInt64,
        shaped: UInt64,
        match: UInt64 = 0,
        parent: UInt64 = 0,
        refusals: UInt32 = 0,
        fields: [UInt16] = []
    ) {
        self.key = key
        self.raw = raw
        self.shaped = shaped
        self.match = match
        self.parent = parent
        self.refusals = refusals
        self.fields = fields
    }
}

/// What a pass over many rows looks at: the record without its fields' hashes, and so without an allocation.
package struct PayloadHead: Sendable, Equatable {
    package var key: Hash128
    package var raw: UInt64
    package var shaped: UInt64
    package var match: UInt64
    package var parent: UInt64
    package var refusals: UInt32
    /// Bytes of the payload.
    package var payloadLength: Int

    package init(
        key: Hash128,
        raw: UInt64,
        shaped: UInt64,
        match: UInt64,
        parent: UInt64,
        refusals: UInt32,
        payloadLength: Int
    ) {
        self.key = key
        self.raw = raw
        self.shaped = shaped
        self.match = match
        self.parent = parent
        self.refusals = refusals
        self.payloadLength = payloadLength
    }
}

/// The three files of a payload spool.
struct PayloadPaths {
    let path: String
    var payload: String { path + ".payload" }
    var texts: String { path + ".texts" }
    var index: String { path + ".index" }
    var all: [String] { [payload, texts, index] }
}

/// Where the parts of an index record are: key 16, raw 8, shaped 8, match 8, parent 8, place of the payload 8, place of the
/// texts 8, refusals 4, lengths of payload, key text and match text 4 each, then the fields' hashes.
struct PayloadIndexLayout {
    let fieldCount: Int
    static let fixed = 80
    static let parentPlace = 40
    static let payloadPlace = 48
    static let textPlace = 56
    var length: Int { (Self.fixed + 2 * fieldCount + 7) & ~7 }

    /// Lays a row's index record; what lies behind the fields is left as it is.
    func lay(
        _ row: PayloadRecord,
        payload: (place: Int, length: Int),
        textPlace: Int,
        keyLength: Int,
        matchLength: Int,
        into record: UnsafeMutableRawBufferPointer
    ) {
        precondition(row.fields.count == fieldCount, "a row has as many field hashes as the mapping has fields")
        func put(_ offset: Int, _ number: UInt64) {
            record.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
        func put(_ offset: Int, half number: Int) {
            record.storeBytes(of: UInt32(number).littleEndian, toByteOffset: offset, as: UInt32.self)
        }
        put(0, row.key.high)
        put(8, row.key.low)
        put(16, row.raw)
        put(24, row.shaped)
        put(32, row.match)
        put(Self.parentPlace, row.parent)
        put(Self.payloadPlace, UInt64(payload.place))
        put(Self.textPlace, UInt64(textPlace))
        put(64, half: Int(row.refusals))
        put(68, half: payload.length)
        put(72, half: keyLength)
        put(76, half: matchLength)
        row.fields.withUnsafeBytes { fields in
            UnsafeMutableRawBufferPointer(rebasing: record[Self.fixed...]).copyMemory(from: fields)
        }
    }
}
