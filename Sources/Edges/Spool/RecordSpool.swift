/// Records of any length, one after the other in a spool file.
final class RecordSpoolWriter {
    private let file: SpoolFileWriter
    private(set) var count = 0

    init(path: String) throws {
        file = try SpoolFileWriter(path: path)
    }

    func append(_ record: [UInt8]) throws {
        try record.withUnsafeBytes { try append($0) }
    }

    func append(_ record: UnsafeRawBufferPointer) throws {
        try withUnsafeBytes(of: UInt32(record.count).littleEndian) { try file.append($0) }
        try file.append(record)
        count += 1
    }

    func finish() throws {
        try file.finish(count: count)
    }
}

/// Reads the records of a spool file from the first to the last.
final class RecordSpoolReader {
    private let file: SpoolFileReader
    private var buffer: [UInt8] = []
    private var position = 0
    private var nextChunk = 0
    private var given = 0

    init(path: String) throws {
        file = try SpoolFileReader(path: path)
    }

    var count: Int { file.count }
    var byteCount: Int { file.length }
    var path: String { file.file.path }

    /// Calls `body` with the next record's bytes; nil at the end.
    func next<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result?) throws -> Result? {
        guard given < file.count else { return nil }
        try need(4)
        let length = buffer.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: position, as: UInt32.self)) }
        try need(4 + length)
        let start = position + 4
        position = start + length
        given += 1
        let result = try buffer.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[start..<start + length]))
        }
        guard let result else { throw damaged() }
        return result
    }

    // MARK: - Implementation

    private func need(_ length: Int) throws {
        while buffer.count - position < length {
            guard nextChunk < file.chunkCount else { throw damaged() }
            buffer.removeFirst(position)
            position = 0
            try file.readChunk(nextChunk, appendingTo: &buffer)
            nextChunk += 1
        }
    }

    private func damaged() -> SpoolError {
        SpoolError(.damaged, path: path, reason: "record \(given + 1) of \(file.count) makes no sense")
    }
}
