internal import DelimitedText
internal import Pushing
internal import Salesforce
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
    private let keyColumn: String
    private let isCaseSensitive: Bool
    private var folded: [UInt8] = []

    init(job: IngestJob, ready: ReadySpool, rows: Range<Int>, keyColumn: String, isCaseSensitive: Bool) throws {
        self.keyColumn = keyColumn
        self.isCaseSensitive = isCaseSensitive
        var hashes: [UInt64] = []
        hashes.reserveCapacity(rows.count)
        try ready.spool.forEachRecord(in: rows) { _, record, _ in hashes.append(record.match) }
        self.job = job.id
        self.hashes = hashes
        matching = ResultMatching(job: job.id, hashes: hashes)
    }

    /// Reads the result sets of a job that has ended, and says where its rows went.
    ///
    /// - Throws: `SalesforceError`; `PushingError` when the rows do not add up.
    func read(_ job: IngestJob, _ client: SalesforceClient) async throws -> JobAccount {
        while true {
            // From the start, whatever was heard before an answer broke off: it would count twice.
            matching = ResultMatching(job: self.job, hashes: hashes)
            failures = [:]
            created = 0
            do {
                return try await readOnce(job, client)
            } catch is AnswerBrokeOff {
                continue
            }
        }
    }

    // MARK: - Implementation

    private struct AnswerBrokeOff: Error {}

    private func readOnce(_ job: IngestJob, _ client: SalesforceClient) async throws -> JobAccount {
        if job.numberRecordsFailed > 0 || job.state != .jobComplete { try await readSet(.failed, of: job, client) }
        try await readSet(.successful, of: job, client)
        let isWhole = job.state == .jobComplete && job.numberRecordsProcessed == matching.rowCount
        if !isWhole { try await readSet(.unprocessed, of: job, client) }
        return try matching.account(
            reported: isWhole ? (processed: job.numberRecordsProcessed, failed: job.numberRecordsFailed) : nil
        )
    }

    private func readSet(_ set: IngestResultSet, of job: IngestJob, _ client: SalesforceClient) async throws {
        var key: Int?
        var rowsHeard = 0
        var createdColumn = -1
        var errorColumn = -1
        _ = try await client.results(ofIngestJob: job.id, set) { columns in
            if rowsHeard > 0 { throw AnswerBrokeOff() }
            key = columns.index(of: keyColumn)
            createdColumn = columns.index(of: "sf__Created") ?? -1
            errorColumn = columns.index(of: "sf__Error") ?? -1
            if key == nil {
                throw EngineError(
                    code: .accounting,
                    subject: "job \(job.id)",
                    detail: "its results have no column \(keyColumn)"
                )
            }
        } row: { _, record in
            rowsHeard += 1
            guard let key, key < record.count else { return }
            let hash = MatchFolding.hash(record[key], caseSensitive: isCaseSensitive, scratch: &folded)
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
}
