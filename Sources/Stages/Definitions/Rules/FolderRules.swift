internal import SyncModel

/// What holds between the files of a folder.
enum FolderRules {
    /// A model is read as its source can.
    static func checkReading(
        _ model: ModelDefinition,
        _ root: CheckedMapping,
        sources: [String: SourceDefinition],
        findings: inout Findings
    ) {
        guard let source = sources[model.source] else { return }
        switch (source.kind, model.reading) {
        case (.csv, .file), (.postgres, .sql), (.postgres, .table), (.sqlite, .sql), (.sqlite, .table): break
        case (.csv, .sql), (.csv, .table):
            let key = ["query", "sql", "table"].first(where: root.isWritten) ?? "query"
            findings.fault(
                root.keyPlace(key),
                key,
                "source `\(source.name)` is csv: write `file: NAME.csv` in place of `\(key)`"
            )
        case (.postgres, .file), (.sqlite, .file):
            findings.fault(
                root.keyPlace("file"),
                "file",
                "`file` is for csv sources: source `\(source.name)` takes `query`, `sql` or `table`"
            )
        }
    }

    /// A former name is nobody's name now, and one sync's former name only.
    static func checkFormerName(
        of sync: SyncDefinition,
        _ root: CheckedMapping,
        names: Set<String>,
        heirs: inout [String: String],
        findings: inout Findings
    ) {
        guard let former = sync.was else { return }
        if former == sync.name {
            findings.fault(root.valuePlace("was"), "was", "`was` is the sync's own name: leave it out")
        } else if names.contains(former) {
            findings.fault(
                root.valuePlace("was"),
                "was",
                "`was: \(former)` is another sync, which keeps its state: `syncs/\(former).yaml` is still there"
            )
        } else if let other = heirs.updateValue(sync.name, forKey: former) {
            findings.fault(
                root.valuePlace("was"),
                "was",
                "`was: \(former)` is claimed by sync `\(other)` too: one state has one heir"
            )
        }
    }

    /// A calendar that names no zone, where nothing else does, is in UTC; that is worth knowing.
    static func noteZone(
        _ calendars: [String],
        _ zone: String?,
        _ settings: DaemonSettings,
        at place: Place,
        key: String,
        findings: inout Findings
    ) {
        guard zone == nil, settings.timezone == nil, calendars.contains(where: { !TimeText.namesZone($0) }) else {
            return
        }
        findings.notice(place, key, "`\(key)` names no time zone, and sequenced.yaml has no `timezone`: UTC is used")
    }
}
