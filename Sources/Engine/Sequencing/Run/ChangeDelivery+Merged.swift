internal import Fingerprinting
internal import Ledger
internal import Salesforce
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

extension ChangeDelivery {
    /// A row whose record was merged, with the Id that it named and that of the record which is left.
    private struct Follower {
        var entry: MergedRecords.Row
        var keyText: String
        var id: String
        var master: String
    }

    /// Writes rows whose record was merged into another one there; those of records that are gone are refused, those of records
    /// that never were are unmatched.
    func followMerged(_ pushing: SpoolPushing) async throws {
        let entries = try await leaveUnmatched(await merged.end())
        guard !entries.isEmpty else { return }
        var followers: [Follower] = []
        var refused: [(entry: MergedRecords.Row, fault: RowFault)] = []
        let ids = try entries.map { try $0.ready.values(of: $0.row)["Id"] ?? "" }
        let masters = try await masters(of: Set(ids), entries[0].ready.object)
        for (entry, id) in zip(entries, ids) {
            if let master = masters[id] {
                let key = try entry.ready.spool.keyText(entry.row)
                followers.append(Follower(entry: entry, keyText: key, id: id, master: master))
            } else {
                refused.append((entry, entry.fault))
            }
        }
        let owners = try await owners(of: followers)
        followers.removeAll { follower in
            guard let other = owners[follower.master]?.first(where: { $0 != follower.keyText }) else { return false }
            let message =
                "the record \(follower.id) was merged into \(follower.master), to which the row of key \(other) belongs"
            refused.append((follower.entry, RowFault(code: "DUPLICATE_VALUE", message: message, fields: ["Id"])))
            return true
        }
        let left = try refused.map { entry, fault in
            try OutcomeRecorder(delivery: self, ready: entry.ready, retries: nil, attempt: 1)
                .refused(entry.row, fault, keepsValues: true)
        }
        try await recordUndelivered(left)
        guard !followers.isEmpty else { return }
        let shown = followers.prefix(5).map { "\($0.keyText) (\($0.id) into \($0.master))" }.joined(separator: ", ")
        try await worker.book.warn(
            "\(followers.count) rows are written to the record into which theirs was merged: \(shown)"
                + (followers.count > 5 ? " …" : "")
        )
        let count = followers.count
        await worker.book.count(sync.name) { $0.retries += count }
        try await pushing.push(try await spools(of: followers))
    }

    // MARK: - Implementation

    /// Records rows whose Id no record has, not even a deleted one; answers with the others.
    private func leaveUnmatched(_ entries: [MergedRecords.Row]) async throws -> [MergedRecords.Row] {
        let doubtful = entries.filter { $0.fault.code != "ENTITY_IS_DELETED" }
        guard let object = doubtful.first?.ready.object else { return entries }
        let ids = try doubtful.map { try $0.ready.values(of: $0.row)["Id"] ?? "" }
        let known = try await RecordFate.known(of: Set(ids).sorted(), object, client, context)
        let unknown = zip(doubtful, ids).filter { !known.contains(String($0.1.prefix(15))) }
        let left = try unknown.map { entry, id in
            try OutcomeRecorder(delivery: self, ready: entry.ready, retries: nil, attempt: 1)
                .left(entry.row, .unmatched, "NOT_FOUND", "no \(object) has the Id \(id)")
        }
        try await recordUndelivered(left)
        let keys = Set(left.map(\.key))
        return try entries.filter { !keys.contains(try $0.ready.spool.record($0.row).key) }
    }

    /// The living records into which others were merged, by the Ids of those.
    func masters(of ids: Set<String>, _ object: String) async throws -> [String: String] {
        guard mayBeMerged(object), !ids.isEmpty else { return [:] }
        var masters: [String: String] = [:]
        var open = Dictionary(ids.map { ($0, [$0]) }) { first, _ in first }
        // A master may have been merged itself since.
        for _ in 0..<Self.longestChain where !open.isEmpty {
            let fates = try await RecordFate.all(of: open.keys.sorted(), object, client, context)
            var next: [String: [String]] = [:]
            for (id, from) in open {
                switch fates[id] {
                case .alive: for first in from where first != id { masters[first] = id }
                case .deleted(into: let master?): next[master, default: []] += from
                case .deleted(into: nil), nil: break
                }
            }
            open = next
        }
        return masters
    }

    /// Whether records of an object can be merged, and this user may see into which.
    func mayBeMerged(_ object: String) -> Bool {
        if let known = objects.all[object.lowercased()] { return known.field("MasterRecordId") != nil }
        // Not described: a column of the model holds its Ids.
        return ["account", "contact", "lead", "individual", "case"].contains(object.lowercased())
    }

    private static let longestChain = 10

    /// The rows of the model that are about the records which rows were led to: their own, and those led there.
    private func owners(of followers: [Follower]) async throws -> [String: [String]] {
        var owners: [String: [String]] = [:]
        for follower in followers { owners[follower.master, default: []].append(follower.keyText) }
        guard let column = worker.read.columns.match, case .success(let diff) = worker.read.diff else { return owners }
        let masters = Dictionary(owners.keys.map { (String($0.prefix(15)), $0) }) { first, _ in first }
        let folder = context.snapshotFolder + "/" + sync.name
        let found = try await BlockingThread.run(named: "merged-\(sync.name)") {
            var found = try SnapshotStore.keyTexts(ofMatches: Set(masters.keys), inFolder: folder)
            let reader = try diff.changes()
            while let change = try reader.next() {
                guard change.changeClass != .removed, column < change.cells.count else { continue }
                let value = change.cells.withCell(column) {
                    String(decoding: MatchFolding.trimmed($0).prefix(15), as: UTF8.self)
                }
                if masters[value] != nil { found[value, default: []].append(change.keyText) }
            }
            return found
        }
        for (value, keys) in found {
            if let master = masters[value] { owners[master, default: []] += keys }
        }
        return owners
    }

    /// The rows once more, with the Ids of the records that are left.
    private func spools(of followers: [Follower]) async throws -> [ReadySpool] {
        let folder = context.spoolFolder(context.runID)
        return try await BlockingThread.run(named: "merged-\(sync.name)") {
            var spools: [ReadySpool] = []
            let groups = Dictionary(grouping: followers, by: \.entry.ready.name).sorted { $0.key < $1.key }
            for (name, rows) in groups {
                guard let ready = rows.first?.entry.ready else { continue }
                let path = folder + "/" + name + "-merged"
                let writer = try PayloadSpoolWriter(path: path, fieldCount: ready.spool.fieldCount)
                var payload: [UInt8] = []
                var scratch: [UInt8] = []
                for follower in rows {
                    let row = follower.entry.row
                    try ready.spool.payload(row, into: &payload)
                    // The Id leads each payload, in either form.
                    if let place = payload.firstRange(of: Array(follower.id.utf8)) {
                        payload.replaceSubrange(place, with: Array(follower.master.utf8))
                    }
                    var record = try ready.spool.record(row)
                    record.match = Array(follower.master.utf8).withUnsafeBytes {
                        MatchFolding.hash($0, caseSensitive: true, scratch: &scratch)
                    }
                    _ = try writer.append(
                        record,
                        payload: payload,
                        keyText: follower.keyText,
                        matchText: try ready.spool.matchText(row)
                    )
                }
                _ = try writer.finish()
                let again = ready.with(name: name + "-merged", spool: try PayloadSpool(path: path))
                try again.keepManifest(in: folder)
                spools.append(again)
            }
            return spools
        }
    }
}
