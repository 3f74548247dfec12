internal import Shaping
internal import SyncModel

/// What this version's engine does not do yet is refused with words before anything is sent, never done half.
enum Support {
    /// - Throws: `EngineError` that names the key.
    static func check(_ sync: SyncDefinition) throws {
        _ = try object(of: sync)
    }

    /// The one object that a sync which this version can deliver writes.
    ///
    /// - Throws: `EngineError` that names the key.
    static func object(of sync: SyncDefinition) throws -> String {
        func refuse(_ what: String, _ hint: String) throws -> Never {
            throw EngineError(code: .notInThisVersion, subject: "\(what) of sync \(sync.name)", detail: hint)
        }
        let object: String
        switch sync.target {
        case .object(let name): object = name
        case .objects: try refuse("`objects`", "use one sync an object")
        case .event: try refuse("`event`", "events can't be published yet")
        case .picklist: try refuse("`picklist`", "picklists can't be written yet")
        }
        switch sync.api {
        case .auto, .bulk2: break
        case .bulk, .rest: try refuse("`api: \(sync.api.rawValue)`", "use `api: auto` or `bulk2`")
        }
        if sync.merge != nil { try refuse("`merge`", "records can't be merged yet") }
        if sync.batch.serial { try refuse("`batch.serial`", "Bulk API 2.0 has no serial mode") }
        if sync.headers.allowDuplicates { try refuse("`headers.allow_duplicates`", "it needs REST") }
        return object
    }

    /// Results are matched by a value that this version knows again after a restart.
    ///
    /// - Throws: `EngineError` for an insert whose rows could be told apart by nothing else than all their cells.
    static func check(_ resultKey: ResultKey, of sync: SyncDefinition, _ operation: RecordOperation) throws {
        guard operation == .insert else { return }
        if case .column(let name, _) = resultKey, name.lowercased() == sync.match?.field.lowercased() { return }
        throw EngineError(
            code: .notInThisVersion,
            subject: "mode insert of sync \(sync.name)",
            detail: "its rows must be matched by a unique field: give it `match:` on one, or use upsert"
        )
    }

    /// Holds the guards; without approvals, what passes a guard fails its step before anything is sent.
    ///
    /// - Throws: `EngineError` that names the guard and both figures.
    static func checkGuards(_ sync: SyncDefinition, _ counts: ChangeCounts) throws {
        func refuse(_ words: String) throws -> Never {
            throw EngineError(code: .notNow, subject: "deliver \(sync.name)", detail: "\(words); nothing was sent")
        }
        func isOver(_ bound: SyncDefinition.Bound?, _ count: Int, of whole: Int) -> Bool {
            switch bound {
            case nil: false
            case .rows(let rows): count > rows
            case .share(let share): Double(count) > share.fraction * Double(max(whole, 1))
            }
        }
        let known = counts.unchanged + counts.changed + counts.removed
        let removes = sync.whenRemoved == .nothing ? 0 : counts.removed
        if removes > 0 && counts.read == 0 { try refuse("the model is empty, and \(removes) records would be removed") }
        if isOver(sync.guard.maxDeletes, removes, of: known) {
            try refuse("guard max_deletes: \(removes) rows would be removed")
        }
        if isOver(sync.guard.maxChanged, counts.changed + counts.added, of: known) && known > 0 {
            try refuse("guard max_changed: \(counts.changed + counts.added) of \(known) rows would be written")
        }
        if isOver(sync.guard.maxShrink, known - counts.read, of: known) && known > counts.read {
            try refuse("guard max_shrink: the model has \(counts.read) rows, \(known) are known")
        }
    }
}
