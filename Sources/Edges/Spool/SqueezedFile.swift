internal import CHost
internal import CZlib
internal import Glibc

/// A spool file that is only kept to be looked at, in less room: all of it as one zlib stream, then its length and a mark where a
/// plain one has its own.
enum SqueezedFile {
    private static let magic: UInt64 = 0x455A_4545_5551_5351
    /// Length of the plain file, magic.
    private static let tailLength = 16
    private static let pieceLength = 64 << 10
    /// In the processor's time rather than in room: this is done for every spool, and few are ever read again.
    private static let level: Int32 = 3

    /// How long the plain file is; nil: it is a plain one.
    static func plainLength(_ file: SpoolDescriptor) throws -> Int? {
        let size = try file.size()
        guard size >= tailLength else { return nil }
        var tail: [UInt64] = [0, 0]
        try tail.withUnsafeMutableBytes { try file.read(into: $0, at: size - tailLength) }
        guard UInt64(littleEndian: tail[1]) == magic else { return nil }
        guard let length = Int(exactly: UInt64(littleEndian: tail[0])) else { throw damaged(file) }
        return length
    }

    /// Puts a squeezed file in a plain one's place.
    ///
    /// Who has the plain one open goes on reading it.
    ///
    /// - Returns: false for one that is squeezed already.
    static func squeeze(_ path: String) throws -> Bool {
        let plain = try SpoolDescriptor.existing(path)
        guard try plainLength(plain) == nil else { return false }
        // One that is not whole stays as it is.
        _ = try SpoolFileReader(path: path)
        let length = try plain.size()
        let target = try SpoolDescriptor.create(path + ".squeezed")
        do {
            let written = try pass(plain, 0..<length, into: target, isInflating: false)
            var tail: [UInt8] = []
            tail.put(UInt64(length))
            tail.put(magic)
            try tail.withUnsafeBytes { try target.write($0, at: written) }
            try target.synchronize()
            guard rename(target.path, path) == 0 else { throw SpoolDescriptor.failure(.unwritable, path) }
        } catch {
            try SpoolDescriptor.remove(target.path)
            throw error
        }
        return true
    }

    /// The plain file, in room without a name; nil: it is plain as it is.
    static func plain(_ file: SpoolDescriptor) throws -> SpoolDescriptor? {
        guard let length = try plainLength(file) else { return nil }
        let scratch = try SpoolDescriptor.nameless(for: file.path)
        let end = try file.size() - tailLength
        guard try pass(file, 0..<end, into: scratch, isInflating: true) == length else { throw damaged(file) }
        return scratch
    }

    // MARK: - Implementation

    /// Sends a range of one file through zlib into another.
    ///
    /// - Returns: how many bytes came out.
    private static func pass(
        _ source: SpoolDescriptor,
        _ range: Range<Int>,
        into target: SpoolDescriptor,
        isInflating: Bool
    ) throws -> Int {
        // zlib remembers where it lies.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        let begun = isInflating ? sequenced_inflate_begin(stream) : sequenced_deflate_begin(stream, level)
        guard begun == Z_OK else { throw SpoolError(.unreadable, path: source.path, reason: "zlib cannot begin") }
        defer { _ = isInflating ? inflateEnd(stream) : deflateEnd(stream) }
        var input = [UInt8](repeating: 0, count: pieceLength)
        var output = [UInt8](repeating: 0, count: pieceLength)
        var (read, written) = (range.lowerBound, 0)
        var status = Z_OK
        while status != Z_STREAM_END {
            let count = min(pieceLength, range.upperBound - read)
            // What is cut off has no end that zlib knows.
            if count == 0, isInflating { throw damaged(source) }
            try input.withUnsafeMutableBytes { bytes in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: read)
            }
            read += count
            try input.withUnsafeMutableBufferPointer { bytes in
                stream.pointee.next_in = bytes.baseAddress
                stream.pointee.avail_in = uInt(count)
                repeat {
                    let made = try output.withUnsafeMutableBufferPointer { room in
                        stream.pointee.next_out = room.baseAddress
                        stream.pointee.avail_out = uInt(room.count)
                        status =
                            isInflating
                            ? inflate(stream, Z_NO_FLUSH)
                            : deflate(stream, read == range.upperBound ? Z_FINISH : Z_NO_FLUSH)
                        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                            throw damaged(source)
                        }
                        return room.count - Int(stream.pointee.avail_out)
                    }
                    try output.withUnsafeBytes { bytes in
                        try target.write(UnsafeRawBufferPointer(rebasing: bytes[..<made]), at: written)
                    }
                    written += made
                } while stream.pointee.avail_out == 0 && status != Z_STREAM_END
            }
        }
        return written
    }

    private static func damaged(_ file: SpoolDescriptor) -> SpoolError {
        SpoolError(.damaged, path: file.path, reason: "what was squeezed cannot be read back")
    }
}

extension PayloadSpool {
    /// Puts the payloads of a folder, and the texts of their keys, into less room; they are read as before.
    ///
    /// On a thread of its own: its priority is the lowest from then on.
    ///
    /// - Returns: how many files were squeezed.
    /// - Throws: `SpoolError`.
    package static func squeeze(_ names: [String], inFolder folder: String) throws -> Int {
        // Best effort: where it may not, it takes its time as others do.
        _ = sequenced_yield_to_others()
        var squeezed = 0
        for name in names.sorted() where name.hasSuffix(".payload") || name.hasSuffix(".texts") {
            do {
                if try SqueezedFile.squeeze(folder + "/" + name) { squeezed += 1 }
            } catch let error as SpoolError where error.code == .notWhole {
                // Nobody reads it.
            }
        }
        if squeezed > 0 { try SpoolDescriptor.synchronize(folder: folder) }
        return squeezed
    }
}
