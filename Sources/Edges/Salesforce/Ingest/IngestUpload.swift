import NIOCore

/// The data of a job or a batch, read while they are sent.
package struct IngestUpload: Sendable {
    /// Gives the next bytes, some tens of kilobytes at a time; nil at the end.
    package typealias Reader = @Sendable () async throws -> [UInt8]?

    /// Bytes in all.
    package var length: Int
    /// By gzip, which is then said with it.
    var isPacked = false
    let open: @Sendable () throws -> Reader

    /// Data that `open` begins to read at their first byte.
    ///
    /// `open` is called again only if the data certainly were not taken: no connection came about, or the session had ended.
    package init(length: Int, open: @escaping @Sendable () throws -> Reader) {
        self.length = length
        self.open = open
    }

    /// Data that are in memory.
    package init(bytes: [UInt8]) {
        self.init(length: bytes.count) {
            let position = UploadPosition()
            return {
                guard let range = position.next(of: bytes.count) else { return nil }
                return Array(bytes[range])
            }
        }
    }
}

/// An upload as the HTTP client reads it.
struct UploadBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    struct AsyncIterator: AsyncIteratorProtocol {
        var upload: IngestUpload
        var reader: IngestUpload.Reader?

        mutating func next() async throws -> ByteBuffer? {
            let reader = try self.reader ?? upload.open()
            self.reader = reader
            guard let bytes = try await reader() else { return nil }
            return ByteBuffer(bytes: bytes)
        }
    }

    var upload: IngestUpload

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(upload: upload) }
}
