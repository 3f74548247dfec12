import DelimitedText
import Diffing
import Fingerprinting
import Postgres
import Reading
import Snapshot
import Spool
import SyncModel

/// Reading and diffing as the engine does them: the reader on one thread, the diff on another.
struct DiffStation {
    let folder: String

    private var columns: MappedColumns {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        sync.match = SyncDefinition.Match(column: "code", field: "Code__c")
        sync.fields = GeneratedRows.columns.map { FieldMapping(field: $0 + "__c", value: .column($0)) }
        return MappedColumns(sync: sync, model: model("m"))
    }

    private func model(_ name: String) -> ModelDefinition {
        ModelDefinition(name: name, source: "s", reading: .table(name), primaryKey: ["id"])
    }

    private func snapshot() throws -> SnapshotStore {
        try SnapshotStore(
            folder: folder + "/snapshot",
            identity: SnapshotIdentity(
                stateID: "s",
                sync: "s",
                orgID: "o",
                object: "Account",
                matchField: "Code__c",
                keyColumns: ["id"]
            ),
            fields: GeneratedRows.columns,
            ledgerSequence: .max
        )
    }

    /// Hands over every row of a file or a table.
    private func rows(_ source: String, _ name: String, _ deliver: (inout RowBatch) throws -> Void) throws {
        if source == "csv" {
            let file = DelimitedFile(path: "\(folder)/\(name)", source: "s", model: "m")
            return try file.read(columns: columns.names, deliver)
        }
        var parameters: [String: String] = [:]
        for word in source.split(separator: " ") {
            guard let equals = word.firstIndex(of: "=") else { throw PartsError.usage }
            parameters[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        let database = try PostgresSource(parameters, name: "s")
        try database.begin()
        try database.read(model(name), columns: columns.names, deliver)
        try database.end()
    }

    func read(_ source: String, _ name: String) throws -> String {
        var count = 0
        try rows(source, name) { batch in
            count += batch.rowCount
            batch.removeAll()
        }
        return "{\"rows\":\(count)}"
    }

    func diff(_ source: String, _ name: String) throws -> String {
        let result = try compare(source, name, with: try snapshot())
        defer { result.removeFiles() }
        let counts = result.counts
        return """
            {"rows":\(counts.read),"added":\(counts.added),"changed":\(counts.changed),\
            "removed":\(counts.removed),"unchanged":\(counts.unchanged)}
            """
    }

    /// Delivers every row of old.csv to the snapshot, in batches as a run would.
    func deliver() throws {
        let store = try snapshot()
        let result = try compare("csv", "old.csv", with: store)
        defer { result.removeFiles() }
        try result.applyRefreshes(to: store)
        let changes = try result.changes()
        let hashes = [UInt16](repeating: 1, count: GeneratedRows.columns.count)
        var batch = SnapshotBatch(fieldCount: hashes.count)
        var sequence = store.lastSequence
        while let change = try changes.next() {
            batch.delivered(
                key: change.key,
                raw: change.raw,
                shaped: change.raw,
                fields: hashes,
                keyText: change.keyText,
                matchText: String(decoding: change.cells[1], as: UTF8.self)
            )
            if batch.count == 100_000 {
                sequence += 1
                try store.apply(sequence: sequence, batch)
                batch.removeAll()
            }
        }
        try store.apply(sequence: sequence + 1, batch)
        try store.compact()
    }

    private func compare(_ source: String, _ name: String, with store: SnapshotStore) throws -> DiffResult {
        var diff = try ModelDiff(
            columns: columns,
            matchRule: .folded,
            removes: true,
            snapshot: store,
            spoolPath: folder + "/run"
        )
        try rows(source, name) { try diff.exchange(&$0) }
        return try diff.finish()
    }
}
