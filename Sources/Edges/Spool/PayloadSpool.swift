package import Fingerprinting
internal import Glibc

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

/// The three files of a payload spool.
private struct PayloadPaths {
    let path: String
    var payload: String { path + ".payload" }
    var texts: String { path + ".texts" }
    var index: String { path + ".index" }
    var all: [String] { [payload, texts, index] }
}

/// Where the parts of an index record are.
private struct PayloadIndexLayout {
    let fieldCount: Int
    static let fixed = 80
    var length: Int { (Self.fixed + 2 * fieldCount + 7) & ~7 }
}

/// Writes the payloads that wait to be sent; row numbers count from 0.
package final class PayloadSpoolWriter {
    private let payloads: SpoolFileWriter
    private let texts: SpoolFileWriter
    private let index: SpoolFileWriter
    private let layout: PayloadIndexLayout
    private var record: [UInt8] = []
    package private(set) var count = 0

    package init(path: String, fieldCount: Int) throws {
        let paths = PayloadPaths(path: path)
        // The index goes first: while its trailer is missing, the spool is not whole, whatever lies there of an older one.
        index = try SpoolFileWriter(path: paths.index)
        payloads = try SpoolFileWriter(path: paths.payload)
        texts = try SpoolFileWriter(path: paths.texts)
        layout = PayloadIndexLayout(fieldCount: fieldCount)
    }

    /// Adds a row and returns its number.
    package func append(
        _ row: PayloadRecord,
        payload: UnsafeRawBufferPointer,
        keyText: UnsafeRawBufferPointer,
        matchText: UnsafeRawBufferPointer
    ) throws -> Int {
        precondition(row.fields.count == layout.fieldCount, "a row has as many field hashes as the mapping has fields")
        record.removeAll(keepingCapacity: true)
        record.put(row.key)
        for number in [row.raw, row.shaped, row.match, row.parent] { record.put(number) }
        record.put(UInt64(payloads.length))
        record.put(UInt64(texts.length))
        for number in [row.refusals, UInt32(payload.count), UInt32(keyText.count), UInt32(matchText.count)] {
            record.put(number)
        }
        row.fields.withUnsafeBytes { record.append(contentsOf: $0) }
        record.append(contentsOf: repeatElement(0, count: layout.length - record.count))
        try index.append(record)
        try payloads.append(payload)
        try texts.append(keyText)
        try texts.append(matchText)
        count += 1
        return count - 1
    }

    /// The same, from values.
    package func append(_ row: PayloadRecord, payload: [UInt8], keyText: String, matchText: String = "") throws -> Int {
        var (keyText, matchText) = (keyText, matchText)
        return try payload.withUnsafeBytes { payload in
            try keyText.withUTF8 { keyText in
                try matchText.withUTF8 { matchText in
                    try append(
                        row,
                        payload: payload,
                        keyText: UnsafeRawBufferPointer(keyText),
                        matchText: UnsafeRawBufferPointer(matchText)
                    )
                }
            }
        }
    }

    /// Adds rows of another spool, as they are and in this order.
    package func append(_ rows: some Sequence<Int>, of spool: PayloadSpool) throws {
        var payload: [UInt8] = []
        var texts: [UInt8] = []
        for row in rows {
            let (record, keyLength) = try spool.read(row, payload: &payload, texts: &texts)
            _ = try payload.withUnsafeBytes { payload in
                try texts.withUnsafeBytes { texts in
                    try append(
                        record,
                        payload: payload,
                        keyText: UnsafeRawBufferPointer(rebasing: texts[..<keyLength]),
                        matchText: UnsafeRawBufferPointer(rebasing: texts[keyLength...])
                    )
                }
            }
        }
    }

    /// Makes the spool whole and durable; returns how many rows it holds.
    package func finish() throws -> Int {
        try payloads.finish(count: count, isRandom: true)
        try texts.finish(count: count, isRandom: true)
        try index.finish(count: count, extra: UInt64(layout.fieldCount), isRandom: true)
        return count
    }
}

