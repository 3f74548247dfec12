internal import CHost
internal import CZlib
internal import Glibc
internal import Synchronization

/// A spool file that is only kept to be looked at, in less room: all of it as one zlib stream, then its length and a mark where a
/// plain one has its own.
enum SqueezedFile {
    private static let magic: UInt64 = 0x455A_4545_5551_5351
    /// Length of the plain file, magic.
    private static let tailLength = 16
    private static let pieceLength = 64 << 10
    /// In the processor's time rather than in room: this is done for every spool, and few are ever read again.
    private static let level: Int32 = 3
    /// Held while a squeezed file gets a name, and while files are removed: none may come back that was taken away.
    fileprivate static let naming = Mutex(())

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
    /// - Throws: `CancellationError` when `isStopped` says so, and `SpoolError` for one that was removed meanwhile; nothing has
    ///   changed then.
    static func squeeze(_ path: String, isStopped: () -> Bool) throws -> Bool {
        let plain = try SpoolDescriptor.existing(path)
        guard try plainLength(plain) == nil else { return false }
        // One that is not whole stays as it is.
        _ = try SpoolFileReader(plain)
        let length = try plain.size()
        let target = try whileNamed(plain) { try SpoolDescriptor.create(path + ".squeezed") }
        do {
            let written = try pass(plain, 0..<length, into: target, isInflating: false, isStopped: isStopped)
            var tail: [UInt8] = []
            tail.put(UInt64(length))
            tail.put(magic)
            try tail.withUnsafeBytes { try target.write($0, at: written) }
            try target.synchronize()
            try whileNamed(plain) {
                guard rename(target.path, path) == 0 else { throw SpoolDescriptor.failure(.unwritable, path) }
            }
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
        let written = try pass(file, 0..<end, into: scratch, isInflating: true, isStopped: { false })
        guard written == length else { throw damaged(file) }
        return scratch
    }

    // MARK: - Implementation

    /// Does something with nobody removing files, unless the file is removed already.
    private static func whileNamed<Result: Sendable>(
        _ file: SpoolDescriptor,
        _ body: () throws -> Result
    ) throws -> Result {
        try naming.withLock { _ -> Result in
            var status = stat()
            guard fstat(file.descriptor, &status) == 0 else { throw SpoolDescriptor.failure(.unreadable, file.path) }
            guard status.st_nlink > 0 else {
                throw SpoolError(.unreadable, path: file.path, reason: "it was removed meanwhile")
            }
            return try body()
        }
    }

    /// Sends a range of one file through zlib into another.
    ///
    /// - Returns: how many bytes came out.
    /// - Throws: `CancellationError` when `isStopped` says so, which is asked for each piece.
    private static func pass(
        _ source: SpoolDescriptor,
        _ range: Range<Int>,
        into target: SpoolDescriptor,
        isInflating: Bool,
        isStopped: () -> Bool
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
            if isStopped() { throw CancellationError() }
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
    /// On a thread of its own: its priority is the lowest from then on. `isStopped` is asked for each piece of each file; when it
    /// says so, the file in hand and those behind it stay as they are.
    ///
    /// - Returns: how many files were squeezed.
    /// - Throws: `SpoolError`.
    package static func squeeze(
        _ names: [String],
        inFolder folder: String,
        isStopped: () -> Bool = { false }
    ) throws -> Int {
        // Best effort: where it may not, it takes its time as others do.
        _ = sequenced_yield_to_others()
        var squeezed = 0
        for name in names.sorted() where name.hasSuffix(".payload") || name.hasSuffix(".texts") {
            if isStopped() { break }
            do {
                if try SqueezedFile.squeeze(folder + "/" + name, isStopped: isStopped) { squeezed += 1 }
            } catch is CancellationError {
                break
            } catch let error as SpoolError
                where error.code == .notWhole || access(folder + "/" + name, F_OK) != 0
            {
                // Nobody reads it, or it is gone.
            }
        }
        if squeezed > 0 { try SpoolDescriptor.synchronize(folder: folder) }
        return squeezed
    }

    /// Calls `body`, which lists files and removes them, while none is put in another's place: what is gone then stays away.
    ///
    /// - Returns: what `body` returns.
    package static func withoutSqueezing(_ body: () throws -> Int) throws -> Int {
        try SqueezedFile.naming.withLock { _ -> Int in try body() }
    }
}
