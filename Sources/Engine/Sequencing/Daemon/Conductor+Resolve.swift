internal import CivilTime
internal import Fingerprinting
internal import Ledger
internal import Spool
package import SyncModel

extension Conductor {
    /// Settles rows of a run that are in doubt, on a person's word: all of them or none.
    ///
    /// - Returns: how many rows.
    /// - Throws: `EngineError` when the run is at work, or a key names no row of it that is in doubt, or several.
    package func resolve(
        run id: RunID,
        keys: [String],
        sync: String?,
        isDelivered: Bool,
        reason: String,
        actor: Actor?
    ) async throws -> Int {
        guard let run = try await run(id) else {
            throw unknownRun(id.rawValue)
        }
        let entries = try await doubtful(keys, of: run, sync)
        for (name, rows) in Dictionary(grouping: entries, by: \.row.sync).sorted(by: { $0.key < $1.key }) {
            let definition = try self.sync(named: name)
            try await refuseWhileAtWork(definition, "resolve rows of \(name)")
            try await resolve(rows, of: definition, run, isDelivered, by: actor, reason)
            let what = isDelivered ? "delivered" : "not delivered"
            let shown = rows.prefix(20).map(\.row.key).joined(separator: ", ")
            let words = "\(rows.count) rows are said to be \(what) (\(shown)\(rows.count > 20 ? ", …" : "")): \(reason)"
            try await tell("rows-resolved", sync: name, run: id, words, actor)
        }
        return entries.count
    }

    // MARK: - Implementation

    /// The rows that the keys name, each one of them still in doubt.
    private func doubtful(_ keys: [String], of run: RunRecord, _ sync: String?) async throws -> [DoubtfulRow] {
        let inDoubt = try await parts.ledger.rowsInDoubt(run: run.id)
        var found: [DoubtfulRow] = []
        for key in Set(keys).sorted() {
            let rows = inDoubt.filter { $0.row.key == key && (sync == nil || $0.row.sync == sync) }
            guard !rows.isEmpty else {
                let known = inDoubt.prefix(10).map(\.row.key).joined(separator: ", ")
                throw EngineError(
                    code: .unknownName,
                    subject: "row \(key) in doubt in run \(run.id)\(sync.map { " of sync \($0)" } ?? "")",
                    detail: inDoubt.isEmpty
                        ? "no row of it is, or somebody has resolved them"
                        : "in doubt are \(known)\(inDoubt.count > 10 ? ", …" : "")"
                )
            }
            let syncs = Set(rows.map(\.row.sync)).sorted()
            guard syncs.count == 1 else {
                throw EngineError(
                    code: .notNow,
                    subject: "resolve row \(key)",
                    detail: "syncs \(syncs.joined(separator: " and ")) have a row of that key in doubt",
                    hint: "--sync NAME says which is meant"
                )
            }
            found += rows
        }
        return found
    }

    private func resolve(
        _ rows: [DoubtfulRow],
        of sync: SyncDefinition,
        _ run: RunRecord,
        _ isDelivered: Bool,
        by actor: Actor?,
        _ reason: String
    ) async throws {
        let definition = SequenceDefinition(
            name: "sync/\(sync.name)",
            steps: [StepDefinition(syncs: [sync.name], after: [])]
        )
        let context = context(for: run, definition)
        for (operation, rows) in Dictionary(grouping: rows, by: \.row.operation) {
            var outcome = BatchOutcome(unsentBy: run.id, of: sync.name, operation)
            if isDelivered {
                let spool = try spoolOfResolved(rows, of: sync, context, operation)
                outcome.spool = spool
                outcome.rowCount = rows.count
                outcome.accepted = [UInt8](repeating: 0xFF, count: (rows.count + 7) / 8)
                if rows.count % 8 != 0 { outcome.accepted[rows.count / 8] = (1 << UInt8(rows.count % 8)) - 1 }
            } else {
                let by = actor.map { " by \($0.name)" } ?? ""
                outcome.undelivered = rows.map { entry in
                    var row = entry.row
                    row.state = .unsent
                    row.code = "RESOLVED"
                    row.message = "said to be not delivered\(by): \(reason)"
                    return .init(key: entry.key, row: row)
                }
            }
            try await parts.ledger.resolve(outcome, rows.map(\.number), at: parts.clock.now)
        }
        // At once, so that `explain` tells it; what fails here is made up for before the next reading.
        let model = try model(of: sync)
        guard let org = try await parts.ledger.value("org:\(sync.destination)") else { return }
        let identity = sync.snapshotIdentity(stateID: parts.ledger.stateID, orgID: org, model: model)
        let projector = SnapshotProjector(context, identity, sync)
        try await projector.catchUp()
        await projector.close()
    }

    /// A small spool of the rows as they were sent, from which the snapshot takes them.
    private func spoolOfResolved(
        _ rows: [DoubtfulRow],
        of sync: SyncDefinition,
        _ context: RunContext,
        _ operation: RecordOperation
    ) throws -> String {
        let folder = try context.freshSpoolFolder(context.runID)
        let name = "\(sync.name)-resolved-\(parts.clock.now.microseconds)-\(operation.rawValue)"
        let fieldCount = sync.fieldNames.count
        let writer = try PayloadSpoolWriter(path: folder + "/" + name, fieldCount: fieldCount)
        var sent: [String: PayloadSpool?] = [:]
        for entry in rows {
            // A spool that is gone leaves no fingerprint: the row is looked at anew when it is read next.
            let known = entry.spool.flatMap { spool in
                sent[spool] ?? (try? PayloadSpool(path: folder + "/" + spool))
            }
            if let spool = entry.spool { sent[spool] = known }
            var record: PayloadRecord?
            var matchText = ""
            if let known, known.fieldCount == fieldCount {
                try known.forEachHead(in: 0..<known.count) { row, found in
                    guard found.key == entry.key else { return }
                    record = try known.record(row)
                    matchText = try known.matchText(row)
                }
            }
            _ = try writer.append(
                record
                    ?? PayloadRecord(
                        key: entry.key,
                        raw: 0,
                        shaped: 0,
                        fields: [UInt16](repeating: 0, count: fieldCount)
                    ),
                payload: [],
                keyText: entry.row.key,
                matchText: matchText
            )
        }
        _ = try writer.finish()
        return name
    }
}
