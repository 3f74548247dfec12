internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Spool
internal import SyncModel

/// Turns what became of some rows into one outcome in the ledger, then into the snapshot.
struct OutcomeRecorder: Sendable {
    let delivery: ChangeDelivery
    let ready: ReadySpool
    /// nil: nothing is sent again from here (recovery: the run reads anew afterwards).
    let retries: RetryRows?
    /// How often the rows have been sent in this run.
    let attempt: Int

    private var sync: SyncDefinition { delivery.sync }

    /// What is made of the fates: what stays behind, and what goes again.
    private struct Sorted {
        var accepted: [UInt8]
        var acceptedCount = 0
        var undelivered: [BatchOutcome.Undelivered] = []
        var again: [Int] = []
        /// Rows that are shaped once more, with whether their record exists.
        var otherWay: [Hash128: Bool] = [:]
        /// Rows whose record may have been merged into another one.
        var merged: [MergedRecords.Row] = []
        /// Rows that refer to a record which may have been merged into another one.
        var links: [MergedRecords.Row] = []
        /// Rows that go again in this run, one way or another.
        var retried: Int { again.count + otherWay.count + merged.count + links.count }
    }

    /// Stores what became of the rows of an intent, and settles it.
    ///
    /// - Throws: `PushingError` when the fates do not add up; `LedgerError`.
    func record(_ rows: Range<Int>, intent: Intent, _ fates: RowFates) async throws {
        try fates.check()
        // Recovery sends nothing: what is left is looked at anew.
        let mayGoAgain = retries != nil
        let sorted = try sort(
            rows,
            fates,
            byExistence: mayGoAgain ? await delivery.secondTry.fields : [],
            followsMerged: mayGoAgain ? await delivery.merged.isTaking : false,
            followsLinks: mayGoAgain ? await delivery.mergedLinks.isTaking : false
        )
        guard sorted.acceptedCount + sorted.undelivered.count + sorted.retried == rows.count else {
            throw EngineError(code: .accounting, subject: fates.carrier, detail: "\(rows.count) rows were sent")
        }
        var undelivered = sorted.undelivered
        if let retries {
            try await retries.add(sorted.again)
            await delivery.secondTry.add(sorted.otherWay)
            await delivery.merged.add(sorted.merged)
            await delivery.mergedLinks.add(sorted.links)
        } else {
            // Found again as owed when the run reads anew.
            undelivered += try sorted.again.map {
                try left($0, .unsent, "UNPROCESSED", "not processed before the daemon stopped")
            }
        }
        try await store(rows, intent, fates, sorted, undelivered)
    }

    // MARK: - Implementation

    /// `byExistence`: fields whose failure says that a record appeared or vanished meanwhile; `followsMerged`: a record that is
    /// called deleted is looked for; `followsLinks`: so is one that a row refers to.
    private func sort(
        _ rows: Range<Int>,
        _ fates: RowFates,
        byExistence: Set<String>,
        followsMerged: Bool,
        followsLinks: Bool
    ) throws -> Sorted {
        var sorted = Sorted(accepted: fates.accepted)
        for (index, failure) in fates.failures.sorted(by: { $0.key < $1.key }) {
            let row = rows.lowerBound + index
            if isGone(failure), sync.mode == .archive {
                sorted.undelivered.append(try left(row, .unmatched, failure.code, failure.message))
            } else if isGone(failure) {
                // The record is not there any more, which is what a removal wanted.
                sorted.accepted[index >> 3] |= 1 << UInt8(index & 7)
            } else if followsMerged, isOfOwnRecord(failure) {
                sorted.merged.append(MergedRecords.Row(ready: ready, row: row, fault: failure))
            } else if followsLinks, isOfLinkedRecord(failure) {
                sorted.links.append(MergedRecords.Row(ready: ready, row: row, fault: failure))
            } else if let exists = SecondTry.existence(by: failure, byExistence) {
                sorted.otherWay[try ready.spool.record(row).key] = exists
            } else if mayPass(failure) {
                sorted.again.append(row)
            } else {
                sorted.undelivered.append(
                    try refused(row, failure, keepsValues: sorted.undelivered.count < Self.valuesKept)
                )
            }
        }
        for index in fates.unprocessed {
            let row = rows.lowerBound + index
            if attempt < sync.retry.attempts {
                sorted.again.append(row)
            } else {
                let reason = fates.cause ?? "Salesforce did not process the row"
                sorted.undelivered.append(try left(row, .unsent, "UNPROCESSED", reason))
            }
        }
        for index in fates.open {
            let row = rows.lowerBound + index
            sorted.undelivered.append(
                try left(row, .inDoubt, "NOT_REPORTED", "\(fates.carrier) tells nothing of this row")
            )
        }
        sorted.acceptedCount = sorted.accepted.reduce(0) { $0 + $1.nonzeroBitCount }
        return sorted
    }

