internal import SyncModel

/// Reads a whole configuration folder: checked definitions, or every fault in it at once.
///
/// - Parameters:
///   - files: everything in the folder, whatever it is; what is not a definition is told of.
///   - calendarCheck: what is wrong with a calendar event beyond its grammar; nil: nothing.
///   - zoneCheck: why the host does not know a time zone; nil: it does.
/// - Returns: the definitions, if there is no fault; all faults and notices, in the order of files and lines.
package func readDefinitions(
    _ files: [DefinitionFile],
    calendarCheck: (String) -> String? = { _ in nil },
    zoneCheck: (String) -> String? = { _ in nil }
) -> DefinitionReading {
    withoutActuallyEscaping(calendarCheck) { calendarCheck in
        withoutActuallyEscaping(zoneCheck) { zoneCheck in
            var reader = FolderReader(files, calendarCheck: calendarCheck, zoneCheck: zoneCheck)
            return reader.read()
        }
    }
}

/// Reads the files kind by kind, and then what holds between them.
private struct FolderReader {
    private struct Read {
        var name: String
        var root: CheckedMapping
        var findings: Findings
    }

    private var folder: FolderFiles
    private let context: ReadingContext
    private var set = DefinitionSet()
    private var findings: [Findings] = []

    init(
        _ files: [DefinitionFile],
        calendarCheck: @escaping (String) -> String?,
        zoneCheck: @escaping (String) -> String?
    ) {
        folder = FolderFiles(files)
        context = ReadingContext(
            names: folder.names,
            calendarCheck: calendarCheck,
            zoneCheck: zoneCheck,
            queries: folder.queries
        )
    }

    mutating func read() -> DefinitionReading {
        readSettings()
        readConnections()
        readModels()
        readSyncs()
        readSequences()
        readWindows()
        var faults = Set(folder.faults)
        var notices = Set(folder.notices)
        for found in findings {
            faults.formUnion(found.faults)
            notices.formUnion(found.notices)
        }
        return DefinitionReading(
            definitions: faults.isEmpty ? set : nil,
            faults: faults.sorted {
                ($0.file, $0.line, $0.column, $0.message) < ($1.file, $1.line, $1.column, $1.message)
            },
            notices: notices.sorted {
                ($0.file, $0.line, $0.column, $0.message) < ($1.file, $1.line, $1.column, $1.message)
            }
        )
    }

    // MARK: - Kind by kind

    private mutating func readSettings() {
        for read in files(of: .settings) {
            set.settings = DaemonSettings(read.root)
            findings.append(read.findings)
        }
    }

    private mutating func readConnections() {
        for var read in files(of: .source) {
            set.sources[read.name] = SourceDefinition(name: read.name, read.root, findings: &read.findings)
            findings.append(read.findings)
        }
        for var read in files(of: .destination) {
            APIVersions.note(read.root, findings: &read.findings)
            set.destinations[read.name] = DestinationDefinition(name: read.name, read.root)
            findings.append(read.findings)
        }
    }

    private mutating func readModels() {
        var used: Set<String> = []
        for var read in files(of: .model) {
            if let query = read.root.text("query") { used.insert(query) }
            if let model = ModelDefinition(
                name: read.name,
                read.root,
                queries: context.queries,
                findings: &read.findings
            ) {
                FolderRules.checkReading(model, read.root, sources: set.sources, findings: &read.findings)
                set.models[read.name] = model
            }
            findings.append(read.findings)
        }
        folder.noteQueries(besides: used)
    }

    private mutating func readSyncs() {
        var heirs: [String: String] = [:]
        for var read in files(of: .sync) {
            if let sync = SyncDefinition(name: read.name, read.root) {
                FolderRules.checkFormerName(
                    of: sync,
                    read.root,
                    names: context.names[.sync] ?? [],
                    heirs: &heirs,
                    findings: &read.findings
                )
                set.syncs[read.name] = SyncRules.check(sync, read.root, findings: &read.findings)
            }
            findings.append(read.findings)
        }
    }

    private mutating func readSequences() {
        for var read in files(of: .sequence) {
            if let sequence = SequenceDefinition(name: read.name, read.root, findings: &read.findings) {
                LookupOrder.check(sequence, read.root, syncs: set.syncs, findings: &read.findings)
                let schedule = read.root.mapping("schedule")
                switch sequence.schedule.kind {
                case .calendar(let calendars):
                    noteZone(
                        calendars,
                        sequence.schedule.timezone,
                        schedule,
                        key: "calendar",
                        outer: "schedule.",
                        &read.findings
                    )
                case .cron:
                    noteZone(
                        [""],
                        sequence.schedule.timezone,
                        schedule,
                        key: "cron",
                        outer: "schedule.",
                        &read.findings
                    )
                case .manual, .every: break
                }
                set.sequences[read.name] = sequence
            }
            findings.append(read.findings)
        }
    }

    private mutating func readWindows() {
        for var read in files(of: .window) {
            if let window = QuietWindowDefinition(name: read.name, read.root) {
                noteZone(window.calendars, window.timezone, read.root, key: "calendar", outer: "", &read.findings)
                set.windows[read.name] = window
            }
            findings.append(read.findings)
        }
    }

    private func noteZone(
        _ calendars: [String],
        _ zone: String?,
        _ mapping: CheckedMapping?,
        key: String,
        outer: String,
        _ findings: inout Findings
    ) {
        guard let mapping else { return }
        FolderRules.noteZone(
            calendars,
            zone,
            set.settings,
            at: mapping.valuePlace(key),
            key: outer + key,
            findings: &findings
        )
    }

    // MARK: - One file

    /// The files of a kind whose mapping could be read; the findings of the others are kept too.
    private mutating func files(of kind: FileKind) -> [Read] {
        folder.definitions.filter { $0.kind == kind }.compactMap { definition in
            var found = Findings(file: definition.file.path)
            let root = mapping(of: definition, &found)
            guard let root else {
                findings.append(found)
                return nil
            }
            return Read(name: definition.name, root: root, findings: found)
        }
    }

    private func mapping(of definition: FolderFiles.Definition, _ found: inout Findings) -> CheckedMapping? {
        switch definition.file.contents {
        case .unreadable(let reason):
            found.fault(.start, nil, "cannot read the file: \(reason)")
            return nil
        case .notText(let line, let column):
            found.fault(Place(line: line, column: column), nil, "not UTF-8 from here on: save the file as UTF-8")
            return nil
        case .text(let text):
            let document = ComposedDocument(text, findings: &found)
            // Nodes know their anchors only while the document lives.
            return withExtendedLifetime(document) {
                guard !document.isEmpty else {
                    if definition.kind == .settings { return CheckedMapping(place: .start) }
                    found.fault(.start, nil, "the file is empty: expected the keys of \(definition.kind.noun)")
                    return nil
                }
                guard let root = document.root else { return nil }
                var reader = FileReader(context: context, findings: found, repeated: document.repeated)
                let value = reader.read(root, as: definition.kind.type, key: "")
                found = reader.findings
                guard case .mapping(let mapping) = value else { return nil }
                return mapping
            }
        }
    }
}
