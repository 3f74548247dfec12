import SyncModel
import Testing

@testable import Pushing

private func entries(
    _ count: Int,
    bytes: Int = 100,
    parent: (Int) -> UInt64 = { _ in 0 },
    layout: (Int) -> UInt64 = { _ in 0 }
) -> [PayloadEntry] {
    (0..<count).map { PayloadEntry(row: UInt32($0), byteCount: UInt32(bytes), layout: layout($0), parent: parent($0)) }
}

/// Every row exactly once, and no bound passed.
private func check(
    _ plan: JobPlan,
    rows: Int,
    batchRows: Int,
    batchBytes: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect((plan.order + plan.tooLarge).sorted() == (0..<UInt32(rows)).map { $0 }, sourceLocation: sourceLocation)
    var position = 0
    for job in plan.jobs {
        #expect(job.range.lowerBound == position, sourceLocation: sourceLocation)
        #expect(job.batches.map(\.range.count).reduce(0, +) == job.range.count, sourceLocation: sourceLocation)
        for batch in job.batches {
            #expect(batch.range.lowerBound == position, sourceLocation: sourceLocation)
            #expect((1...batchRows).contains(batch.range.count), sourceLocation: sourceLocation)
            #expect(batch.byteCount <= batchBytes, sourceLocation: sourceLocation)
            position = batch.range.upperBound
        }
        #expect(job.range.upperBound == position, sourceLocation: sourceLocation)
    }
    #expect(position == plan.order.count, sourceLocation: sourceLocation)
}

@Suite struct `A plan for Bulk 2.0` {
    @Test func `of a million short rows has few jobs, nearly equal, and a price to match`() {
        let plan = JobPlan(entries(1_000_000), api: .bulk2, limits: JobLimits(headerBytes: 50))
        check(plan, rows: 1_000_000, batchRows: 150_000, batchBytes: 100_000_000)
        #expect(plan.jobs.count == 7)
        #expect(plan.jobs.map(\.range.count).min() ?? 0 > 140_000)
        #expect(plan.price.bulkBatches == 7 * 15)
        #expect(plan.price.bulkRows == 1_000_000)
        #expect(plan.price.apiCalls == 70)
    }

    @Test func `is cut by bytes, its header included`() {
        let plan = JobPlan(entries(10, bytes: 30), api: .bulk2, limits: JobLimits(jobBytes: 100, headerBytes: 10))
        #expect(plan.jobs.map(\.range.count) == [3, 3, 3, 1])
        #expect(plan.jobs.allSatisfy { $0.byteCount <= 100 })
    }

    @Test func `has a job for each layout, and its rows in the order of their parents`() {
        let plan = JobPlan(
            entries(6, parent: { [9, 4, 9, 4, 0, 9][$0] }, layout: { $0 == 5 ? 1 : 0 }),
            api: .bulk2,
            limits: JobLimits()
        )
        #expect(plan.order == [4, 1, 3, 0, 2, 5])
        #expect(plan.jobs.map { $0.batches.map(\.layout) } == [[0], [1]])
        #expect(plan.jobs.map(\.range) == [0..<5, 5..<6])
    }

    @Test func `leaves a row that no batch takes to REST`() {
        var rows = entries(3)
        rows[1].byteCount = 400_001
        let plan = JobPlan(rows, api: .bulk2, limits: JobLimits())
        #expect(plan.order == [0, 2])
        #expect(plan.tooLarge == [1])
        #expect(JobPlan(rows, api: .rest, limits: JobLimits(batchRows: 200)).tooLarge.isEmpty)
    }

    @Test func `of nothing is empty`() {
        for api in PushAPI.allCases {
            let plan = JobPlan([], api: api, limits: JobLimits())
            #expect(plan.jobs.isEmpty)
            #expect(plan.price == JobPrice())
        }
    }
}