    private func store(
        _ rows: Range<Int>,
        _ intent: Intent,
        _ fates: RowFates,
        _ sorted: Sorted,
        _ undelivered: [BatchOutcome.Undelivered]
    ) async throws {
        var outcome = BatchOutcome(
            run: intent.run,
            sync: sync.name,
            intent: intent.number,
            operation: ready.operation,
            spool: ready.name,
            firstRow: rows.lowerBound,
            rowCount: rows.count,
            accepted: sorted.accepted,
            job: fates.job,
            batch: fates.batch,
            undelivered: undelivered
        )
        outcome.elsewhere = retries == nil ? 0 : sorted.retried
        outcome.owedParents = delivery.owedParents(undelivered)
        let operation = ready.operation
        let accepted = sorted.acceptedCount
        let created = fates.created
        let api = ready.api
        _ = try await delivery.worker.book.record(outcome) { counts in
            counts.add(undelivered)
            counts.batches += 1
            if api != .rest {
                counts.bulkBatches += api == .bulk ? 1 : (rows.count + 9_999) / 10_000
                counts.bulkRows += rows.count
            }
            switch operation {
            case .insert: counts.created += accepted
            case .update, .clear: counts.updated += accepted
            case .upsert:
                counts.created += created
                counts.updated += accepted - created
            case .delete: counts.deleted += accepted
            case .merge: counts.merged += accepted
            case .publish: counts.published += accepted
            }
        }
        CrashPoint.reached("outcome-stored")
        try await delivery.worker.countCalls()
        try await delivery.projector.catchUp()
        CrashPoint.reached("snapshot-applied")
    }

    /// The row as Salesforce refused it, with what was sent.
    func refused(_ row: Int, _ failure: RowFault, keepsValues: Bool) throws -> BatchOutcome.Undelivered {
        let record = try ready.spool.record(row)
        let hidden = BodyRedaction(delivery.worker.context.definitions.settings.requests.redact)
        let values = try keepsValues || !hidden.isEmpty ? ready.values(of: row) : [:]
        return .init(
            key: record.key,
            row: UndeliveredRow(
                sync: sync.name,
                key: try ready.spool.keyText(row),
                operation: ready.operation,
                state: .rejected,
                code: failure.code,
                // Without its values nobody can tell later what is to be hidden in the message.
                message: keepsValues ? failure.message : hidden.message(failure.message, about: values),
                fields: failure.fields,
                values: keepsValues ? values : [:],
                isRetryable: failure.retryClass == .transient || failure.retryClass == .window
            ),
            mark: mark(record, failure)
        )
    }

    /// Counts a refusal in data or configuration, so that a row that is refused again and again comes to rest.
    private func mark(_ record: PayloadRecord, _ failure: RowFault) -> RefusalMark? {
        let kind = failure.retryClass
        // A row of which a part goes later has no fingerprint yet.
        guard kind == .data || kind == .configuration, record.raw != 0, sync.rowsMayRest else { return nil }
        switch ready.operation {
        case .delete, .clear, .merge: return nil
        case .insert, .update, .upsert, .publish: break
        }
        let earlier = record.refusals == 0 ? nil : RefusalMark(rawValue: UInt64(record.refusals))
        return RefusalMark(raw: record.raw, code: failure.code, run: delivery.context.runID, after: earlier)
    }

    /// A row that was not written, and is looked at again.
    func left(
        _ row: Int,
        _ state: UndeliveredState,
        _ code: String,
        _ message: String
    ) throws -> BatchOutcome.Undelivered {
        .init(
            key: try ready.spool.record(row).key,
            row: UndeliveredRow(
                sync: sync.name,
                key: try ready.spool.keyText(row),
                operation: ready.operation,
                state: state,
                code: code,
                message: message,
                isRetryable: state == .unsent
            )
        )
    }

    private func mayPass(_ failure: RowFault) -> Bool {
        let decision = RowRetry.decide(
            retryClass: failure.retryClass,
            attempts: attempt,
            retry: sync.retry,
            codeLimit: failure.codeLimit,
            randomness: 0.5
        )
        switch decision {
        case .again: return true
        // Events wait for the next hour at the gate; what else is used up is none that a run waits for with rows in hand.
        case .whenWindowFrees: return ready.operation == .publish && sync.retry.split && attempt < sync.retry.attempts
        case .final: return false
        }
    }

    /// Whether it is, or may be, the row's own record that is not there, not one that it refers to.
    private func isOfOwnRecord(_ failure: RowFault) -> Bool {
        guard ready.operation == .update, failure.fields.isEmpty else { return false }
        return failure.code == "ENTITY_IS_DELETED" || failure.code == "INVALID_CROSS_REFERENCE_KEY"
    }

    /// Whether a record that the row refers to is not there.
    private func isOfLinkedRecord(_ failure: RowFault) -> Bool {
        switch ready.operation {
        case .delete, .clear, .merge, .publish: return false
        case .insert, .update, .upsert: break
        }
        switch failure.code {
        case "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY":
            return failure.fields.contains { $0.lowercased() != "id" }
        case "INVALID_FIELD": return failure.message.contains("Foreign key external ID")
        default: return false
        }
    }

    private func isGone(_ failure: RowFault) -> Bool {
        switch ready.operation {
        case .delete, .clear: failure.code == "ENTITY_IS_DELETED"
        case .insert, .update, .upsert, .merge, .publish: false
        }
    }

    /// Values are kept for this many refused rows of a job; of more, the first ones tell the cause.
    private static let valuesKept = 20_000
}
