import Testing

@testable import Shaping

@Suite struct `Values are looked up` {
    private func course(_ values: Int, records: Int) async -> LookupCourse {
        await LookupCourse.choose(values: values, bytes: values * 10) { records }
    }

    @Test func `by a query as long as they fit into an address`() async {
        #expect(await course(1, records: 10_000_000) == .queries)
        #expect(await course(300, records: 1) == .queries)
    }

    @Test func `by long queries, or by reading the whole object, whichever costs fewer calls`() async {
        #expect(await course(301, records: 1) == .composite)
        // Eight calls are made without asking how large the object is.
        #expect(await course(80_000, records: 1) == .composite)
        #expect(LookupCourse.compositeCalls(values: 300_000, bytes: 3_000_000) == 30)
        #expect(await course(300_000, records: 1_000_000) == .job)
        #expect(await course(300_000, records: 1_200_000) == .composite)
    }

    @Test func `in queries no longer than a statement may be`() {
        // 100 queries of 90,000 characters, five a call.
        #expect(LookupCourse.compositeCalls(values: 40_000, bytes: 8_870_000) == 20)
    }
}