@Suite struct `A plan for batches` {
    @Test func `keeps the rows of one parent together`() {
        // Groups of 7 and 600 rows in turns.
        var parents: [UInt64] = []
        for group in 1...40 { parents += Array(repeating: UInt64(group), count: group % 2 == 0 ? 600 : 7) }
        let plan = JobPlan(
            entries(parents.count, parent: { parents[$0] }),
            api: .bulk,
            limits: JobLimits(batchRows: 1_000)
        )
        check(plan, rows: parents.count, batchRows: 1_000, batchBytes: 10_000_000)
        for batch in plan.jobs.flatMap(\.batches) {
            for parent in Set(plan.order[batch.range].map { parents[Int($0)] }) {
                let inBatch = plan.order[batch.range].count { parents[Int($0)] == parent }
                #expect(inBatch == parents.count { $0 == parent })
            }
        }
        #expect(plan.jobs[0].batches.count <= 21)
    }

    @Test func `cuts a parent whose rows no batch can hold, and fills up with rows that have none`() {
        let plan = JobPlan(
            entries(2_500, parent: { $0 < 1_500 ? 5 : 0 }),
            api: .bulk,
            limits: JobLimits(batchRows: 1_000)
        )
        check(plan, rows: 2_500, batchRows: 1_000, batchBytes: 10_000_000)
        #expect(plan.jobs[0].batches.map(\.range.count) == [1_000, 1_000, 500])
    }

    @Test func `stays within bytes and within what Salesforce allows at most`() {
        check(
            JobPlan(entries(100, bytes: 30), api: .bulk, limits: JobLimits(batchBytes: 100, headerBytes: 10)),
            rows: 100,
            batchRows: 3,
            batchBytes: 100
        )
        check(
            JobPlan(entries(30_000), api: .bulk, limits: JobLimits(batchRows: 50_000)),
            rows: 30_000,
            batchRows: 10_000,
            batchBytes: 10_000_000
        )
        let rest = JobPlan(entries(1_000, layout: { UInt64($0 % 3) }), api: .rest, limits: JobLimits(batchRows: 1_000))
        check(rest, rows: 1_000, batchRows: 200, batchBytes: 10_000_000)
        #expect(rest.jobs.count == 1)
        #expect(rest.price.apiCalls == 5)
        #expect(rest.price.bulkBatches == 0)
    }

    @Test func `puts every layout into one job of the original API`() {
        let plan = JobPlan(entries(5, layout: { $0 == 2 ? 1 : 0 }), api: .bulk, limits: JobLimits())
        #expect(plan.jobs.count == 1)
        #expect(plan.jobs[0].batches.map(\.layout) == [0, 1])
        #expect(plan.price.apiCalls == 10)
    }

    @Test(arguments: 0..<30) func `loses no row, whatever its groups`(_ seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let count = Int(random.next() % 3_000)
        let rows = (0..<count).map { row in
            PayloadEntry(
                row: UInt32(row),
                byteCount: UInt32(1 + random.next() % 900),
                layout: random.next() % 3,
                parent: random.next() % 4 == 0 ? 0 : random.next() % 40
            )
        }
        for api in PushAPI.allCases {
            let limits = JobLimits(
                batchRows: Int(1 + random.next() % 300),
                jobRows: 700,
                batchBytes: 20_000,
                jobBytes: 200_000,
                rowBytes: 800,
                headerBytes: 40
            )
            let plan = JobPlan(rows, api: api, limits: limits)
            check(
                plan,
                rows: count,
                batchRows: api == .bulk2 ? 700 : limits.batchRows,
                batchBytes: api == .bulk2 ? 200_000 : 20_000
            )
            if api != .rest {
                for batch in plan.jobs.flatMap(\.batches) {
                    #expect(plan.order[batch.range].allSatisfy { rows[Int($0)].layout == batch.layout })
                }
            }
        }
    }
}

