internal import SyncModel

/// What this version's engine does not do yet is refused with words before anything is sent, never done half.
enum Support {
    /// - Throws: `EngineError` that names the key.
    static func check(_ sync: SyncDefinition) throws {
        func refuse(_ what: String, _ hint: String) throws -> Never {
            throw EngineError(code: .notInThisVersion, subject: "\(what) of sync \(sync.name)", detail: hint)
        }
        switch sync.target {
        case .object, .event: break
        case .objects: try refuse("`objects`", "use one sync an object")
        case .picklist: try refuse("`picklist`", "picklists can't be written yet")
        }
        switch sync.api {
        case .auto, .bulk2: break
        case .bulk, .rest: try refuse("`api: \(sync.api.rawValue)`", "use `api: auto` or `bulk2`")
        }
        if sync.merge != nil { try refuse("`merge`", "records can't be merged yet") }
        if sync.batch.serial { try refuse("`batch.serial`", "Bulk API 2.0 has no serial mode") }
        if sync.headers.allowDuplicates { try refuse("`headers.allow_duplicates`", "it needs REST") }
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
