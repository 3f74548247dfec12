internal import SyncModel

/// What shaping has to say of a row whose payload was written.
package struct ShapedRow: Sendable, Equatable {
    /// Of the mapped source columns, as the change brought it.
    package var raw: UInt64
    /// Of the payload's values, whatever its form; never 0.
    package var shaped: UInt64
    /// Of the folded match value; 0 when the sync has none.
    package var match: UInt64
    /// Of the folded value by which rows of this sync refer to the row, equal to the `selfParent` of rows below it; 0: they do not.
    package var own: UInt64
    /// Of what the row is known by in a Bulk 2.0 result (`Shaper.resultKey`).
    package var result: UInt64
    /// Of the first link's folded value, by which rows are kept together; 0: none.
    package var parent: UInt64
    /// Of the value of the first link to rows of this sync; 0: none.
    package var selfParent: UInt64
    /// The same, of further such links.
    package var otherParents: [UInt64] = []
    /// The links that are cleared in CSV, one bit each: rows of one layout share a header.
    package var layout: UInt64
    /// Bytes added to the payload.
    package var byteCount: Int
    /// Whether the record exists, where that is known.
    package var exists: Bool?

    package init(
        raw: UInt64 = 0,
        shaped: UInt64 = 0,
        match: UInt64 = 0,
        own: UInt64 = 0,
        result: UInt64 = 0,
        parent: UInt64 = 0,
        selfParent: UInt64 = 0,
        layout: UInt64 = 0,
        byteCount: Int = 0,
        exists: Bool? = nil
    ) {
        self.raw = raw
        self.shaped = shaped
        self.match = match
        self.own = own
        self.result = result
        self.parent = parent
        self.selfParent = selfParent
        self.layout = layout
        self.byteCount = byteCount
        self.exists = exists
    }
}

extension ShapedRow {
    /// Takes note of a row of this sync that this one refers to.
    mutating func add(parent: UInt64) {
        if selfParent == 0 { selfParent = parent } else if selfParent != parent { otherParents.append(parent) }
    }
}

/// What became of a row in shaping.
package enum ShapingResult: Sendable, Equatable {
    /// The payload was appended.
    case shaped(ShapedRow)
    /// The payload is the delivered one: nothing was appended, the raw fingerprint is renewed.
    case unchanged(shaped: UInt64)
    /// Every field is left out of this update: nothing was appended, the row counts as delivered.
    case nothingToSend(ShapedRow)
    /// The record to update, clear or delete is not there.
    case unmatched
    /// Holds the text `#N/A`, which CSV cannot say.
    case onlyByREST
    /// Nothing was appended.
    case refused(Refusal)
}

/// Why a row is not sent, in Salesforce's own code where it has one.
package struct Refusal: Error, Sendable, Equatable {
    package var code: String
    package var message: String
    /// API names of the fields that the message is about.
    package var fields: [String]
    /// What would have been sent, by field, as the source wrote it.
    package var values: [String: String]

    package init(code: String, message: String, fields: [String] = [], values: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.fields = fields
        self.values = values
    }
}
