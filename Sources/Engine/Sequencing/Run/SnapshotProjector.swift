package import Fingerprinting
internal import Ledger
package import Snapshot
internal import Spool
package import SyncModel

/// Brings what the ledger has recorded into the snapshot of one sync, in the ledger's order, each batch once.
package actor SnapshotProjector {
    private let ledger: Ledger
    private let spoolFolder: @Sendable (RunID) -> String
    private let sync: SyncDefinition
    private let identity: SnapshotIdentity
    private let folder: String
    private var opened: SnapshotStore?

    package init(_ context: RunContext, _ identity: SnapshotIdentity, _ sync: SyncDefinition) {
        ledger = context.ledger
        spoolFolder = { context.spoolFolder($0) }
        self.sync = sync
        self.identity = identity
        folder = context.snapshotFolder + "/" + sync.name
    }

    /// Takes every batch that the ledger has and the snapshot has not.
    ///
    /// - Throws: `SnapshotError` when the snapshot is not that of this sync, org and object; `EngineError` when a spool
    ///   that is still needed is gone.
    package func catchUp() async throws {
        let store = try await store()
        while true {
            let outcomes = try await ledger.outcomes(
                of: sync.name,
                after: Int64(store.lastSequence),
                limit: 16,
                undelivered: 10_000
            )
            if outcomes.isEmpty { return }
            let owed = try await ledger.owedParentKeys(of: sync.name)
            for outcome in outcomes {
                let batch = try changes(of: outcome)
                try await free(batch, owed)
                try store.apply(sequence: UInt64(outcome.number), batch)
            }
        }
    }

    /// Rows whose raw form differs while the payload does not: nothing is sent, only the fingerprint is renewed.
    package func refresh(_ batch: SnapshotBatch) async throws {
        if batch.count == 0 { return }
        if !batch.settled.isEmpty { try await free(batch, try await ledger.owedParentKeys(of: sync.name)) }
        try await store().refresh(batch)
    }

    /// Notes that every row that is known was looked at with this mapping.
    package func record(mappingPrint: UInt64) async throws {
        let store = try await store()
        if store.mappingPrint != mappingPrint { try store.record(mappingPrint: mappingPrint) }
    }

    /// Rows that are to be known no longer: they would be found again if this were lost.
    package func forget(_ keys: [Hash128]) async throws {
        var batch = SnapshotBatch(fieldCount: sync.fieldNames.count)
        for key in keys { batch.removed(key: key) }
        try await refresh(batch)
    }

    /// Rows of which nothing has to be sent, and which are to be found again if this were lost.
    package func settle(
        _ rows: [(key: Hash128, raw: UInt64, keyText: String, matchText: String)],
        print: UInt64
    ) async throws {
        let fields = [UInt16](repeating: 0, count: sync.fieldNames.count)
        var batch = SnapshotBatch(fieldCount: fields.count)
        for row in rows {
            batch.delivered(
                key: row.key,
                raw: row.raw,
                shaped: print,
                fields: fields,
                keyText: row.keyText,
                matchText: row.matchText
            )
        }
        try await refresh(batch)
    }

    /// Closes the files, so that the next reading may open them.
    package func close() {
        opened = nil
    }

    // MARK: - Implementation

    /// No child is held any more for rows that owe nothing.
    ///
    /// Before the snapshot has the batch: a crash in between finds both again.
    private func free(_ batch: SnapshotBatch, _ owed: Set<Hash128>) async throws {
        if owed.isEmpty { return }
        let freed = batch.settled.filter { owed.contains($0) }
        try await ledger.changeOwedParents(adding: [], deliveredOf: sync.name, keys: freed)
    }

    private func store() async throws -> SnapshotStore {
        if let opened { return opened }
        var sequence = UInt64(try await ledger.lastOutcome(of: sync.name))
        while true {
            if let opened { return opened }
            do {
                let store = try SnapshotStore(
                    folder: folder,
                    identity: identity,
                    fields: sync.fieldNames,
                    ledgerSequence: sequence
                )
                opened = store
                return store
            } catch let error as SnapshotError where error.code == .aheadOfLedger {
                // Another sequence's run of the same sync may have recorded in between.
                let later = UInt64(try await ledger.lastOutcome(of: sync.name))
                guard later > sequence else { throw error }
                sequence = later
            }
        }
    }

    /// What an outcome changes.
    private func changes(of outcome: BatchOutcome) throws -> SnapshotBatch {
        var batch = SnapshotBatch(fieldCount: sync.fieldNames.count)
        if let name = outcome.spool {
            let spool = try PayloadSpool(path: spoolFolder(outcome.run) + "/" + name)
            try takeAccepted(of: outcome, spool, into: &batch)
        }
        for undelivered in outcome.undelivered {
            let keyText = undelivered.row.key
            switch (undelivered.row.operation, undelivered.row.state) {
            case (.delete, _), (.clear, _): batch.removalOwed(key: undelivered.key)
            case (_, .inDoubt): batch.inDoubt(key: undelivered.key, keyText: keyText)
            case (_, .rejected) where undelivered.mark != nil:
                guard let mark = undelivered.mark else { continue }
                batch.refused(key: undelivered.key, mark: mark, keyText: keyText)
            case (_, .rejected), (_, .held), (_, .unmatched), (_, .unsent):
                batch.owed(key: undelivered.key, keyText: keyText)
            }
        }
        return batch
    }

    private func takeAccepted(
        of outcome: BatchOutcome,
        _ spool: PayloadSpool,
        into batch: inout SnapshotBatch
    ) throws {
        let rows = outcome.firstRow..<outcome.firstRow + outcome.rowCount
        switch outcome.operation {
        case .delete, .clear: break
        case .insert, .update, .upsert, .merge, .publish:
            batch.reserve(delivered: rows.count, textBytes: try spool.textBytes(rows))
        }
        try spool.forEachRow(in: rows) { row, record, fields, keyText, matchText in
            guard outcome.isAccepted(row - outcome.firstRow) else { return }
            switch outcome.operation {
            case .delete, .clear:
                batch.removed(key: record.key)
            case .insert, .update, .upsert, .merge, .publish:
                batch.delivered(
                    key: record.key,
                    raw: record.raw,
                    shaped: record.shaped,
                    fields: fields,
                    keyText: keyText,
                    matchText: matchText
                )
            }
        }
    }
}

extension SyncDefinition {
    /// Whose state a snapshot of this sync is (durability.md, Whose state it is).
    func snapshotIdentity(stateID: String, orgID: String, model: ModelDefinition) -> SnapshotIdentity {
        SnapshotIdentity(
            stateID: stateID,
            sync: name,
            orgID: orgID,
            object: objectLabel,
            matchField: match?.field ?? picklistField,
            keyColumns: model.primaryKey
        )
    }
}
