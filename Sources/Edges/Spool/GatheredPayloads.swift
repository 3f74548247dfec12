internal import Glibc

/// Payloads in buckets by the upper bits of their parent, so that rows of one parent can be put side by side without all
/// rows in memory.
///
/// What it holds lies in a file without a name, and is gone with this object.
package final class GatheredPayloads {
    private let file: ScratchFile
    private let layout: PayloadIndexLayout
    /// The index record of a row that was not in a spool before.
    private let record: UnsafeMutableRawBufferPointer
    private let bucketCount: Int
    private let expected: Int
    private let buffers: UnsafeMutableRawPointer
    /// Bytes in each buffer; a plain pointer, since it is looked at for every row.
    private let fill: UnsafeMutablePointer<Int>
    private var pieces: [[Range<Int>]]
    private let bytesInMemory: Int
    /// Where one bucket after the other is held.
    private let hold = BucketHold()
    private var end = 0
    private var taken = 0
    /// How many buckets have been asked for.
    private var opened = 0

    /// `path` names the file for a moment; `rows` and `bytes` say how much will come, about; `bucketBytes` what one bucket
    /// holds, about: a parent of more rows than that makes a larger one, and very many rows make larger ones, too; of a bucket
    /// of more than `bytesInMemory` the rows are read one by one.
    package init(
        path: String,
        fieldCount: Int,
        rows: Int,
        bytes: Int,
        bucketBytes: Int,
        bytesInMemory: Int = 16 << 20
    ) throws {
        file = try ScratchFile(path: path)
        layout = PayloadIndexLayout(fieldCount: fieldCount)
        record = .allocate(byteCount: layout.length, alignment: 8)
        record.initializeMemory(as: UInt8.self, repeating: 0)
        expected = max(rows, 1)
        let all = bytes + rows * (layout.length + 32)
        bucketCount = min(max(1, all / bucketBytes), Self.mostBuckets)
        self.bytesInMemory = max(bytesInMemory, 4 * max(bucketBytes, all / Self.mostBuckets))
        buffers = .allocate(byteCount: bucketCount * Self.room, alignment: 64)
        fill = .allocate(capacity: bucketCount)
        fill.initialize(repeating: 0, count: bucketCount)
        pieces = [[Range<Int>]](repeating: [], count: bucketCount)
    }

    deinit {
        record.deallocate()
        buffers.deallocate()
        fill.deallocate()
    }

    package var count: Int { taken }

    /// Takes every row of a spool.
    package func take(_ spool: PayloadSpool) throws {
        precondition(spool.fieldCount == layout.fieldCount, "the spools are of one mapping")
        try spool.forEachWhole(in: 0..<spool.count) { head, record, payload, texts in
            try put(head.parent, record, payload, texts, UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    /// Takes a row.
    package func append(
        _ row: PayloadRecord,
        payload: UnsafeRawBufferPointer,
        keyText: UnsafeRawBufferPointer,
        matchText: UnsafeRawBufferPointer
    ) throws {
        // Its places are known when it is written in its order.
        layout.lay(
            row,
            payload: (0, payload.count),
            textPlace: 0,
            keyLength: keyText.count,
            matchLength: matchText.count,
            into: record
        )
        try put(row.parent, UnsafeRawBufferPointer(record), payload, keyText, matchText)
    }

    /// One bucket after the other, in the order of their parents, no parent in two of them; nil when none is left.
    ///
    /// No row is taken any more once the first one was asked for.
    package func nextBucket() throws -> PayloadBucket? {
        while opened < bucketCount {
            let bucket = opened
            opened += 1
            try flush(bucket)
            if pieces[bucket].isEmpty { continue }
            defer { pieces[bucket] = [] }
            return try PayloadBucket(
                file,
                pieces[bucket],
                recordLength: layout.length,
                bytesInMemory: bytesInMemory,
                hold
            )
        }
        return nil
    }

    // MARK: - Implementation

    private static let room = 32 << 10
    /// 16 MiB of buffers.
    private static let mostBuckets = 512

    /// Rows without a parent may stand anywhere: they go where they came.
    private func bucket(of parent: UInt64) -> Int {
        if parent == 0 { return min(taken * bucketCount / expected, bucketCount - 1) }
        return Int(parent.multipliedFullWidth(by: UInt64(bucketCount)).high)
    }

    private func put(
        _ parent: UInt64,
        _ record: UnsafeRawBufferPointer,
        _ payload: UnsafeRawBufferPointer,
        _ text: UnsafeRawBufferPointer,
        _ otherText: UnsafeRawBufferPointer
    ) throws {
        let bucket = bucket(of: parent)
        taken += 1
        let length = PayloadBucket.length(record.count, payload.count, text.count + otherText.count)
        if fill[bucket] + length > Self.room { try flush(bucket) }
        guard length <= Self.room else {
            // A row that is longer than a buffer goes by itself.
            return try withUnsafeTemporaryAllocation(byteCount: length, alignment: 8) { bytes in
                guard let base = bytes.baseAddress else { return }
                PayloadBucket.lay(record, payload, text, otherText, at: base)
                try write(UnsafeRawBufferPointer(bytes), bucket)
            }
        }
        PayloadBucket.lay(record, payload, text, otherText, at: buffers + bucket * Self.room + fill[bucket])
        fill[bucket] += length
    }

    private func flush(_ bucket: Int) throws {
        guard fill[bucket] > 0 else { return }
        try write(UnsafeRawBufferPointer(start: buffers + bucket * Self.room, count: fill[bucket]), bucket)
        fill[bucket] = 0
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ bucket: Int) throws {
        try file.write(bytes, at: end)
        pieces[bucket].append(end..<end + bytes.count)
        end += bytes.count
    }
}
