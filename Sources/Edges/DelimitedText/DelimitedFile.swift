package import SyncModel

/// A model's file: delimited text with a header, read in one pass as row batches.
package struct DelimitedFile: Sendable {
    package let path: String
    package let delimiter: UInt8
    /// The source's and the model's names in the definitions, for messages.
    package let source: String
    package let model: String

    package init(path: String, delimiter: UInt8 = UInt8(ascii: ","), source: String, model: String) {
        self.path = path
        self.delimiter = delimiter
        self.source = source
        self.model = model
    }

    /// The file that a model reads in the folder of a csv source.
    /// - Throws: `DelimitedTextError` when the source is of another kind or the model reads no file.
    package init(_ model: ModelDefinition, in source: SourceDefinition) throws {
        guard case .csv(let folder, let delimiter) = source.kind, case .file(let name) = model.reading else {
            var error = DelimitedTextError(
                .unfitModel,
                "a model of a csv source reads a `file:`, and a `file:` is in a csv source"
            )
            error.model = model.name
            error.source = source.name
            throw error
        }
        self.init(
            path: folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)",
            delimiter: delimiter,
            source: source.name,
            model: model.name
        )
    }

    /// The header's names, in their order.
    /// - Throws: `DelimitedTextError`: no such file, no header, two columns of one name.
    package func columns() throws -> [String] {
        try naming {
            var file = try ByteFile(path)
            var parser = DelimitedParser(delimiter: delimiter)
            var header: DelimitedHeader?
            while header == nil, let chunk = try file.next() {
                try parser.feed(chunk) { record in
                    if header == nil { header = try DelimitedHeader(record) }
                }
            }
            if header == nil {
                try parser.finish { header = try DelimitedHeader($0) }
            }
            guard let header else { throw DelimitedHeader.missing }
            return header.names
        }
    }

    /// Reads the wanted columns, in the order wanted, and hands over each full batch.
    ///
    /// A fault in the text's structure (a quote that is not closed, a row with a cell too many, a byte that is not UTF-8)
    /// ends the reading, with its line. So does a file that changes meanwhile: half a file must not pass for rows removed.
    ///
    /// - Parameters:
    ///   - wanted: names in the header.
    ///   - batchBytes: how large a batch grows before it is handed over.
    ///   - deliver: takes the rows; may leave an emptied batch in exchange; may throw to stop the reading.
    /// - Throws: `DelimitedTextError` with the line, or what `deliver` threw.
    package func read(
        columns wanted: [String],
        batchBytes: Int = 1 << 20,
        _ deliver: (inout RowBatch) throws -> Void
    ) throws {
        try naming {
            var file = try ByteFile(path)
            var parser = DelimitedParser(delimiter: delimiter)
            var header: DelimitedHeader?
            var places: [Int] = []
            // A column may be wanted more than once.
            let repeats = wanted.count - Set(wanted).count + 1
            var batch = RowBatch(columnCount: wanted.count, capacity: batchBytes + batchBytes / 8)
            func take(_ record: borrowing DelimitedRecord) throws {
                guard let header else {
                    let found = try DelimitedHeader(record)
                    places = try found.places(of: wanted)
                    header = found
                    return
                }
                if record.count != header.names.count {
                    throw header.wrongCount(record.count, line: record.line)
                }
                batch.appendRow(room: record.length * repeats) { record[unchecked: places[$0]] }
                if batch.footprint >= batchBytes {
                    try batch.handOver(to: deliver)
                }
            }
            while let chunk = try file.next() {
                try parser.feed(chunk, take)
            }
            try parser.finish(take)
            if header == nil { throw DelimitedHeader.missing }
            try file.checkUnchanged()
            if !batch.isEmpty {
                try batch.handOver(to: deliver)
            }
        }
    }

    // MARK: - Implementation

    private func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as DelimitedTextError where error.path == nil {
            error.path = path
            error.source = source
            error.model = model
            throw error
        }
    }
}
