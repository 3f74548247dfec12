internal import Fingerprinting
internal import Synchronization

/// The payloads that wait to be sent, by row number.
///
/// Every call is safe from any thread.
package final class PayloadSpool: Sendable {
    private let payloads: PayloadPart
    private let texts: PayloadPart
    private let index: SpoolFileReader
    private let layout: PayloadIndexLayout

    /// What is squeezed is read back when it is first asked for, and faults of it are found then: who looks for a row by its key
    /// needs the index alone.
    ///
    /// - Throws: `SpoolError`: not whole, damaged, not there.
    package init(path: String) throws {
        let paths = PayloadPaths(path: path)
        index = try SpoolFileReader(path: paths.index)
        payloads = try PayloadPart(path: paths.payload, rows: index.count)
        texts = try PayloadPart(path: paths.texts, rows: index.count)
        guard index.extra <= 1 << 16 else {
            throw SpoolError(.damaged, path: paths.index, reason: "it has too many fields a row")
        }
        layout = PayloadIndexLayout(fieldCount: Int(index.extra))
        guard index.length == index.count * layout.length else { throw PayloadPart.mismatch(path) }
    }

    /// Whether the spool was written to its end, read back as far as it is squeezed; `verify` looks at every byte.
    package static func isWhole(path: String) -> Bool {
        // Every reason for which it cannot be opened makes it not whole.
        guard let spool = try? PayloadSpool(path: path), (try? spool.payloads.reader) != nil else { return false }
        return (try? spool.texts.reader) != nil
    }

    package static func remove(path: String) throws {
        for file in PayloadPaths(path: path).all { try SpoolDescriptor.remove(file) }
    }

    package var count: Int { index.count }
    package var fieldCount: Int { layout.fieldCount }

    package func record(_ row: Int) throws -> PayloadRecord {
        try withRecord(row) { place, record in
            PayloadRecord(
                key: place.head.key,
                raw: place.head.raw,
                shaped: place.head.shaped,
                match: place.head.match,
                parent: place.head.parent,
                refusals: place.head.refusals,
                fields: Array(fields(record))
            )
        }
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

    /// Hands over a whole row as it lies in the three files.
    func read(
        _ row: Int,
        payload: inout [UInt8],
        texts buffer: inout [UInt8],
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try withRecord(row) { place, record in
            try payloads.reader.read(place.payload..<place.payload + place.head.payloadLength, into: &payload)
            try texts.reader.read(place.text..<place.text + place.keyLength + place.matchLength, into: &buffer)
            try payload.withUnsafeBytes { payload in
                try buffer.withUnsafeBytes { try body(record, payload, $0) }
            }
        }
    }

    /// How many bytes the payloads of some rows have.
    package func payloadBytes(_ rows: Range<Int>) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let last = try place(rows.upperBound - 1)
        return last.payload + last.head.payloadLength - (try place(rows.lowerBound).payload)
    }

    /// How many bytes the texts of the keys and match values of some rows have.
    package func textBytes(_ rows: Range<Int>) throws -> Int {
        guard !rows.isEmpty, let end = try end(of: rows) else { return 0 }
        return max(0, end.text - (try place(rows.lowerBound).text))
    }

    /// Replaces what is in `buffer` by the payloads of some rows, one after the other.
    package func copyPayloads(_ rows: Range<Int>, into buffer: inout [UInt8]) throws {
        try copyPayloads(bytes: payloadRange(rows), into: &buffer)
    }

    /// Where the payloads of some rows lie among all payloads.
    package func payloadRange(_ rows: Range<Int>) throws -> Range<Int> {
        guard !rows.isEmpty else { return 0..<0 }
        let start = try place(rows.lowerBound).payload
        let length = try payloadBytes(rows)
        guard length >= 0 else { throw damaged(rows.lowerBound) }
        return start..<start + length
    }

    /// Replaces what is in `buffer` by a part of the payloads, wherever rows begin in it.
    package func copyPayloads(bytes: Range<Int>, into buffer: inout [UInt8]) throws {
        try payloads.reader.read(bytes, into: &buffer)
    }

    /// Calls `body` with the head of each of some rows: in few reads, and without an allocation a row.
    package func forEachHead(in rows: Range<Int>, _ body: (_ row: Int, _ head: PayloadHead) throws -> Void) throws {
        try walk(rows) { row, place, _ in try body(row, place.head) }
    }

    /// Calls `body` with the head of each of some rows, its fields' hashes, and the texts of its key and its match value.
    ///
    /// The bytes are there during the call only.
    package func forEachRow(
        in rows: Range<Int>,
        _ body: (
            _ row: Int, _ head: PayloadHead, _ fields: UnsafeBufferPointer<UInt16>,
            _ keyText: UnsafeRawBufferPointer, _ matchText: UnsafeRawBufferPointer
        ) throws -> Void
    ) throws {
        guard let end = try end(of: rows) else { return }
        var bytes = SpoolWindow(try texts.reader, until: end.text)
        try walk(rows) { row, place, record in
            try bytes.read(place.text, place.keyLength + place.matchLength) { both in
                try body(
                    row,
                    place.head,
                    fields(record),
                    UnsafeRawBufferPointer(rebasing: both[..<place.keyLength]),
                    UnsafeRawBufferPointer(rebasing: both[place.keyLength...])
                )
            }
        }
    }

    /// Calls `body` with each row as it lies in the three files, for one who writes it into others.
    func forEachWhole(
        in rows: Range<Int>,
        _ body: (
            _ head: PayloadHead, _ record: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer,
            _ texts: UnsafeRawBufferPointer
        ) throws -> Void
    ) throws {
        guard let end = try end(of: rows) else { return }
        var payloadBytes = SpoolWindow(try payloads.reader, until: end.payload)
        var textBytes = SpoolWindow(try texts.reader, until: end.text)
        try walk(rows) { _, place, record in
            try payloadBytes.read(place.payload, place.head.payloadLength) { payload in
                try textBytes.read(place.text, place.keyLength + place.matchLength) { texts in
                    try body(place.head, record, payload, texts)
                }
            }
        }
    }

    /// Looks at every byte.
    ///
    /// - Throws: `SpoolError` when a checksum is wrong.
    package func verify() throws {
        for file in [index, try payloads.reader, try texts.reader] { try file.verify() }
    }

    // MARK: - Implementation

    private struct Place {
        var head: PayloadHead
        var payload: Int
        var text: Int
        var keyLength: Int
        var matchLength: Int
    }

    /// Reads the index in pieces.
    private func walk(
        _ rows: Range<Int>,
        _ body: (_ row: Int, _ place: Place, _ record: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let step = max(1, SpoolFile.chunkLength / 4 / layout.length)
        var buffer: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = start..<min(start + step, rows.upperBound)
            try index.read(part.lowerBound * layout.length..<part.upperBound * layout.length, into: &buffer)
            try buffer.withUnsafeBytes { buffer in
                for row in part {
                    let at = (row - start) * layout.length
                    let record = UnsafeRawBufferPointer(rebasing: buffer[at..<at + layout.length])
                    guard let place = decode(record) else { throw damaged(row) }
                    try body(row, place, record)
                }
            }
        }
    }

    private func withRecord<Result>(
        _ row: Int,
        _ body: (Place, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard row >= 0, row < count else { throw damaged(row) }
        return try withUnsafeTemporaryAllocation(byteCount: layout.length, alignment: 8) { bytes in
            try index.read(into: bytes, at: row * layout.length)
            let record = UnsafeRawBufferPointer(bytes)
            guard let place = decode(record) else { throw damaged(row) }
            return try body(place, record)
        }
    }

    private func place(_ row: Int) throws -> Place {
        try withRecord(row) { place, _ in place }
    }

    /// Where the bytes of some rows end; nil for no rows.
    private func end(of rows: Range<Int>) throws -> (payload: Int, text: Int)? {
        guard !rows.isEmpty else { return nil }
        let last = try place(rows.upperBound - 1)
        return (last.payload + last.head.payloadLength, last.text + last.keyLength + last.matchLength)
    }

    /// A record's hashes of fields, which begin at a multiple of 8.
    private func fields(_ record: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt16> {
        let bytes = record[PayloadIndexLayout.fixed..<PayloadIndexLayout.fixed + 2 * layout.fieldCount]
        return UnsafeRawBufferPointer(rebasing: bytes).assumingMemoryBound(to: UInt16.self)
    }

    /// Nil when what it says cannot be.
    private func decode(_ bytes: UnsafeRawBufferPointer) -> Place? {
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        func half(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let payload = word(PayloadIndexLayout.payloadPlace)
        let text = word(PayloadIndexLayout.textPlace)
        let (payloadLength, textLength) = (UInt64(half(68)), UInt64(half(72)) + UInt64(half(76)))
        let (payloadRoom, textRoom) = (UInt64(payloads.room), UInt64(texts.room))
        guard payload <= payloadRoom, payloadLength <= payloadRoom - payload, text <= textRoom,
            textLength <= textRoom - text
        else { return nil }
        return Place(
            head: PayloadHead(
                key: Hash128(high: word(0), low: word(8)),
                raw: word(16),
                shaped: word(24),
                match: word(32),
                parent: word(40),
                refusals: half(64),
                payloadLength: Int(half(68))
            ),
            payload: Int(payload),
            text: Int(text),
            keyLength: Int(half(72)),
            matchLength: Int(half(76))
        )
    }

    private func text(_ offset: Int, _ length: Int) throws -> String {
        try withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { bytes in
            try texts.reader.read(into: bytes, at: offset)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func damaged(_ row: Int) -> SpoolError {
        SpoolError(.damaged, path: index.file.path, reason: "it has no row \(row), or one that makes no sense")
    }
}

/// One of the two files beside the index: open from the beginning when it is plain, read back on first use when it is squeezed.
private final class PayloadPart: Sendable {
    /// No row ends behind this; of a squeezed one it is known roughly, and each reading is held against the exact length.
    let room: Int
    private let found: SpoolDescriptor
    private let rows: Int
    /// Nil for one that is squeezed; no lock is in the way of one that is not.
    private let plain: SpoolFileReader?
    private let inflated = Mutex<SpoolFileReader?>(nil)

    init(path: String, rows: Int) throws {
        found = try SpoolDescriptor.existing(path)
        self.rows = rows
        if let length = try SqueezedFile.plainLength(found) {
            plain = nil
            room = max(0, length - SpoolFile.tailLength)
        } else {
            let file = try SpoolFileReader(found)
            guard file.count == rows else { throw Self.mismatch(path) }
            plain = file
            room = file.length
        }
    }

    /// - Throws: `SpoolError`: what is squeezed cannot be read back, or is of another spool.
    var reader: SpoolFileReader {
        get throws {
            if let plain { return plain }
            return try inflated.withLock { inflated -> SpoolFileReader in
                if let inflated { return inflated }
                let file = try SpoolFileReader(try SqueezedFile.plain(found) ?? found)
                guard file.count == rows else { throw Self.mismatch(found.path) }
                inflated = file
                return file
            }
        }
    }

    static func mismatch(_ path: String) -> SpoolError {
        SpoolError(.damaged, path: path, reason: "it and the spool's other files do not belong together")
    }
}