@Suite struct `The API` {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var choice = APIChoice.auto
        var serial = false
        var allowDuplicates = false
        var size = 1_000
        var circumstances: APICircumstances
        var wanted: PushAPI?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "few rows", circumstances: .init(rows: 2_000, operation: .upsert), wanted: .rest),
        Case(name: "many rows", circumstances: .init(rows: 2_001, operation: .upsert), wanted: .bulk2),
        Case(
            name: "few rows, few calls left",
            circumstances: .init(rows: 2_000, operation: .upsert, callsLeft: 9),
            wanted: .bulk2
        ),
        Case(
            name: "just enough calls",
            circumstances: .init(rows: 2_000, operation: .upsert, callsLeft: 10),
            wanted: .rest
        ),
        Case(
            name: "small calls",
            size: 50,
            circumstances: .init(rows: 2_000, operation: .upsert, callsLeft: 39),
            wanted: .bulk2
        ),
        Case(
            name: "blind create",
            circumstances: .init(rows: 1, operation: .insert, hasUniqueField: false),
            wanted: .bulk
        ),
        Case(name: "create with a unique field", circumstances: .init(rows: 1, operation: .insert), wanted: .rest),
        Case(name: "serial", serial: true, circumstances: .init(rows: 1, operation: .update), wanted: .bulk),
        Case(
            name: "locks",
            circumstances: .init(rows: 1, operation: .update, isUnderLockPressure: true),
            wanted: .bulk
        ),
        Case(name: "event", circumstances: .init(rows: 1, operation: .publish, hasUniqueField: false), wanted: .bulk2),
        Case(
            name: "duplicates allowed",
            allowDuplicates: true,
            circumstances: .init(rows: 9_999, operation: .upsert),
            wanted: .rest
        ),
        Case(
            name: "duplicates allowed, blind",
            allowDuplicates: true,
            circumstances: .init(rows: 1, operation: .insert, hasUniqueField: false),
            wanted: nil
        ),
        Case(
            name: "duplicates allowed, serial",
            serial: true,
            allowDuplicates: true,
            circumstances: .init(rows: 1, operation: .upsert),
            wanted: nil
        ),
        Case(name: "binary", circumstances: .init(rows: 9_999, operation: .upsert, needsJSON: true), wanted: .rest),
        Case(
            name: "rest, blind",
            choice: .rest,
            circumstances: .init(rows: 1, operation: .insert, hasUniqueField: false),
            wanted: nil
        ),
        Case(
            name: "rest, serial",
            choice: .rest,
            serial: true,
            circumstances: .init(rows: 1, operation: .upsert),
            wanted: nil
        ),
        Case(
            name: "rest, event",
            choice: .rest,
            circumstances: .init(rows: 1, operation: .publish, hasUniqueField: false),
            wanted: .rest
        ),
        Case(
            name: "bulk, duplicates allowed",
            choice: .bulk,
            allowDuplicates: true,
            circumstances: .init(rows: 1, operation: .upsert),
            wanted: nil
        ),
        Case(
            name: "bulk2, duplicates allowed",
            choice: .bulk2,
            allowDuplicates: true,
            circumstances: .init(rows: 1, operation: .upsert),
            wanted: nil
        ),
        Case(
            name: "bulk2, serial",
            choice: .bulk2,
            serial: true,
            circumstances: .init(rows: 1, operation: .upsert),
            wanted: nil
        ),
        Case(
            name: "bulk2, blind",
            choice: .bulk2,
            circumstances: .init(rows: 1, operation: .insert, hasUniqueField: false),
            wanted: .bulk2
        ),
        Case(
            name: "bulk, binary",
            choice: .bulk,
            circumstances: .init(rows: 1, operation: .upsert, needsJSON: true),
            wanted: nil
        ),
    ]

    @Test(arguments: cases) func `is chosen by what is written and known`(_ given: Case) {
        var batch = SyncDefinition.Batch()
        batch.serial = given.serial
        batch.size = given.size
        var headers = SyncDefinition.Headers()
        headers.allowDuplicates = given.allowDuplicates
        let decision = APIDecision.decide(
            choice: given.choice,
            batch: batch,
            headers: headers,
            circumstances: given.circumstances
        )
        switch decision {
        case .api(let api): #expect(api == given.wanted)
        case .refused(let reason):
            #expect(given.wanted == nil)
            #expect(!reason.isEmpty)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
