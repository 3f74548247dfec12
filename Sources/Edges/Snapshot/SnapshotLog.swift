internal import Fingerprinting
internal import Glibc

/// The log behind a base: one frame a batch, durable when written; a frame that a crash cut off is dropped when the log is opened.
struct SnapshotLog {
    enum Kind: UInt32 {
        case batch = 1
        /// Changes that belong to no batch of the ledger.
        case refresh
        case facts
    }

    struct Frame {
        var kind: Kind
        var sequence: UInt64
        var count: UInt32
        /// Of the payload, in the file.
        var range: Range<Int>
        var hash: UInt64
    }

    static let magic: [UInt8] = Array("SEQSLOG1".utf8)
    static let headerLength = 32
    private static let frameMagic: UInt32 = 0x4652_4D31
    private static let frameHeadLength = 40

    let file: SnapshotDescriptor
    private(set) var frames: [Frame] = []
    private(set) var end: Int

    /// Writes an empty log; durable once it is.
    static func create(path: String, generation: UInt64, fieldCount: Int) throws {
        let file = try SnapshotDescriptor(path: path, flags: O_RDWR | O_CREAT | O_TRUNC)
        var bytes = magic
        bytes.put(generation)
        bytes.put(UInt32(fieldCount))
        bytes.put(UInt32(0))
        bytes.put(bytes.withUnsafeBytes { Fingerprint.hash64($0) })
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.synchronize()
    }

    /// The generation that a log belongs to; nil when it was cut off before its header was whole.
    static func generation(path: String) throws -> UInt64? {
        let file = try SnapshotDescriptor(path: path, flags: O_RDONLY)
        guard try file.size() >= headerLength else { return nil }
        var bytes = [UInt8](repeating: 0, count: headerLength)
        try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        return try bytes.withUnsafeBytes { all in
            guard
                Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: all[..<24]))
                    == all.loadUnaligned(fromByteOffset: 24, as: UInt64.self),
                bytes.starts(with: magic)
            else { throw SnapshotError(.damaged, path: path, reason: "its header is wrong") }
            return all.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        }
    }

    /// Opens a log, reads where its frames are, checks them, and drops a torn tail.
    init(path: String) throws {
        file = try SnapshotDescriptor(path: path, flags: O_RDWR)
        end = Self.headerLength
        let size = try file.size()
        var payload: [UInt8] = []
        while end < size {
            guard let frame = try Self.frame(file, at: end, size: size), try Self.isWhole(frame, file, &payload) else {
                break
            }
            frames.append(frame)
            end = frame.range.upperBound
        }
        guard end < size else { return }
        if try Self.hasFrame(file, behind: end, size: size) {
            throw SnapshotError(
                .damaged,
                path: path,
                reason: "the batch at byte \(end) is damaged, and others follow it"
            )
        }
        try file.truncate(to: end)
        try file.synchronize()
    }

    /// Adds a frame; durable when this returns, and not there at all when it throws.
    mutating func append(_ kind: Kind, sequence: UInt64, count: Int, payload: [UInt8]) throws {
        guard payload.count <= Int(UInt32.max) else {
            throw SnapshotError(.unwritable, path: file.path, reason: "a batch of \(payload.count) bytes is too large")
        }
        let hash = payload.withUnsafeBytes { Fingerprint.hash64($0) }
        var head: [UInt8] = []
        head.put(Self.frameMagic)
        head.put(UInt32(payload.count))
        head.put(sequence)
        head.put(kind.rawValue)
        head.put(UInt32(count))
        head.put(hash)
        head.put(head.withUnsafeBytes { Fingerprint.hash64($0) })
        do {
            try head.withUnsafeBytes { try file.write($0, at: end) }
            try payload.withUnsafeBytes { try file.write($0, at: end + Self.frameHeadLength) }
            try file.synchronize()
        } catch {
            // The batch is not applied: its bytes are taken away again. If that fails too, opening drops them.
            try? file.truncate(to: end)
            throw error
        }
        let start = end + Self.frameHeadLength
        frames.append(
            Frame(
                kind: kind,
                sequence: sequence,
                count: UInt32(count),
                range: start..<start + payload.count,
                hash: hash
            )
        )
        end = start + payload.count
    }

    /// Reads the payload of a frame.
    func read(_ frame: Frame, into payload: inout [UInt8]) throws {
        guard try Self.isWhole(frame, file, &payload) else {
            throw SnapshotError(
                .damaged,
                path: file.path,
                reason: "the checksum of the batch at byte \(frame.range.lowerBound) is wrong"
            )
        }
    }

    /// Calls `body` with the changes of each frame.
    func forEachPayload(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var payload: [UInt8] = []
        for frame in frames where frame.kind != .facts {
            try read(frame, into: &payload)
            try payload.withUnsafeBytes { try body($0) }
        }
    }

    /// Bytes of changes.
    var changeBytes: Int { frames.reduce(0) { $0 + ($1.kind == .facts ? 0 : $1.range.count) } }

    // MARK: - Implementation

    private static func frame(_ file: SnapshotDescriptor, at offset: Int, size: Int) throws -> Frame? {
        guard size - offset >= frameHeadLength else { return nil }
        var head = [UInt8](repeating: 0, count: frameHeadLength)
        try head.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        return head.withUnsafeBytes { decode($0, at: offset, size: size) }
    }

    private static func decode(_ head: UnsafeRawBufferPointer, at offset: Int, size: Int) -> Frame? {
        func half(_ at: Int) -> UInt32 { head.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
        func word(_ at: Int) -> UInt64 { head.loadUnaligned(fromByteOffset: at, as: UInt64.self) }
        guard half(0) == frameMagic, Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: head[..<32])) == word(32),
            let kind = Kind(rawValue: half(16))
        else { return nil }
        let start = offset + frameHeadLength
        guard size - start >= Int(half(4)) else { return nil }
        return Frame(
            kind: kind,
            sequence: word(8),
            count: half(20),
            range: start..<start + Int(half(4)),
            hash: word(24)
        )
    }

    private static func isWhole(_ frame: Frame, _ file: SnapshotDescriptor, _ payload: inout [UInt8]) throws -> Bool {
        payload.resize(to: frame.range.count, filling: 0)
        return try payload.withUnsafeMutableBytes { buffer in
            try file.read(into: buffer, at: frame.range.lowerBound)
            return Fingerprint.hash64(UnsafeRawBufferPointer(buffer)) == frame.hash
        }
    }

    /// Whether a whole frame lies anywhere behind this place: then what is broken here is no torn tail.
    private static func hasFrame(_ file: SnapshotDescriptor, behind start: Int, size: Int) throws -> Bool {
        let step = 1 << 20
        var payload: [UInt8] = []
        var offset = start + 1
        while offset + frameHeadLength <= size {
            var bytes = [UInt8](repeating: 0, count: min(step + frameHeadLength - 1, size - offset))
            try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            let found: Frame? = bytes.withUnsafeBytes { bytes in
                for at in 0...(bytes.count - frameHeadLength)
                where bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self) == frameMagic {
                    let head = UnsafeRawBufferPointer(rebasing: bytes[at..<at + frameHeadLength])
                    if let frame = decode(head, at: offset + at, size: size) { return frame }
                }
                return nil
            }
            if let found {
                if try isWhole(found, file, &payload) { return true }
                offset = found.range.lowerBound
            } else {
                offset += step
            }
        }
        return false
    }
}
