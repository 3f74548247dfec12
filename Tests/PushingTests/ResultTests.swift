import SyncModel
import Testing

@testable import Pushing

@Suite struct `Results` {
    @Test func `are matched to rows whatever their order`() throws {
        var random = SplitMix(state: 1)
        let hashes = (0..<10_000).map { _ in random.next() | 1 }
        var matching = ResultMatching(job: "750", hashes: hashes)
        for row in (0..<10_000).shuffled(using: &random) {
            switch row % 3 {
            case 0: #expect(matching.accepted(hashes[row]) == .row(row))
            case 1: #expect(matching.rejected(hashes[row]) == .row(row))
            default: #expect(matching.unprocessed(hashes[row]) == .row(row))
            }
        }
        let account = try matching.account(reported: (processed: 6_667, failed: 3_333))
        #expect(account == JobAccount(sent: 10_000, accepted: 3_334, rejected: 3_333, unprocessed: 3_333, inDoubt: 0))
        let bitmap = matching.acceptedBitmap
        #expect(bitmap.count == 1_250)
        #expect((0..<10_000).allSatisfy { (bitmap[$0 >> 3] & 1 << UInt8($0 & 7) != 0) == ($0 % 3 == 0) })
        #expect(matching.unprocessedRows == (0..<10_000).filter { $0 % 3 == 2 })
    }

    @Test func `are matched as they come, in order at first and in none later`() throws {
        var random = SplitMix(state: 2)
        // Some rows are equal: each of them has one line.
        let hashes = (0..<3_000).map { _ in random.next() % 2_000 + 1 }
        var lines = Array(0..<1_000)
        lines += (1_000..<3_000).shuffled(using: &random).prefix(1_500)
        var matching = ResultMatching(job: "750", hashes: hashes)
        var seen: Set<String> = []
        for row in lines {
            let match = row % 5 == 0 ? matching.rejected(hashes[row]) : matching.accepted(hashes[row])
            guard case .row(let found) = match else {
                Issue.record("row \(row) has no place: \(match)")
                continue
            }
            #expect(hashes[found] == hashes[row])
            #expect(seen.insert("\(found)").inserted)
        }
        #expect(matching.accepted(5_000) == .unknown)
        #expect(matching.openRows.count == 500)
        #expect(matching.acceptedBitmap.reduce(0) { $0 + $1.nonzeroBitCount } == lines.count { $0 % 5 != 0 })
        // A row that was settled by its place has its result already.
        var single = ResultMatching(job: "750", hashes: [7, 8, 9])
        #expect(single.accepted(7) == .row(0))
        #expect(single.accepted(7) == .doubled)
        #expect(single.accepted(8) == .row(1))
        #expect(single.accepted(9) == .row(2))
    }

    @Test func `of rows that fall into one slot are told apart`() {
        let hashes: [UInt64] = (1...12).map { $0 << 32 | 3 }
        var matching = ResultMatching(job: "750", hashes: hashes)
        for row in hashes.indices.reversed() { #expect(matching.accepted(hashes[row]) == .row(row)) }
        #expect(matching.accepted(99 << 32 | 3) == .unknown)
    }

    @Test func `of equal rows are interchangeable`() throws {
        var matching = ResultMatching(job: "750", hashes: [7, 7, 7, 8])
        #expect(matching.accepted(7) == .row(0))
        let second = matching.rejected(7)
        let third = matching.accepted(7)
        #expect(Set([second, third].map(String.init(describing:))) == ["row(1)", "row(2)"])
        #expect(matching.accepted(8) == .row(3))
        #expect(try matching.account(reported: (processed: 4, failed: 1)).inDoubt == 0)
    }

    @Test func `that speak of a row twice are an error`() {
        var matching = ResultMatching(job: "750", hashes: [7])
        #expect(matching.accepted(7) == .row(0))
        #expect(matching.rejected(7) == .doubled)
        #expect { try matching.account(reported: nil) } throws: { ($0 as? PushingError)?.code == .doubledResult }
    }

    @Test func `that speak of no row leave as many rows in doubt`() throws {
        var matching = ResultMatching(job: "750", hashes: [7, 8, 9])
        _ = matching.accepted(7)
        #expect(matching.rejected(77) == .unknown)
        _ = matching.accepted(8)
        let account = try matching.account(reported: (processed: 3, failed: 1))
        #expect(account.inDoubt == 1)
        #expect(matching.openRows == [2])
    }

    @Test func `that speak of more rows than were sent are an error`() {
        var matching = ResultMatching(job: "750", hashes: [7])
        _ = matching.accepted(7)
        _ = matching.accepted(8)
        #expect { try matching.account(reported: nil) } throws: { ($0 as? PushingError)?.code == .rowsDoNotAddUp }
    }

    @Test(arguments: [(2, 0), (1, 0), (3, 1), (2, 2)]) func `that contradict the job are an error`(
        _ processed: Int,
        _ failed: Int
    ) {
        var matching = ResultMatching(job: "750", hashes: [7, 8])
        _ = matching.accepted(7)
        _ = matching.rejected(8)
        #expect { try matching.account(reported: (processed: processed, failed: failed)) } throws: { error in
            (error as? PushingError)?.code == .rowsDoNotAddUp && "\(error)".contains("750")
        }
    }