/// The payloads that wait to be sent, by row number.
///
/// Every call is safe from any thread.
package final class PayloadSpool: Sendable {
    private let payloads: SpoolFileReader
    private let texts: SpoolFileReader
    private let index: SpoolFileReader
    private let layout: PayloadIndexLayout

    /// - Throws: `SpoolError`: not whole, damaged, not there.
    package init(path: String) throws {
        let paths = PayloadPaths(path: path)
        index = try SpoolFileReader(path: paths.index)
        payloads = try SpoolFileReader(path: paths.payload)
        texts = try SpoolFileReader(path: paths.texts)
        guard index.extra <= 1 << 16 else {
            throw SpoolError(.damaged, path: paths.index, reason: "it has too many fields a row")
        }
        layout = PayloadIndexLayout(fieldCount: Int(index.extra))
        guard index.length == index.count * layout.length, payloads.count == index.count, texts.count == index.count
        else {
            throw SpoolError(.damaged, path: path, reason: "its files do not belong together")
        }
    }

    /// Whether the spool was written to its end; `verify` looks at every byte.
    package static func isWhole(path: String) -> Bool {
        // Every reason for which it cannot be opened makes it not whole.
        (try? PayloadSpool(path: path)) != nil
    }

    package static func remove(path: String) throws {
        for file in PayloadPaths(path: path).all { try SpoolDescriptor.remove(file) }
    }

    package var count: Int { index.count }
    package var fieldCount: Int { layout.fieldCount }

    package func record(_ row: Int) throws -> PayloadRecord {
        try place(row).record
    }

    package func payload(_ row: Int, into buffer: inout [UInt8]) throws {
        try copyPayloads(row..<row + 1, into: &buffer)
    }

    package func keyText(_ row: Int) throws -> String {
        let place = try place(row)
        return try text(place.text, place.keyLength)
    }

    package func matchText(_ row: Int) throws -> String {
        let place = try place(row)
        return try text(place.text + place.keyLength, place.matchLength)
    }

    /// Replaces what is in the buffers by a whole row: its payload, and the texts of its key and its match value, one behind the other.
    fileprivate func read(
        _ row: Int,
        payload: inout [UInt8],
        texts buffer: inout [UInt8]
    ) throws -> (record: PayloadRecord, keyLength: Int) {
        let place = try place(row)
        payload.removeAll(keepingCapacity: true)
        payload.append(contentsOf: repeatElement(0, count: place.payloadLength))
        try payload.withUnsafeMutableBytes { try payloads.read(into: $0, at: place.payload) }
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: repeatElement(0, count: place.keyLength + place.matchLength))
        try buffer.withUnsafeMutableBytes { try texts.read(into: $0, at: place.text) }
        return (place.record, place.keyLength)
    }

    /// How many bytes the payloads of some rows have.
    package func payloadBytes(_ rows: Range<Int>) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let last = try place(rows.upperBound - 1)
        return last.payload + last.payloadLength - (try place(rows.lowerBound).payload)
    }

    /// Replaces what is in `buffer` by the payloads of some rows, one after the other.
    package func copyPayloads(_ rows: Range<Int>, into buffer: inout [UInt8]) throws {
        buffer.removeAll(keepingCapacity: true)
        guard !rows.isEmpty else { return }
        let start = try place(rows.lowerBound).payload
        let length = try payloadBytes(rows)
        guard length >= 0 else { throw damaged(rows.lowerBound) }
        buffer.append(contentsOf: repeatElement(0, count: length))
        try buffer.withUnsafeMutableBytes { try payloads.read(into: $0, at: start) }
    }

    /// Calls `body` with the record of each of some rows, and with the length of its payload.
    package func forEachRecord(
        in rows: Range<Int>,
        _ body: (_ row: Int, _ record: PayloadRecord, _ payloadLength: Int) throws -> Void
    ) throws {
        let step = max(1, SpoolFile.chunkLength / layout.length)
        var buffer: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = start..<min(start + step, rows.upperBound)
            try index.read(part.lowerBound * layout.length..<part.upperBound * layout.length, into: &buffer)
            for row in part {
                let at = (row - start) * layout.length
                let place = buffer.withUnsafeBytes {
                    decode(UnsafeRawBufferPointer(rebasing: $0[at..<at + layout.length]))
                }
                guard let place else { throw damaged(row) }
                try body(row, place.record, place.payloadLength)
            }
        }
    }

    /// Calls `body` with the record of each of some rows, and with the texts of its key and its match value: for many rows, in few reads.
    ///
    /// The bytes are there during the call only.
    package func forEachRow(
        in rows: Range<Int>,
        _ body: (
            _ row: Int, _ record: PayloadRecord, _ keyText: UnsafeRawBufferPointer, _ matchText: UnsafeRawBufferPointer
        ) throws -> Void
    ) throws {
        let step = max(1, SpoolFile.chunkLength / layout.length)
        var records: [UInt8] = []
        var bytes: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = start..<min(start + step, rows.upperBound)
            let (first, last) = (try place(part.lowerBound), try place(part.upperBound - 1))
            let end = last.text + last.keyLength + last.matchLength
            guard end >= first.text else { throw damaged(part.lowerBound) }
            try texts.read(first.text..<end, into: &bytes)
            try index.read(part.lowerBound * layout.length..<part.upperBound * layout.length, into: &records)
            for row in part {
                let at = (row - start) * layout.length
                let place = records.withUnsafeBytes {
                    decode(UnsafeRawBufferPointer(rebasing: $0[at..<at + layout.length]))
                }
                guard let place, place.text >= first.text, place.text + place.keyLength + place.matchLength <= end
                else {
                    throw damaged(row)
                }
                try bytes.withUnsafeBytes { bytes in
                    let key = place.text - first.text
                    let match = key + place.keyLength
                    try body(
                        row,
                        place.record,
                        UnsafeRawBufferPointer(rebasing: bytes[key..<match]),
                        UnsafeRawBufferPointer(rebasing: bytes[match..<match + place.matchLength])
                    )
                }
            }
        }
    }

    /// Looks at every byte.
    ///
    /// - Throws: `SpoolError` when a checksum is wrong.
    package func verify() throws {
        for file in [index, payloads, texts] { try file.verify() }
    }

    // MARK: - Implementation

    private struct Place {
        var record: PayloadRecord
        var payload: Int
        var payloadLength: Int
        var text: Int
        var keyLength: Int
        var matchLength: Int
    }

    private func place(_ row: Int) throws -> Place {
        guard row >= 0, row < count else { throw damaged(row) }
        return try withUnsafeTemporaryAllocation(byteCount: layout.length, alignment: 8) { bytes in
            try index.read(into: bytes, at: row * layout.length)
            guard let place = decode(UnsafeRawBufferPointer(bytes)) else { throw damaged(row) }
            return place
        }
    }

    private func decode(_ bytes: UnsafeRawBufferPointer) -> Place? {
        var reader = SpoolByteReader(bytes)
        guard let key = reader.key(), let raw = reader.number(UInt64.self), let shaped = reader.number(UInt64.self),
            let match = reader.number(UInt64.self), let parent = reader.number(UInt64.self),
            let payload = reader.number(UInt64.self),
            let text = reader.number(UInt64.self), let refusals = reader.number(UInt32.self),
            let payloadLength = reader.number(UInt32.self),
            let keyLength = reader.number(UInt32.self), let matchLength = reader.number(UInt32.self),
            let fields = reader.numbers(layout.fieldCount), payload <= UInt64(payloads.length),
            text <= UInt64(texts.length)
        else { return nil }
        return Place(
            record: PayloadRecord(
                key: key,
                raw: raw,
                shaped: shaped,
                match: match,
                parent: parent,
                refusals: refusals,
                fields: fields
            ),
            payload: Int(payload),
            payloadLength: Int(payloadLength),
            text: Int(text),
            keyLength: Int(keyLength),
            matchLength: Int(matchLength)
        )
    }

    private func text(_ offset: Int, _ length: Int) throws -> String {
        try withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { bytes in
            try texts.read(into: bytes, at: offset)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func damaged(_ row: Int) -> SpoolError {
        SpoolError(.damaged, path: index.file.path, reason: "it has no row \(row), or one that makes no sense")
    }
}
