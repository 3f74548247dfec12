/// Delimited text (RFC 4180) as it comes, in chunks cut anywhere, taken apart into records.
///
/// UTF-8, with or without a byte order mark; lines end with LF or CRLF, the last one's end may be missing; empty lines
/// are passed over (a row of one null cell is written `""`). A record lies in one piece while it is lent, so that memory is
/// that of the longest record. After an error the parser is of no more use.
package struct DelimitedParser: ~Copyable {
    /// A record longer than this is an error: most often a quote that was never closed.
    package static let maximumRecordBytes = 64 << 20

    private var scanner: DelimitedScanner
    /// The open record's bytes, between two chunks.
    private var pending: [UInt8] = []
    private var isStarted = false
    private var plain: UnsafeMutableBufferPointer<UInt8>?

    /// Makes a parser; the delimiter must be a single ASCII byte, neither a quote nor a line end.
    package init(delimiter: UInt8 = UInt8(ascii: ",")) {
        precondition(delimiter < 0x80, "an ASCII delimiter")
        precondition(delimiter != .quote && delimiter != .lineFeed && delimiter != .carriageReturn, "a delimiter")
        scanner = DelimitedScanner(delimiter: delimiter)
    }

    deinit {
        scanner.deallocate()
        plain?.deallocate()
    }

    /// The line reached, from 1.
    package var line: Int { scanner.line }

    /// Takes the next chunk, and lends every record that it completes to `row`.
    /// - Throws: `DelimitedTextError` with the line, or what `row` threw.
    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        _ row: (borrowing DelimitedRecord) throws -> Void
    ) throws {
        guard isStarted else {
            pending.append(contentsOf: bytes)
            if pending.count >= 3 {
                try start(row)
            }
            return
        }
        var chunk = bytes
        if !pending.isEmpty {
            chunk = try completePending(with: bytes, row)
        }
        guard let base = chunk.baseAddress, !chunk.isEmpty else { return }
        let text = base.assumingMemoryBound(to: UInt8.self)
        let consumed = try scan(text, from: 0, to: chunk.count, stopsAtRecord: false, row)
        pending.append(contentsOf: chunk[consumed...])
        scanner.rebase(by: consumed)
        try checkLength()
    }

    /// Takes the end of the text, and lends the last record if its line end was missing.
    package mutating func finish(_ row: (borrowing DelimitedRecord) throws -> Void) throws {
        if !isStarted {
            try start(row)
        }
        if pending.isEmpty, scanner.isBetweenRecords { return }
        let whole = pending
        try whole.withUnsafeBufferPointer { buffer in
            switch scanner.takeEnd(at: buffer.count) {
            case .goOn: break
            case .record:
                // An open record has at least one byte, so that the buffer has an address.
                guard let base = buffer.baseAddress else { return }
                try lend(base, end: buffer.count, needsValidation: true, row)
            case .fault: throw fault()
            }
        }
        pending.removeAll()
        scanner.beginRecord(at: 0)
    }

    // MARK: - Implementation

    /// Looks at the first bytes: a mark is passed over, and what is plainly not UTF-8 is named.
    private mutating func start(_ row: (borrowing DelimitedRecord) throws -> Void) throws {
        isStarted = true
        let text = pending
        pending.removeAll(keepingCapacity: true)
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            throw DelimitedTextError(.invalidUTF8, "the text is UTF-16; save it as UTF-8", line: 1)
        }
        let markLength = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        try text.withUnsafeBytes { buffer in
            try feed(UnsafeRawBufferPointer(rebasing: buffer[markLength...]), row)
        }
    }

    /// Adds of the chunk what the open record lacks, and lends it; answers the rest of the chunk.
    private mutating func completePending(
        with chunk: UnsafeRawBufferPointer,
        _ row: (borrowing DelimitedRecord) throws -> Void
    ) throws -> UnsafeRawBufferPointer {
        var taken = 0
        var step = 1 << 10
        while taken < chunk.count {
            let scanned = pending.count
            let slice = chunk[taken..<min(taken + step, chunk.count)]
            pending.append(contentsOf: slice)
            let whole = pending
            let consumed = try whole.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return try scan(base, from: scanned, to: buffer.count, stopsAtRecord: true, row)
            }
            if consumed > 0 {
                pending.removeAll(keepingCapacity: true)
                scanner.beginRecord(at: 0)
                return UnsafeRawBufferPointer(rebasing: chunk[(taken + consumed - scanned)...])
            }
            taken += slice.count
            step *= 2
            try checkLength()
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Scans `base[from..<end]`, lends the records that end there, and answers where the open record begins.
    private mutating func scan(
        _ base: UnsafePointer<UInt8>,
        from: Int,
        to end: Int,
        stopsAtRecord: Bool,
        _ row: (borrowing DelimitedRecord) throws -> Void
    ) throws -> Int {
        var marks = DelimitedMarks(in: base, from: from, to: end, delimiter: scanner.delimiter)
        // What lies before `from` was looked at in an earlier call, which kept nothing of it.
        marks.hasHighBytes = from > 0
        while let position = marks.next() {
            switch scanner.take(base[position], at: position) {
            case .goOn: continue
            case .fault: throw fault()
            case .record:
                try lend(base, end: position, needsValidation: marks.hasHighBytes, row)
                scanner.beginRecord(at: position &+ 1)
                if stopsAtRecord { return position &+ 1 }
                marks.forgetHighBytes()
            }
        }
        return scanner.recordStart
    }

    @inline(__always)
    private mutating func lend(
        _ base: UnsafePointer<UInt8>,
        end: Int,
        needsValidation: Bool,
        _ row: (borrowing DelimitedRecord) throws -> Void
    ) throws {
        let length = end - scanner.recordStart
        let bytes = base + scanner.recordStart
        if needsValidation || length > Self.maximumRecordBytes {
            try validate(bytes, length: length)
        }
        if scanner.recordIsBlank { return }
        let record = DelimitedRecord(
            bytes: bytes,
            cells: UnsafeBufferPointer(start: scanner.cells, count: scanner.cellCount),
            plain: scanner.hasEscapes ? plainRoom(length) : nil,
            line: scanner.recordLine,
            length: length
        )
        try row(record)
    }

    private func validate(_ bytes: UnsafePointer<UInt8>, length: Int) throws {
        if length > Self.maximumRecordBytes {
            throw tooLong()
        }
        let buffer = UnsafeBufferPointer(start: bytes, count: length)
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: buffer.span)
        } catch {
            let line = buffer[..<error.byteOffsets.lowerBound].reduce(scanner.recordLine) {
                $0 + ($1 == .lineFeed ? 1 : 0)
            }
            throw DelimitedTextError(.invalidUTF8, "a byte that is not UTF-8; save the text as UTF-8", line: line)
        }
    }

    private mutating func plainRoom(_ length: Int) -> UnsafeMutablePointer<UInt8>? {
        if let plain, plain.count >= length { return plain.baseAddress }
        plain?.deallocate()
        let wider = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(length, 4_096))
        plain = wider
        return wider.baseAddress
    }

    private func checkLength() throws {
        if pending.count > Self.maximumRecordBytes {
            throw scanner.state == .quoted ? unclosed() : tooLong()
        }
    }

    private func tooLong() -> DelimitedTextError {
        let megabytes = Self.maximumRecordBytes >> 20
        return DelimitedTextError(.rowTooLong, "a row of more than \(megabytes) MiB", line: scanner.recordLine)
    }

    private func unclosed() -> DelimitedTextError {
        DelimitedTextError(
            .unclosedQuote,
            "the quoted cell that begins here is never closed; a quote inside a cell is written twice",
            line: scanner.quoteLine
        )
    }

    private func fault() -> DelimitedTextError {
        switch scanner.fault {
        case .unclosedQuote?:
            return unclosed()
        case .textAfterQuote?:
            return DelimitedTextError(
                .textAfterQuote,
                "text behind a cell's closing quote; a quote inside a cell is written twice",
                line: scanner.line
            )
        case .quoteInsideCell?:
            return DelimitedTextError(
                .quoteInsideCell,
                "a quote inside a cell that is not quoted; quote the cell and write the quote twice",
                line: scanner.line
            )
        default:
            return DelimitedTextError(
                .bareCarriageReturn,
                "a carriage return without a line feed; end lines with LF or CRLF, or quote the cell",
                line: scanner.line
            )
        }
    }
}
