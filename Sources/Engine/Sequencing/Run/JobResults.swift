internal import DelimitedText
internal import Logging
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// What became of the rows of one job: its result sets, matched to the rows that were sent.
///
/// Used by one task. Of accepted rows nothing but a bit is kept.
final class JobResults {
    private(set) var matching: ResultMatching
    private(set) var created = 0
    /// By place in the job.
    private(set) var failures: [Int: RowFault] = [:]
    private let job: String
    private let hashes: [UInt64]
    private let key: ResultKey
    /// The columns as they were sent, by all of which a row without a key is known.
    private let columns: [String]
    private var scratch: [UInt8] = []

    init(job: IngestJob, ready: ReadySpool, rows: Range<Int>) throws {
        key = ready.resultKey
        columns = ready.columns
        var hashes: [UInt64] = []
        hashes.reserveCapacity(rows.count)
        try ready.spool.forEachHead(in: rows) { _, head in hashes.append(head.match) }
        self.job = job.id
        self.hashes = hashes
        matching = ResultMatching(job: job.id, hashes: hashes)
    }

    /// Reads the result sets of a job that has ended, and says where its rows went.
    ///
    /// - Throws: `SalesforceError`; `PushingError` when the rows do not add up.
    func read(_ job: IngestJob, _ client: SalesforceClient) async throws -> JobAccount {
        var attempt = 1
        while true {
            // From the start, whatever was heard before an answer broke off: it would count twice.
            matching = ResultMatching(job: self.job, hashes: hashes)
            failures = [:]
            created = 0
            do {
                let account = try await readOnce(job, client)
                // An answer that ends between two lines looks whole: a row is in doubt only when no reading tells of it.
                guard account.inDoubt > 0, attempt < Self.attempts else { return account }
                attempt += 1
                Logger.current.info("Results are read again", metadata: ["account": "\(account)"])
            } catch is AnswerBrokeOff {
                continue
            } catch let error as PushingError where attempt < Self.attempts {
                // A result that is shorter than the job says: it is whole when it is asked for again.
                attempt += 1
                Logger.current.info("Results are read again", metadata: ["error": "\(error)"])
            }
        }
    }

    // MARK: - Implementation

    private struct AnswerBrokeOff: Error {}
    private static let attempts = 3

    private func readOnce(_ job: IngestJob, _ client: SalesforceClient) async throws -> JobAccount {
        if key == .wholeRow, job.state == .jobComplete, job.numberRecordsFailed == 0,
            job.numberRecordsProcessed == matching.rowCount
        {
            // Nothing failed and nothing is unprocessed: which row is which does not matter.
            matching.acceptOpenRows()
            // Only creates and events are known by their whole row.
            created = matching.rowCount
            return try matching.account(reported: (processed: job.numberRecordsProcessed, failed: 0))
        }
        if job.numberRecordsFailed > 0 || job.state != .jobComplete { try await readSet(.failed, of: job, client) }
        try await readSet(.successful, of: job, client)
        let isWhole = job.state == .jobComplete && job.numberRecordsProcessed == matching.rowCount
        if !isWhole { try await readSet(.unprocessed, of: job, client) }
        return try matching.account(
            reported: isWhole ? (processed: job.numberRecordsProcessed, failed: job.numberRecordsFailed) : nil
        )
    }

    private func readSet(_ set: IngestResultSet, of job: IngestJob, _ client: SalesforceClient) async throws {
        var cells: [Int] = []
        var rowsHeard = 0
        var createdColumn = -1
        var errorColumn = -1
        _ = try await client.results(ofIngestJob: job.id, set) { columns in
            if rowsHeard > 0 { throw AnswerBrokeOff() }
            createdColumn = columns.index(of: "sf__Created") ?? -1
            errorColumn = columns.index(of: "sf__Error") ?? -1
            cells = try keyCells(columns, job)
        } row: { _, record in
            rowsHeard += 1
            guard let last = cells.max(), last < record.count else { return }
            let hash = hash(of: record, cells)
            switch set {
            case .successful:
                guard case .row = matching.accepted(hash), createdColumn >= 0, createdColumn < record.count else {
                    return
                }
                // `true` or `TRUE`, as the org writes it.
                if let first = record[createdColumn].first, first | 0x20 == UInt8(ascii: "t") { created += 1 }
            case .failed:
                guard case .row(let row) = matching.rejected(hash) else { return }
                failures[row] = RowFault(
                    parsing: errorColumn >= 0 && errorColumn < record.count ? record.text(errorColumn) : ""
                )
            case .unprocessed:
                _ = matching.unprocessed(hash)
            }
        }
    }

    /// Where in a result's rows that stands by which a row is known.
    private func keyCells(_ result: ResultColumns, _ job: IngestJob) throws -> [Int] {
        let wanted: [String] =
            switch key {
            case .column(let name, _): [name]
            case .wholeRow: columns
            }
        return try wanted.map { name in
            if let index = result.index(of: name) { return index }
            throw EngineError(
                code: .accounting,
                subject: "job \(job.id)",
                detail: "its results have no column \(name)"
            )
        }
    }

    private func hash(of record: borrowing DelimitedRecord, _ cells: [Int]) -> UInt64 {
        switch key {
        case .column(_, let caseSensitive):
            return MatchFolding.hash(record[cells[0]], caseSensitive: caseSensitive, scratch: &scratch)
        case .wholeRow:
            scratch.removeAll(keepingCapacity: true)
            for cell in cells { EchoedRow.append(record[cell], to: &scratch) }
            return EchoedRow.hash(scratch)
        }
    }
}
