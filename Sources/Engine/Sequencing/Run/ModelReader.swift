internal import Diffing
internal import Fingerprinting
internal import Ledger
internal import Shaping
package import Snapshot
package import SyncModel

/// What one sync's reading found, or why it could not be read; its step says so when its turn comes.
package struct ReadSync: Sendable {
    package var sync: SyncDefinition
    package var model: ModelDefinition
    package var columns: MappedColumns
    package var diff: Result<DiffResult, EngineError>
    /// Rows that rest are tried with the others.
    package var triesResting = false

    /// Nothing travels and nothing was refused: the step is over before it begins.
    var hasNothingToSend: Bool {
        guard case .success(let diff) = diff else { return false }
        return diff.counts.travelling(of: sync) == 0 && diff.counts.refused == 0
    }
}

/// Reads and diffs all models of a run at one moment: those of one source in one transaction, each source on a thread of its own.
package struct ModelReader: Sendable {
    /// What one sync's diff is made with, beside the rows.
    package struct Request: Sendable {
        package var sync: SyncDefinition
        package var model: ModelDefinition
        package var source: SourceDefinition
        package var identity: SnapshotIdentity
        /// Newest outcome of this sync in the ledger; a snapshot that is ahead of it is not believed.
        package var ledgerSequence: UInt64
        /// How the match field compares, as the org last described it.
        package var matchRule: MatchRule
        package var fullResync: Bool
        package var keys: [String]?
        /// Rows that rest are left alone: they had their turn today, and nobody names them.
        package var rests = false
        /// The types of the fields are others than when all rows were looked at last.
        package var isDescribeChanged = false
        /// Only looks: the snapshot is told nothing.
        package var isPlan = false
    }

    package var snapshotFolder: String
    package var spoolFolder: String
    package var secrets: SecretAccess

    /// Reads every request; a source that can't be opened fails its own syncs only.
    package func read(_ requests: [Request], stopping signal: StopSignal) async throws -> [String: ReadSync] {
        let groups = Dictionary(grouping: requests, by: \.source.name)
        return try await withThrowingTaskGroup(of: [ReadSync].self) { group in
            for (name, requests) in groups {
                group.addTask {
                    try await BlockingThread.run(named: "read-\(name)") { readGroup(requests, signal) }
                }
            }
            var result: [String: ReadSync] = [:]
            for try await reads in group {
                for read in reads { result[read.sync.name] = read }
            }
            return result
        }
    }

    // MARK: - Implementation

    private func readGroup(_ requests: [Request], _ signal: StopSignal) -> [ReadSync] {
        guard let source = requests.first?.source else { return [] }
        let session: any SourceSession
        do {
            session = try source.session(secrets)
            try session.begin()
        } catch {
            let failure = EngineError(source, "source \(source.name)", error)
            return requests.map { read($0, .failure(failure)) }
        }
        defer { session.end() }
        return requests.map { request in
            do {
                return read(request, .success(try diff(request, session, signal)))
            } catch {
                return read(request, .failure(EngineError(source, "model \(request.model.name)", error)))
            }
        }
    }

    /// The keys that `--keys` names, as the diff knows them.
    private static func hashes(of keys: [String], _ model: ModelDefinition) throws -> Set<Hash128> {
        let hashes = try keys.map { key in
            guard let hash = RowKey.hash(ofText: key, columns: model.primaryKey.count) else {
                throw EngineError(
                    code: .unknownName,
                    subject: "key \(key)",
                    detail:
                        "model \(model.name) has \(model.primaryKey.count) key columns: a JSON array of as many texts is meant"
                )
            }
            return hash
        }
        return Set(hashes)
    }

    private func read(_ request: Request, _ diff: Result<DiffResult, EngineError>) -> ReadSync {
        ReadSync(
            sync: request.sync,
            model: request.model,
            columns: MappedColumns(sync: request.sync, model: request.model),
            diff: diff,
            triesResting: !request.rests
        )
    }

    private func diff(_ request: Request, _ session: any SourceSession, _ signal: StopSignal) throws -> DiffResult {
        let sync = request.sync
        let columns = MappedColumns(sync: sync, model: request.model)
        let store = try SnapshotStore(
            folder: snapshotFolder + "/" + sync.name,
            identity: request.identity,
            fields: sync.fieldNames,
            ledgerSequence: request.ledgerSequence
        )
        let print = sync.mappingPrint
        let known = store.mappingPrint
        let isMappingChanged = known != 0 && known != print
        let reshapes = isMappingChanged || (known != 0 && request.isDescribeChanged)
        var diff = try ModelDiff(
            columns: columns,
            matchRule: request.matchRule,
            removes: sync.whenRemoved != .nothing || sync.isPicklist,
            // What an archive's query returns is deleted, every run.
            fullResync: request.fullResync || sync.mode == .archive,
            reshapes: reshapes,
            createsOnly: sync.mode == .insert,
            carriesUnchanged: sync.merge != nil,
            rests: request.rests && !reshapes && sync.rowsMayRest,
            keys: try request.keys.map { try Self.hashes(of: $0, request.model) },
            snapshot: store,
            spoolPath: spoolFolder + "/" + sync.name
        )
        var picklist = sync.picklistRows(columns)
        try session.read(request.model, columns: columns.names) { batch in
            if signal.isAsked {
                throw EngineError(code: .notNow, subject: "read \(sync.name)", detail: "the run was asked to stop")
            }
            picklist?.take(batch)
            try diff.exchange(&batch)
        }
        var result = try diff.finish()
        result.picklist = picklist
        result.isMappingChanged = isMappingChanged
        result.isDescribeChanged = known != 0 && request.isDescribeChanged
        if !request.isPlan {
            try result.applyRefreshes(to: store)
            if known == 0 { try store.record(mappingPrint: print) }
        }
        return result
    }
}

extension SyncDefinition {
    /// The fields in the order in which the snapshot keeps a hash of each.
    ///
    /// A field for one object of two is `Lead.Company`.
    var fieldNames: [String] {
        fields.map(\.field)
            + only.sorted { $0.key < $1.key }.flatMap { object, fields in fields.map { "\(object).\($0.field)" } }
    }

    /// Collects a picklist's rows in their order; nil for other targets.
    func picklistRows(_ columns: MappedColumns) -> PicklistRows? {
        switch target {
        case .picklist(let picklist): PicklistRows(picklist, columns: columns)
        case .object, .objects, .event: nil
        }
    }

    /// What a snapshot of a picklist's values is told apart by.
    var picklistField: String? {
        switch target {
        case .picklist(let picklist): picklist.field
        case .object, .objects, .event: nil
        }
    }

    /// Whether rows that are refused again and again come to rest: not those of a merge, which go by groups, nor those of an
    /// archive, whose query says each time what is to go.
    var rowsMayRest: Bool { merge == nil && mode != .archive && !isPicklist }

    /// Differs when what is sent for a row could differ though the row does not.
    var mappingPrint: UInt64 {
        let text =
            "\(mode.rawValue)|\(target)|\(match.map { "\($0)" } ?? "")|\(fields)|\(only.sorted { $0.key < $1.key })"
        return Fingerprint.hash64(text) | 1
    }
}

extension EngineError {
    init(_ source: SourceDefinition, _ subject: String, _ error: any Error) {
        if let known = error as? EngineError {
            self = known
        } else {
            self.init(
                code: error is SnapshotError ? .identity : .source,
                subject: subject,
                detail: "\(error)",
                isTransient: isTransientSourceError(error)
            )
        }
    }
}
