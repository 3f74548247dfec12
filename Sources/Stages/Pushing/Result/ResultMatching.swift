/// Finds the row that a line of a Bulk 2.0 result is about, and keeps account of every row of the job.
///
/// Lines that come in the order of the job are settled by their place. With the first one that does not, a table of hashes
/// with open addressing is made: some twenty to thirty bytes a row more. Rows with one hash, which only whole rows of equal payload have,
/// are interchangeable and stand in a chain.
package struct ResultMatching: ~Copyable {
    /// What a line of a result turned out to be about.
    package enum Match: Sendable, Equatable {
        /// The row's place in the job.
        case row(Int)
        /// Every row with this value has its result already.
        case doubled
        /// No row has this value.
        case unknown
    }

    private enum Outcome: UInt8 {
        case open = 0
        case accepted
        case rejected
        case unprocessed
    }

    package let rowCount: Int
    private let job: String
    private let hashes: [UInt64]
    /// The first row of a hash, plus one, below the upper half of the hash; 0: an empty slot.
    ///
    /// Together with its slot, that is nearly the whole hash, and no two rows of the job look alike in it. A line of a row that was never
    /// sent might; the row that it is taken for has then two lines, which is an error. Empty until a line does not come in its order.
    private var slots: [UInt64] = []
    /// Two rows whose hashes differ may look alike in a slot: every hash is looked at then.
    private var hasTwins = false
    /// The next row of the same hash, plus one; that of a first row skips those that are settled.
    private var next: [UInt32] = []
    private var outcomes: [UInt8]
    private var mask = 0
    /// Two rows have one hash: none of them is settled by its place any more, or its chain would not know.
    private var hasChains = false
    /// The row that the next line is about, if lines come in the order of the job.
    private var expected = 0
    private var counts = [0, 0, 0, 0]
    private var doubled = 0
    private var unknown = 0

    /// `hashes` are those of the rows in the order of the job: `ShapedRow.result`.
    package init(job: String, hashes: [UInt64]) {
        self.job = job
        self.hashes = hashes
        rowCount = hashes.count
        outcomes = Array(repeating: Outcome.open.rawValue, count: hashes.count)
        counts[0] = hashes.count
    }

    package mutating func accepted(_ hash: UInt64) -> Match { settle(hash, .accepted) }

    package mutating func rejected(_ hash: UInt64) -> Match { settle(hash, .rejected) }

    package mutating func unprocessed(_ hash: UInt64) -> Match { settle(hash, .unprocessed) }

    /// Nothing failed and nothing is unprocessed, so every row that is still open was accepted.
    package mutating func acceptOpenRows() {
        for row in outcomes.indices where outcomes[row] == Outcome.open.rawValue {
            outcomes[row] = Outcome.accepted.rawValue
        }
        counts[1] += counts[0]
        counts[0] = 0
    }

    /// What became of the rows, when all results are read.
    ///
    /// `reported` is what a completed job says of itself: rows processed, failed ones included, and failed ones; nil for
    /// one that failed or was aborted, whose figures need not hold.
    ///
    /// - Throws: `PushingError` when a row has two results, or when the rows do not add up to those sent.
    package func account(reported: (processed: Int, failed: Int)?) throws -> JobAccount {
        if doubled > 0 {
            throw PushingError(
                code: .doubledResult,
                job: job,
                facts: "\(doubled) lines are about rows that have their result already"
            )
        }
        let account = JobAccount(
            sent: rowCount,
            accepted: counts[1],
            rejected: counts[2],
            unprocessed: counts[3],
            inDoubt: counts[0],
            unknownLines: unknown
        )
        guard account.accepted + account.rejected + account.unprocessed + account.inDoubt == account.sent else {
            throw PushingError(code: .rowsDoNotAddUp, job: job, facts: account.description)
        }
        // A line that matches no row stands for a row that has none; more of them than such rows belong to somebody else.
        guard unknown <= account.inDoubt else {
            throw PushingError(code: .rowsDoNotAddUp, job: job, facts: account.description)
        }
        if let reported, account.unknownLines == 0, account.inDoubt == 0,
            reported.failed != account.rejected || reported.processed != account.accepted + account.rejected
        {
            let facts =
                "\(account), where the job says \(reported.processed) processed, \(reported.failed) of them failed"
            throw PushingError(code: .rowsDoNotAddUp, job: job, facts: facts)
        }
        return account
    }

    /// One bit a row in the order of the job, least significant bit first: accepted.
    package var acceptedBitmap: [UInt8] {
        var bitmap = [UInt8](repeating: 0, count: (rowCount + 7) / 8)
        for row in outcomes.indices where outcomes[row] == Outcome.accepted.rawValue {
            bitmap[row >> 3] |= 1 << UInt8(row & 7)
        }
        return bitmap
    }

    /// Rows that were not processed: sent again.
    package var unprocessedRows: [Int] { rows(.unprocessed) }

    /// Rows of which no result speaks: in doubt.
    package var openRows: [Int] { rows(.open) }

    // MARK: - Implementation

    private func rows(_ outcome: Outcome) -> [Int] {
        outcomes.indices.filter { outcomes[$0] == outcome.rawValue }
    }

    /// Whether the line is about the next open row: how results mostly come.
    @inline(__always)
    private mutating func isExpected(_ hash: UInt64) -> Bool {
        while expected < rowCount, outcomes[expected] != Outcome.open.rawValue { expected += 1 }
        return expected < rowCount && hashes[expected] == hash && hash != 0 && !hasChains
    }

    private mutating func makeTable() {
        var capacity = 16
        while capacity < hashes.count * 3 / 2 { capacity *= 2 }
        mask = capacity - 1
        slots = Array(repeating: 0, count: capacity)
        next = Array(repeating: 0, count: hashes.count)
        for row in hashes.indices {
            let slot = slot(ofRow: hashes[row])
            if slots[slot] == 0 {
                slots[slot] = Self.tag(hashes[row]) | UInt64(row + 1)
                continue
            }
            hasChains = true
            // One that was settled by its place is no link of a chain.
            guard outcomes[row] == Outcome.open.rawValue else { continue }
            let first = Self.row(slots[slot])
            next[row] = next[first]
            next[first] = UInt32(row + 1)
        }
    }

    /// The slot of a row's hash: its own, or the empty one where it would stand.
    private mutating func slot(ofRow hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] ^ Self.tag(hash) <= Self.rowMask {
                if hashes[Self.row(slots[slot])] == hash { return slot }
                hasTwins = true
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// What the slot of a line's hash holds: its own, or that of the empty one where it would stand.
    @inline(__always)
    private func found(_ hash: UInt64) -> UInt64 {
        // The low bits serve; XXH3 has mixed them.
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let isAlike = slots[slot] ^ Self.tag(hash) <= Self.rowMask
            if isAlike, !hasTwins || hashes[Self.row(slots[slot])] == hash { break }
            slot = (slot + 1) & mask
        }
        return slots[slot]
    }

    private static let rowMask: UInt64 = 0xFFFF_FFFF
    private static func tag(_ hash: UInt64) -> UInt64 { hash & ~rowMask }
    private static func row(_ slot: UInt64) -> Int { Int(slot & rowMask) - 1 }

    private mutating func settle(_ hash: UInt64, _ outcome: Outcome) -> Match {
        if isExpected(hash) {
            settle(expected, outcome)
            expected += 1
            return .row(expected - 1)
        }
        if slots.isEmpty { makeTable() }
        let head = found(hash)
        // 0 is no hash: a row that has none is known by nothing.
        guard head != 0, hash != 0 else {
            unknown += 1
            return .unknown
        }
        let first = Self.row(head)
        var row = first
        if outcomes[first] != Outcome.open.rawValue {
            guard next[first] != 0 else {
                doubled += 1
                return .doubled
            }
            row = Int(next[first] - 1)
            next[first] = next[row]
        }
        settle(row, outcome)
        return .row(row)
    }

    @inline(__always)
    private mutating func settle(_ row: Int, _ outcome: Outcome) {
        outcomes[row] = outcome.rawValue
        counts[0] -= 1
        counts[Int(outcome.rawValue)] += 1
    }
}

/// Where the rows of a job went: sent = accepted + rejected + unprocessed + in doubt.
package struct JobAccount: Sendable, Equatable {
    package var sent: Int
    package var accepted: Int
    package var rejected: Int
    package var unprocessed: Int
    package var inDoubt: Int
    /// Lines of a result that match no row sent.
    package var unknownLines: Int

    package init(sent: Int, accepted: Int, rejected: Int, unprocessed: Int, inDoubt: Int, unknownLines: Int = 0) {
        self.sent = sent
        self.accepted = accepted
        self.rejected = rejected
        self.unprocessed = unprocessed
        self.inDoubt = inDoubt
        self.unknownLines = unknownLines
    }
}

extension JobAccount: CustomStringConvertible {
    package var description: String {
        "\(sent) sent, \(accepted) accepted, \(rejected) rejected, \(unprocessed) unprocessed, \(inDoubt) in doubt, "
            + "\(unknownLines) lines about no row"
    }
}
