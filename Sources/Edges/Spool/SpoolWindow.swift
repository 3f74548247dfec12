/// Reads ranges of a file that lie one behind the other, in pieces of some hundred kilobytes.
struct SpoolWindow {
    private let file: SpoolFileReader
    /// No range that is asked for ends behind this.
    private let end: Int
    private var bytes: [UInt8] = []
    /// Where in the file the piece in hand begins.
    private var start = 0

    init(_ file: SpoolFileReader, until end: Int) {
        self.file = file
        self.end = min(end, file.length)
    }

    /// Lends the bytes of a range for the length of the call.
    ///
    /// - Throws: `SpoolError` when the file has no such range.
    mutating func read(
        _ offset: Int,
        _ length: Int,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if offset < start || offset + length > start + bytes.count {
            guard offset >= 0, length >= 0, offset + length <= end else {
                throw SpoolError(
                    .damaged,
                    path: file.file.path,
                    reason: "a row of it claims the bytes \(offset) to \(offset + length)"
                )
            }
            try file.read(offset..<min(end, offset + max(length, Self.step)), into: &bytes)
            start = offset
        }
        try bytes.withUnsafeBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[offset - start..<offset - start + length]))
        }
    }

    private static let step = 256 << 10
}
