import Gating
import SyncModel
import Testing

@testable import Sequencing

@Suite struct `What rows of a sync need of a quota` {
    private func need(_ rows: Int, _ change: (inout SyncDefinition) -> Void = { _ in }) -> QuotaNeed {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        change(&sync)
        return QuotaNeed(sending: rows, by: sync)
    }

    @Test func `is priced by the API that auto takes for them`() {
        #expect(need(2_000) == QuotaNeed(apiRequests: 8))
        #expect(need(400) == QuotaNeed(apiRequests: 2))
        #expect(need(2_001) == QuotaNeed(apiRequests: 8, bulkBatches: 1, bulkRows: 2_001))
        // Smaller calls, as many as a job of Bulk 2.0 costs at most, which is taken where they do not fit.
        #expect(need(40) { $0.batch.size = 10 } == QuotaNeed(apiRequests: 4))
        #expect(need(2_000) { $0.batch.size = 10 } == QuotaNeed(apiRequests: 8))
        #expect(need(2_000) { ($0.batch.size, $0.api) = (10, .rest) } == QuotaNeed(apiRequests: 200))
        #expect(need(50_000) { $0.headers.allowDuplicates = true } == QuotaNeed(apiRequests: 250))
        #expect(
            need(300) { $0.batch.serial = true } == QuotaNeed(apiRequests: 10, bulkBatches: 1, bulkRows: 300)
        )
    }
}
