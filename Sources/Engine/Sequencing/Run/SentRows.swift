internal import DelimitedText
internal import Spool
internal import SyncModel

/// Holds what Salesforce says a batch contains against the rows that were to be sent, row by row.
///
/// Used by one task.
final class SentRows {
    private let ready: ReadySpool
    private let rows: Range<Int>
    private var parser = DelimitedParser()
    private var place = -1
    private var isEqual = true
    private var payload: [UInt8] = []
    private var frame: [UInt8] = []

    init(ready: ReadySpool, rows: Range<Int>) {
        self.ready = ready
        self.rows = rows
    }

    func startOver() throws {
        parser = DelimitedParser()
        place = -1
        isEqual = true
    }

    func compare(_ bytes: UnsafeRawBufferPointer) throws {
        guard isEqual else { return }
        try parser.feed(bytes) { try take($0) }
    }

    /// Whether every row was there and none besides.
    func isSame() throws -> Bool {
        if isEqual { try parser.finish { try take($0) } }
        return isEqual && place == rows.count
    }

    // MARK: - Implementation

    private func take(_ record: borrowing DelimitedRecord) throws {
        defer { place += 1 }
        // The first line names the columns.
        guard place >= 0, isEqual else { return }
        guard place < rows.count else {
            isEqual = false
            return
        }
        frame.removeAll(keepingCapacity: true)
        for cell in 0..<record.count { EchoedRow.append(record[cell], to: &frame) }
        isEqual = EchoedRow.hash(frame) == (try hash(of: rows.lowerBound + place))
    }

    private func hash(of row: Int) throws -> UInt64 {
        try ready.spool.payload(row, into: &payload)
        var own: [UInt8] = []
        var reader = DelimitedParser()
        func note(_ record: borrowing DelimitedRecord) {
            for cell in 0..<record.count { EchoedRow.append(record[cell], to: &own) }
        }
        try payload.withUnsafeBytes { try reader.feed($0, note) }
        try reader.finish(note)
        return EchoedRow.hash(own)
    }
}
