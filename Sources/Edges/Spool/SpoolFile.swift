internal import Fingerprinting
internal import Glibc

/// A file of bytes in chunks of 1 MiB, and behind them a trailer with the checksum of each chunk.
enum SpoolFile {
    static let chunkLength = 1 << 20
    static let tailMagic: UInt64 = 0x454C_4F48_5750_5351
    /// Data length, count, extra, number of chunks, checksum of all before, magic.
    static let tailLength = 48

    /// Whether the trailer is there and fits the file's length; `verify` says more.
    static func isWhole(_ path: String) -> Bool {
        // Every reason for which it cannot be opened makes it not whole.
        (try? SpoolFileReader(path: path)) != nil
    }
}

/// Writes one file of bytes; whole and durable after `finish`.
final class SpoolFileWriter {
    let file: SpoolDescriptor
    private(set) var length = 0
    /// What is written next: plain memory, since every row comes by here several times, and so little that it is still in
    /// the processor's cache when the kernel takes it.
    private let piece: UnsafeMutableRawPointer
    private static let pieceLength = 64 << 10
    /// Bytes in it.
    private var filled = 0
    /// Bytes in the file.
    private var written = 0
    /// Of the chunk under way.
    private let hash = FingerprintStream()
    private var hashes: [UInt64] = []

    init(path: String) throws {
        file = try SpoolDescriptor.create(path)
        piece = .allocate(byteCount: Self.pieceLength, alignment: 64)
    }

    deinit {
        piece.deallocate()
    }

    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count < Self.pieceLength - filled else { return try appendAcrossPieces(bytes) }
        if let base = bytes.baseAddress { (piece + filled).copyMemory(from: base, byteCount: bytes.count) }
        filled += bytes.count
        length += bytes.count
    }

    func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    /// `count` and `extra` are the caller's; `extra` is small.
    ///
    /// `isRandom`: the data are read in any order, without checksums.
    func finish(count: Int, extra: UInt64 = 0, isRandom: Bool = false) throws {
        if filled > 0 { try flush() }
        if written % SpoolFile.chunkLength != 0 { endChunk() }
        // The data first: a trailer must not become durable before what it vouches for. Whoever reads chunk by chunk sees that.
        if isRandom, length > 0 { try file.synchronize() }
        var trailer: [UInt8] = []
        for hash in hashes { trailer.put(hash) }
        for number in [UInt64(length), UInt64(count), extra, UInt64(hashes.count)] { trailer.put(number) }
        trailer.put(trailer.withUnsafeBytes { Fingerprint.hash64($0) })
        trailer.put(SpoolFile.tailMagic)
        try trailer.withUnsafeBytes { try file.write($0, at: length) }
        try file.synchronize()
    }

    private func appendAcrossPieces(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let part = min(rest.count, Self.pieceLength - filled)
            (piece + filled).copyMemory(from: base, byteCount: part)
            filled += part
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            if filled == Self.pieceLength { try flush() }
        }
        length += bytes.count
    }

    /// A chunk is a whole number of pieces.
    private func flush() throws {
        let bytes = UnsafeRawBufferPointer(start: piece, count: filled)
        try file.write(bytes, at: written)
        hash.take(bytes)
        written += filled
        filled = 0
        if written % SpoolFile.chunkLength == 0 { endChunk() }
    }

    private func endChunk() {
        hashes.append(hash.hash64)
        hash.startOver()
    }
}

/// Reads one file of bytes, chunk by chunk with its checksum, or any range without.
final class SpoolFileReader: Sendable {
    let file: SpoolDescriptor
    let length: Int
    let count: Int
    let extra: UInt64
    private let hashes: [UInt64]

    convenience init(path: String) throws {
        try self.init(try SpoolDescriptor.existing(path))
    }

    /// One that is not squeezed.
    init(_ file: SpoolDescriptor) throws {
        self.file = file
        let path = file.path
        let size = try file.size()
        func cutOff() -> SpoolError { SpoolError(.notWhole, path: path, reason: "it was not written to its end") }
        guard size >= SpoolFile.tailLength else { throw cutOff() }
        var tail = [UInt8](repeating: 0, count: SpoolFile.tailLength)
        try tail.withUnsafeMutableBytes { try file.read(into: $0, at: size - SpoolFile.tailLength) }
        let numbers = tail.withUnsafeBytes { tail in
            (0..<6).map { tail.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
        }
        guard numbers[5] == SpoolFile.tailMagic else { throw cutOff() }
        let chunks = numbers[3]
        guard numbers[0] <= UInt64(size), chunks <= UInt64(size) / 8, numbers[1] <= UInt64(Int.max),
            Int(numbers[0]) + 8 * Int(chunks) + SpoolFile.tailLength == size,
            Int(chunks) == (Int(numbers[0]) + SpoolFile.chunkLength - 1) / SpoolFile.chunkLength
        else { throw SpoolError(.damaged, path: path, reason: "its trailer does not fit its length") }
        var trailer = [UInt8](repeating: 0, count: 8 * Int(chunks) + SpoolFile.tailLength)
        try trailer.withUnsafeMutableBytes { try file.read(into: $0, at: Int(numbers[0])) }
        let checked = trailer.withUnsafeBytes { Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: $0.dropLast(16))) }
        guard checked == numbers[4] else {
            throw SpoolError(.damaged, path: path, reason: "the checksum of its trailer is wrong")
        }
        hashes = trailer.withUnsafeBytes { bytes in
            (0..<Int(chunks)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
        }
        length = Int(numbers[0])
        count = Int(numbers[1])
        extra = numbers[2]
    }

    var chunkCount: Int { hashes.count }

    /// Appends a chunk to `buffer`, after its checksum was found right.
    func readChunk(_ index: Int, appendingTo buffer: inout [UInt8]) throws {
        let start = index * SpoolFile.chunkLength
        let count = min(SpoolFile.chunkLength, length - start)
        var hash: UInt64 = 0
        try buffer.append(addingCapacity: count) { (room: inout OutputSpan<UInt8>) throws in
            try room.withUnsafeMutableBufferPointer { bytes, filled in
                let part = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[..<count]))
                try file.read(into: part, at: start)
                hash = Fingerprint.hash64(UnsafeRawBufferPointer(part))
                filled = count
            }
        }
        guard hash == hashes[index] else {
            throw SpoolError(.damaged, path: file.path, reason: "the checksum of its bytes from \(start) on is wrong")
        }
    }

    /// Fills `buffer` from any place within the data.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard offset >= 0, offset <= length, buffer.count <= length - offset else {
            throw SpoolError(.damaged, path: file.path, reason: "it has no bytes \(offset) to \(offset + buffer.count)")
        }
        try file.read(into: buffer, at: offset)
    }

    /// Replaces what is in `buffer` by a range of the data.
    func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws {
        buffer.resize(to: range.count)
        try buffer.withUnsafeMutableBytes { try read(into: $0, at: range.lowerBound) }
    }

    func verify() throws {
        var buffer: [UInt8] = []
        for chunk in hashes.indices {
            buffer.removeAll(keepingCapacity: true)
            try readChunk(chunk, appendingTo: &buffer)
        }
    }
}
