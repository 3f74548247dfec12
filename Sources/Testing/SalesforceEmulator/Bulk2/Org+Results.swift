/// The three result sets of an ingest job.
enum IngestResult {
    case successful, failed, unprocessed
}

extension Org {
    /// A result set as CSV: two columns of ours, then the row as it was sent; in an order of its own (reference 04 §1.5).
    func results(of job: IngestJob, _ kind: IngestResult) -> [UInt8] {
        guard let data = job.data else { return [] }
        let delimiter = job.delimiter.byte
        let lineEnd: [UInt8] = job.isCRLF ? [13, 10] : [10]
        var out: [UInt8] = []
        let lead: String? =
            switch kind {
            case .successful: "sf__Created"
            case .failed: "sf__Error"
            case .unprocessed: nil
            }
        if let lead {
            appendQuoted("sf__Id", to: &out)
            out.append(delimiter)
            appendQuoted(lead, to: &out)
            if !job.header.isEmpty { out.append(delimiter) }
        }
        out += data[job.header]
        out += lineEnd
        var rows = job.rows.indices.filter { wants(job.rows[$0], kind) }
        var shuffler = SeededRandom(seed: options.seed &+ UInt64(job.id.number))
        rows.shuffle(using: &shuffler)
        data.withUnsafeBufferPointer { bytes in
            var cells: [CSVCell] = []
            for row in rows {
                let span = job.rowSpans[row]
                switch job.rows[row] {
                case .saved(let id, let created):
                    out.append(0x22)
                    id.write(into: &out)
                    out.append(0x22)
                    out.append(delimiter)
                    appendQuoted(created ? "true" : "false", to: &out)
                    out.append(delimiter)
                case .failed(let error, let id):
                    appendQuoted(id?.long ?? "", to: &out)
                    out.append(delimiter)
                    appendQuoted(job.errorTexts[Int(error)], to: &out)
                    out.append(delimiter)
                case .waiting, .unprocessed: break
                }
                var reader = CSVReader(bytes: bytes, delimiter: delimiter, range: Int(span.start)..<Int(span.end))
                // A row that is no CSV was refused as such and is given back as it came.
                guard (try? reader.next(into: &cells)) == true else {
                    out += bytes[Int(span.start)..<Int(span.end)]
                    out += lineEnd
                    continue
                }
                for (index, cell) in cells.enumerated() {
                    if index > 0 { out.append(delimiter) }
                    out.append(0x22)
                    out += bytes[cell.start..<cell.end]
                    out.append(0x22)
                }
                out += lineEnd
            }
        }
        return out
    }

    private func wants(_ row: RowState, _ kind: IngestResult) -> Bool {
        switch (row, kind) {
        case (.saved, .successful), (.failed, .failed), (.unprocessed, .unprocessed), (.waiting, .unprocessed): true
        default: false
        }
    }
}