    @Test func `need not be read where nothing failed`() throws {
        var matching = ResultMatching(job: "750", hashes: [7, 7, 0])
        matching.acceptOpenRows()
        #expect(try matching.account(reported: (processed: 3, failed: 0)).accepted == 3)
        #expect(matching.acceptedBitmap == [7])
    }

    @Test func `of rows without a hash match nothing`() throws {
        var matching = ResultMatching(job: "750", hashes: [0, 0, 5])
        #expect(matching.accepted(0) == .unknown)
        #expect(matching.accepted(5) == .row(2))
        #expect(try matching.account(reported: nil).inDoubt == 2)
    }

    @Test func `of a job of no rows add up`() throws {
        let matching = ResultMatching(job: "750", hashes: [])
        #expect(try matching.account(reported: (processed: 0, failed: 0)).sent == 0)
        #expect(matching.acceptedBitmap.isEmpty)
    }
}

@Suite struct `A step's verdict` {
    private static func counts(
        _ updated: Int,
        rejected: Int = 0,
        held: Int = 0,
        unmatched: Int = 0,
        inDoubt: Int = 0,
        unsent: Int = 0
    ) -> StepCounts {
        var counts = StepCounts()
        (counts.updated, counts.rejected, counts.held, counts.unmatched, counts.inDoubt, counts.unsent) =
            (updated, rejected, held, unmatched, inDoubt, unsent)
        return counts
    }

    static let cases: [(StepCounts, SyncDefinition.Bound?, StepState)] = [
        (counts(0), nil, .succeeded), (counts(10), nil, .succeeded), (counts(10, unmatched: 5), nil, .succeeded),
        (counts(10, held: 1), nil, .partial), (counts(10, inDoubt: 1), nil, .partial),
        (counts(10, unsent: 1), nil, .partial),
        // 10 %, and never for fewer than 50.
        (counts(0, rejected: 49), nil, .partial), (counts(0, rejected: 50), nil, .failed),
        (counts(450, rejected: 50), nil, .partial),
        (counts(449, rejected: 50), nil, .failed), (counts(100, rejected: 49), nil, .partial),
        (counts(1, rejected: 49, held: 1_000), nil, .partial),
        (counts(100, rejected: 50, held: 10_000, unmatched: 10_000), nil, .failed),
        (counts(10, rejected: 1), .rows(0), .failed), (counts(10), .rows(0), .succeeded),
        (counts(0), .share(Share(fraction: 0)), .succeeded),
        (counts(10, rejected: 1), .share(Share(fraction: 0)), .failed),
        (counts(99, rejected: 1), .share(Share(fraction: 0.01)), .partial),
        (counts(98, rejected: 2), .share(Share(fraction: 0.01)), .failed), (counts(0, rejected: 5), .rows(5), .partial),
        (counts(0, rejected: 6), .rows(5), .failed), (counts(0, rejected: 6), .share(Share(fraction: 1)), .partial),
        (counts(70, rejected: 30), .share(Share(fraction: 0.3)), .partial),
    ]

    @Test(arguments: cases) func `weighs its rows`(
        _ counts: StepCounts,
        _ bound: SyncDefinition.Bound?,
        _ wanted: StepState
    ) {
        let verdict = StepVerdict(counts: counts, maxRejected: bound)
        #expect(verdict.state == wanted)
        #expect((verdict.reason == nil) == (wanted == .succeeded))
    }

    @Test func `is partial for rows that an earlier run left in doubt, which are no rows that it tried`() {
        var waiting = StepCounts()
        waiting.inDoubt = 2
        let idle = StepVerdict(counts: waiting, maxRejected: nil, inDoubtBefore: 2)
        #expect(idle.state == .partial)
        #expect(idle.reason == "2 in doubt")
        waiting.inDoubt = 900
        waiting.rejected = 60
        #expect(StepVerdict(counts: waiting, maxRejected: nil, inDoubtBefore: 900).state == .failed)
        #expect(StepVerdict(counts: waiting, maxRejected: nil).state == .partial)
    }

    @Test func `weighs by default what is rejected anew, and by a written bound all`() {
        var backlog = Self.counts(5, rejected: 60)
        backlog.rejectedBefore = 60
        #expect(StepVerdict(counts: backlog, maxRejected: nil).state == .partial)
        #expect(StepVerdict(counts: backlog, maxRejected: .share(Share(fraction: 0.1))).state == .failed)
        #expect(StepVerdict(counts: backlog, maxRejected: .rows(0)).state == .failed)
        backlog.rejected = 60 + 50
        let wave = StepVerdict(counts: backlog, maxRejected: nil)
        #expect(wave.state == .failed)
        #expect(
            wave.reason
                == "50 of 55 rows were rejected, more than the 10% that `max_rejected` is unless written; 60 more were rejected before, and do not count"
        )
    }
}
