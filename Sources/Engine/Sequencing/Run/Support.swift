internal import SyncModel

/// What this version's engine does not do yet is refused with words before anything is sent, never done half.
enum Support {
    /// - Throws: `EngineError` that names the key.
    static func check(_ sync: SyncDefinition) throws {
        func refuse(_ what: String, _ hint: String) throws -> Never {
            throw EngineError(code: .notInThisVersion, subject: "\(what) of sync \(sync.name)", detail: hint)
        }
        switch sync.api {
        case .auto, .bulk2: break
        case .bulk, .rest: try refuse("`api: \(sync.api.rawValue)`", "use `api: auto` or `bulk2`")
        }
        if sync.batch.serial { try refuse("`batch.serial`", "Bulk API 2.0 has no serial mode") }
        if sync.headers.allowDuplicates { try refuse("`headers.allow_duplicates`", "it needs REST") }
    }
}
