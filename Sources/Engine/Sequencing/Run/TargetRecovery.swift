internal import Ledger
internal import Salesforce
internal import SyncModel

extension Recovery {
    /// Settles an intent of a kind that no job or call of rows stands behind.
    ///
    /// - Returns: false when it is another kind's to settle.
    static func settleTarget(
        _ intent: Intent,
        of sync: SyncDefinition,
        _ model: ModelDefinition,
        _ client: SalesforceClient,
        _ context: RunContext
    ) async throws -> Bool {
        switch (intent.kind, sync.target) {
        case (PicklistDelivery.kind, .picklist(let target)):
            let worker = StepWorker(context: context, read: unread(sync, model))
            let delivery = try await ChangeDelivery(worker: worker, client: client)
            try await PicklistDelivery(delivery: delivery, target: target).recover(intent)
            return true
        case (MergeCalls.kind, .object(let object)):
            let worker = StepWorker(context: context, read: unread(sync, model))
            let delivery = try await ChangeDelivery(worker: worker, client: client)
            let ready = try ReadySpool(opening: intent.spool, in: context.spoolFolder(intent.run))
            try await MergeCalls(delivery: delivery, object: object).settle(intent, ready)
            await delivery.projector.close()
            return true
        default:
            return false
        }
    }

    /// A sync whose model is not read: what an earlier start left is settled first.
    static func unread(_ sync: SyncDefinition, _ model: ModelDefinition) -> ReadSync {
        ReadSync(
            sync: sync,
            model: model,
            columns: MappedColumns(sync: sync, model: model),
            diff: .failure(
                EngineError(
                    code: .notNow,
                    subject: "read \(sync.name)",
                    detail: "what an earlier run began is settled first"
                )
            )
        )
    }
}
