internal import Salesforce
internal import SyncModel

/// Deletes or clears the records of rows that left the model, at the end of the run.
struct Removal: Sendable {
    let worker: StepWorker
    let client: SalesforceClient

    func deliver(_ diff: DiffResult) async throws {
        guard let operation = worker.sync.whenRemoved.operation else { return }
        try await worker.book.step(worker.sync.name, is: .pushing)
        let delivery = try await ChangeDelivery(worker: worker, client: client)
        try await delivery.deliver(diff, .removed, operation)
    }
}

extension RemovalBehaviour {
    /// What is done to the records of rows that left the model; nil: nothing.
    var operation: RecordOperation? {
        switch self {
        case .nothing: nil
        case .clear: .clear
        case .delete: .delete
        }
    }
}
