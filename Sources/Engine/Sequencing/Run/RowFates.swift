internal import Ledger
internal import Pushing
internal import Salesforce

/// What became of each row of a range that was sent by one job, batch or call; places count from the range's first row.
///
/// Of accepted rows nothing but a bit is kept.
struct RowFates: Sendable {
    /// One bit a row, least significant bit first.
    var accepted: [UInt8]
    /// Rows that Salesforce refused, by place.
    var failures: [Int: RowFault] = [:]
    /// Rows that Salesforce did not look at: they may be sent again.
    var unprocessed: [Int] = []
    /// Rows of which nothing is known, in doubt.
    var open: [Int] = []
    /// How many of the accepted records are new, where the operation does not say so itself.
    var created = 0
    /// Ids of accepted records by place, of those routes that were asked to keep them.
    var ids: [Int: String] = [:]
    /// Rows that were sent.
    let sent: Int
    /// Salesforce's ids of what carried them.
    var job: String?
    var batch: String?
    /// Why rows were not looked at, in Salesforce's words.
    var cause: String?
    /// Whether a window has kept those that were not looked at until their plan was old.
    var isOld = false

    /// Rows of which nothing is known yet.
    init(sent: Int, job: String? = nil, batch: String? = nil) {
        self.sent = sent
        self.job = job
        self.batch = batch
        accepted = [UInt8](repeating: 0, count: (sent + 7) / 8)
    }

    /// What carried the rows, in words.
    var carrier: String {
        if let batch { return "batch \(batch) of job \(job ?? "?")" }
        return job.map { "job \($0)" } ?? "the call"
    }

    var acceptedCount: Int { accepted.reduce(0) { $0 + $1.nonzeroBitCount } }

    func isAccepted(_ place: Int) -> Bool { accepted[place >> 3] & (1 << UInt8(place & 7)) != 0 }

    /// Whether a row was accepted or refused.
    func isKnown(_ place: Int) -> Bool { isAccepted(place) || failures[place] != nil }

    /// Whether there is anything to record of the rows.
    var knowsAny: Bool { acceptedCount + failures.count + open.count > 0 }

    mutating func accept(_ place: Int) { accepted[place >> 3] |= 1 << UInt8(place & 7) }

    /// Holds the law: sent = accepted + rejected + unprocessed + in doubt, each row in one of them.
    ///
    /// - Throws: `PushingError`.
    func check() throws {
        let account = JobAccount(
            sent: sent,
            accepted: acceptedCount,
            rejected: failures.count,
            unprocessed: unprocessed.count,
            inDoubt: open.count
        )
        var seen = accepted
        func isNew(_ place: Int) -> Bool {
            guard place >= 0, place < sent, seen[place >> 3] & (1 << UInt8(place & 7)) == 0 else { return false }
            seen[place >> 3] |= 1 << UInt8(place & 7)
            return true
        }
        guard account.accepted + account.rejected + account.unprocessed + account.inDoubt == sent,
            failures.keys.allSatisfy(isNew), unprocessed.allSatisfy(isNew), open.allSatisfy(isNew)
        else { throw PushingError(code: .rowsDoNotAddUp, job: carrier, facts: account.description) }
    }
}

/// One way on which rows of a spool reach Salesforce: who cuts them and records what came of them need not know which.
protocol DeliveryRoute: Sendable {
    var api: PushAPI { get }

    /// Makes ready to take a range under this pressure; called by one task, between two ranges.
    func prepare(_ pressure: Pressure) async throws

    /// Sends a range of rows, its intent stored before, and waits for what becomes of them.
    ///
    /// - Returns: the intent, which stays open until the outcome is recorded, and the fates, which add up.
    /// - Throws: `StoppedOnRequest` when the daemon stops: the intent is left to recovery; `PlanIsOld`, the intent settled and
    ///   nothing known of its rows that is to be recorded; what stopped the work else.
    func send(_ rows: Range<Int>, of ready: ReadySpool) async throws -> (intent: Intent, fates: RowFates)

    /// No range comes any more: what was held open for them is closed.
    func finish() async throws
}
