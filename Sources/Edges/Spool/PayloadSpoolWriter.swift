internal import Fingerprinting

/// Writes the payloads that wait to be sent; row numbers count from 0.
package final class PayloadSpoolWriter {
    private let payloads: SpoolFileWriter
    private let texts: SpoolFileWriter
    private let index: SpoolFileWriter
    private let layout: PayloadIndexLayout
    /// The index record in hand; what lies behind the fields stays 0.
    private let record: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    package var fieldCount: Int { layout.fieldCount }

    /// Of all payloads so far.
    package var payloadBytes: Int { payloads.length }

    package init(path: String, fieldCount: Int) throws {
        let paths = PayloadPaths(path: path)
        // The index goes first: while its trailer is missing, the spool is not whole, whatever lies there of an older one.
        index = try SpoolFileWriter(path: paths.index)
        payloads = try SpoolFileWriter(path: paths.payload)
        texts = try SpoolFileWriter(path: paths.texts)
        layout = PayloadIndexLayout(fieldCount: fieldCount)
        record = .allocate(byteCount: layout.length, alignment: 8)
        record.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        record.deallocate()
    }

    /// Adds a row and returns its number.
    package func append(
        _ row: PayloadRecord,
        payload: UnsafeRawBufferPointer,
        keyText: UnsafeRawBufferPointer,
        matchText: UnsafeRawBufferPointer
    ) throws -> Int {
        let (place, textPlace) = (payloads.length, texts.length)
        layout.lay(
            row,
            payload: (place, payload.count),
            textPlace: textPlace,
            keyLength: keyText.count,
            matchLength: matchText.count,
            into: record
        )
        try index.append(UnsafeRawBufferPointer(record))
        try payloads.append(payload)
        try texts.append(keyText)
        try texts.append(matchText)
        count += 1
        return count - 1
    }

    /// Adds a row of another spool: its index record as it lay there, its payload, the texts of its key and its match value.
    func append(
        record old: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer,
        texts both: UnsafeRawBufferPointer
    ) throws {
        let (payloadPlace, textPlace) = (UInt64(payloads.length).littleEndian, UInt64(texts.length).littleEndian)
        record.copyMemory(from: old)
        record.storeBytes(of: payloadPlace, toByteOffset: PayloadIndexLayout.payloadPlace, as: UInt64.self)
        record.storeBytes(of: textPlace, toByteOffset: PayloadIndexLayout.textPlace, as: UInt64.self)
        try index.append(UnsafeRawBufferPointer(record))
        try payloads.append(payload)
        try texts.append(both)
        count += 1
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
        precondition(spool.fieldCount == layout.fieldCount, "both spools are of one mapping")
        var payload: [UInt8] = []
        var texts: [UInt8] = []
        for row in rows {
            try spool.read(row, payload: &payload, texts: &texts) { record, payload, texts in
                try append(record: record, payload: payload, texts: texts)
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
