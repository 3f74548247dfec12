internal import Foundation
internal import Ledger
internal import Snapshot
internal import SyncModel

/// Sees to it, before a run reads, that what is remembered of a sync is still about the same org, object and rows
/// (durability.md, Whose state it is).
struct StateOwnership: Sendable {
    let ledger: Ledger
    let snapshotFolder: String

    /// Lets the reading begin, or says what has changed and what can be done about it.
    ///
    /// `isAsked`: a person has said that what is remembered may go (`adopt`, `start --full-resync`).
    ///
    /// - Throws: `EngineError`.
    func settle(_ request: ModelReader.Request, isAsked: Bool, isPlan: Bool) async throws {
        let sync = request.sync
        if isAsked {
            if isPlan { return }
            return try await begin(sync, request.identity)
        }
        let folder = snapshotFolder + "/" + sync.name
        guard let known = try SnapshotStore.identity(inFolder: folder) else { return try await remember(sync, isPlan) }
        if let difference = known.difference(to: request.identity) { throw refusal(sync, difference) }
        let before = try await ledger.value(Self.kind(sync.name))
        if let before, Self.creates(before), before != sync.remembering {
            let words =
                "it was of mode \(before) until now, whose rows are never sent twice, and is of mode \(sync.remembering)"
            throw refusal(sync, words)
        }
        try await remember(sync, isPlan)
    }

    /// What is remembered under the sync's former name is its own from now on.
    ///
    /// To be done before anything that is known of the sync is asked for.
    func takeOver(_ sync: SyncDefinition) async throws {
        let files = FileManager.default
        let folder = snapshotFolder + "/" + sync.name
        guard let former = sync.was, try SnapshotStore.identity(inFolder: folder) == nil,
            let old = try SnapshotStore.identity(inFolder: snapshotFolder + "/" + former)
        else { return }
        // The ledger first: as long as the folder has its old name, this is done again.
        try await ledger.renameSync(former, to: sync.name)
        var renamed = old
        renamed.sync = sync.name
        try SnapshotStore.adopt(folder: snapshotFolder + "/" + former, as: renamed)
        do {
            if files.fileExists(atPath: folder) { try files.removeItem(atPath: folder) }
            try files.moveItem(atPath: snapshotFolder + "/" + former, toPath: folder)
        } catch {
            throw EngineError(code: .state, subject: "sync \(sync.name)", detail: error.localizedDescription)
        }
    }

    /// The ledger's key of the reason why a sync waits for a person's word after a restore; empty: none.
    static func question(_ sync: String) -> String { "asks:\(sync)" }

    // MARK: - Implementation

    private static func kind(_ sync: String) -> String { "mode:\(sync)" }

    private static func creates(_ remembered: String) -> Bool { remembered == "insert" || remembered == "event" }

    private func remember(_ sync: SyncDefinition, _ isPlan: Bool) async throws {
        let key = Self.kind(sync.name)
        guard !isPlan, try await ledger.value(key) != sync.remembering else { return }
        try await ledger.setValue(sync.remembering, for: key)
    }

    /// Forgets what was delivered where it is no longer about this sync's records.
    private func begin(_ sync: SyncDefinition, _ wanted: SnapshotIdentity) async throws {
        let folder = snapshotFolder + "/" + sync.name
        if let known = try SnapshotStore.identity(inFolder: folder), known.difference(to: wanted) != nil {
            // What the ledger has recorded until now was about other records: the new snapshot begins behind it.
            let last = UInt64(try await ledger.lastOutcome(of: sync.name))
            try SnapshotStore.renew(folder: folder, identity: wanted, fields: sync.fieldNames, lastSequence: last)
        }
        try await remember(sync, false)
        let question = Self.question(sync.name)
        if let asks = try await ledger.value(question), !asks.isEmpty { try await ledger.setValue("", for: question) }
    }

    private func refusal(_ sync: SyncDefinition, _ words: String) -> EngineError {
        var ways = [
            "`sequencectl adopt \(sync.name) --check` takes the rows that Salesforce holds already as delivered",
            "`sequencectl start \(sync.name) --full-resync` sends every row\(Self.creates(sync.remembering) ? ", also those that were created before" : "")",
        ]
        ways.append("or write the old definition again; a renamed sync keeps its state with `was: old-name`")
        // In the detail, since a run's reason has no hint beside it.
        return EngineError(
            code: .identity,
            subject: "sync \(sync.name)",
            detail: "\(words); nothing was read or sent. \(ways.joined(separator: "; "))"
        )
    }
}

extension SyncDefinition {
    /// What the state remembers of its mode: whether rows are created once for ever.
    fileprivate var remembering: String {
        if case .event = target { return "event" }
        return mode.rawValue
    }
}
