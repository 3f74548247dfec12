internal import Salesforce
internal import SyncModel

/// Deletes or clears the records of rows that left the model, at the end of the run.
struct Removal: Sendable {
    let worker: StepWorker
    let client: SalesforceClient

    func deliver(_ diff: DiffResult) async throws {
        let operation: RecordOperation
        switch worker.sync.whenRemoved {
        case .nothing: return
        case .clear: operation = .clear
        case .delete: operation = .delete
        }
        try await worker.book.step(worker.sync.name, is: .pushing)
        let delivery = try await ChangeDelivery(worker: worker, client: client)
        try await delivery.deliver(diff, .removed, operation)
    }
}
