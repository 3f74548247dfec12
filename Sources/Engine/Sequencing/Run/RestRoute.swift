internal import Ledger
internal import Pushing
internal import SyncModel

/// Ranges as calls of sObject collections, one call a range.
struct RestRoute: DeliveryRoute {
    let delivery: ChangeDelivery
    let gauge: PressureGauge

    var api: PushAPI { .rest }

    func prepare(_ pressure: Pressure) {}
    func finish() {}

    func send(_ rows: Range<Int>, of ready: ReadySpool) async throws -> (intent: Intent, fates: RowFates) {
        try await CollectionRun(delivery: delivery, ready: ready, gauge: gauge).run(rows)
    }
}
