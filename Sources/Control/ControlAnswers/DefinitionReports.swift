internal import CivilTime
internal import ControlProtocol
internal import ControlServer
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    /// A definition in force, by its name or by kind and name.
    func definition(named target: String) async throws -> DefinitionReport {
        let definitions = await conductor.definitions
        let parts = target.split(separator: "/", maxSplits: 1).map(String.init)
        let kinds = ["sequence", "sync", "window", "model", "source", "destination"]
        let (wanted, name): ([String], String) =
            parts.count == 2 && kinds.contains(parts[0]) ? ([parts[0]], parts[1]) : (kinds, target)
        for kind in wanted {
            guard var report = Self.report(kind, name, definitions) else { continue }
            if kind == "sequence" {
                report.status = try await conductor.statuses(lastOf: [name]).first { $0.name == name }.map(
                    SequenceStatus.init
                )
            }
            return report
        }
        let names = Self.names(definitions)
        let near = nearestNames(to: name, among: names, limit: 1).first.map { "did you mean \($0)? " } ?? ""
        throw ControlFault(
            .notFound,
            "there is no run and no definition \(target)",
            hint: "\(near)sequencectl list shows sequences, list syncs and list runs what else there is"
        )
    }

    // MARK: - Implementation

    private static func names(_ definitions: DefinitionSet) -> [String] {
        let steered = [Set(definitions.sequences.keys), Set(definitions.syncs.keys), Set(definitions.windows.keys)]
        let used = [
            Set(definitions.models.keys), Set(definitions.sources.keys), Set(definitions.destinations.keys),
        ]
        return (steered + used).flatMap { $0.sorted() }
    }

    private static func report(_ kind: String, _ name: String, _ definitions: DefinitionSet) -> DefinitionReport? {
        switch kind {
        case "sequence": definitions.sequences[name].map { report($0, definitions) }
        case "sync": definitions.syncs[name].map { report($0, definitions) }
        case "model": definitions.models[name].map { report($0, definitions) }
        case "destination": definitions.destinations[name].map { report($0) }
        case "source": definitions.sources[name].map { report($0) }
        default: definitions.windows[name].map { report($0, definitions) }
        }
    }

    private static func report(_ sequence: SequenceDefinition, _ definitions: DefinitionSet) -> DefinitionReport {
        var report = DefinitionReport(
            kind: "sequence",
            name: sequence.name,
            description: sequence.description,
            file: "sequences/\(sequence.name).yaml",
            settings: [
                setting("steps", sequence.steps.map { $0.syncs.joined(separator: " + ") }.joined(separator: " → ")),
                setting("schedule", sequence.schedule.words),
                setting("timezone", sequence.schedule.timezone, otherwise: definitions.settings.timezone ?? "UTC"),
                setting(
                    "randomized_delay",
                    sequence.randomizedDelay.spanText,
                    written: sequence.randomizedDelay != .zero
                ),
                setting("catch_up", sequence.catchUp.rawValue, written: sequence.catchUp != .once),
                setting("overlap", sequence.overlap.rawValue, written: sequence.overlap != .queueOne),
                setting("timeout", sequence.timeout?.spanText),
                setting("max_wait", sequence.maxWait.spanText, written: sequence.maxWait != .seconds(43_200)),
            ]
        )
        report.uses = sequence.syncs.map { "sync/\($0)" }
        return report
    }

    private static func report(_ sync: SyncDefinition, _ definitions: DefinitionSet) -> DefinitionReport {
        var report = DefinitionReport(
            kind: "sync",
            name: sync.name,
            description: sync.description,
            file: "syncs/\(sync.name).yaml",
            settings: [
                setting("model", sync.model), setting("destination", sync.destination),
                setting("object", sync.objectLabel),
                setting("mode", sync.mode.rawValue),
                setting("match", sync.match.map { "\($0.field) = \($0.column)" }),
                setting("fields", sync.fields.isEmpty ? nil : sync.fields.map(\.words).joined(separator: ", ")),
            ]
                + sync.only.sorted { $0.key < $1.key }.map { object, fields in
                    setting("only.\(object)", fields.map(\.words).joined(separator: ", "))
                } + [
                    setting("when_removed", sync.whenRemoved.rawValue, written: sync.whenRemoved != .nothing),
                    setting("api", sync.api.rawValue, written: sync.api != .auto),
                    setting(
                        "batch",
                        "size \(sync.batch.size), parallel \(sync.batch.parallel)",
                        written: sync.batch != .init()
                    ),
                    setting("retry", "attempts \(sync.retry.attempts)", written: sync.retry != .init()),
                    setting("guard", sync.guard.words),
                    setting(
                        "headers",
                        "allow_duplicates \(sync.headers.allowDuplicates), assignment_rule \(sync.headers.assignmentRule ?? "none")",
                        written: sync.headers != .init()
                    ),
                    setting("local_checks", "\(sync.localChecks)", written: !sync.localChecks),
                ]
        )
        report.uses = ["model/\(sync.model)", "destination/\(sync.destination)"]
        report.usedBy = definitions.sequences.values.filter { $0.syncs.contains(sync.name) }.map {
            "sequence/\($0.name)"
        }.sorted()
        return report
    }

    private static func report(_ model: ModelDefinition, _ definitions: DefinitionSet) -> DefinitionReport {
        let reading: DefinitionReport.Setting =
            switch model.reading {
            case .sql(let sql): setting("sql", sql)
            case .table(let table): setting("table", table)
            case .file(let file): setting("file", file)
            }
        var report = DefinitionReport(
            kind: "model",
            name: model.name,
            description: model.description,
            file: "models/\(model.name).yaml",
            settings: [
                setting("source", model.source), setting("primary_key", model.primaryKey.joined(separator: ", ")),
                reading,
                setting("timezone", model.timezone),
            ]
        )
        report.uses = ["source/\(model.source)"]
        report.usedBy = definitions.syncs.values.filter { $0.model == model.name }.map { "sync/\($0.name)" }.sorted()
        return report
    }

    private static func report(_ source: SourceDefinition) -> DefinitionReport {
        let settings: [DefinitionReport.Setting] =
            switch source.kind {
            case .sqlite(let path): [setting("type", "sqlite"), setting("path", path)]
            case .csv(let folder, let delimiter):
                [
                    setting("type", "csv"), setting("folder", folder),
                    setting("delimiter", String(UnicodeScalar(delimiter))),
                ]
            case .postgres(let parameters):
                [setting("type", "postgres")]
                    + parameters.sorted { $0.key < $1.key }.map { key, value in
                        switch value {
                        case .text(let text): setting(key, text)
                        case .secret(let reference): setting(key, reference.label)
                        }
                    }
            }
        return DefinitionReport(
            kind: "source",
            name: source.name,
            description: source.description,
            file: "sources/\(source.name).yaml",
            settings: settings
        )
    }

    private static func report(_ destination: DestinationDefinition) -> DefinitionReport {
        DefinitionReport(
            kind: "destination",
            name: destination.name,
            description: destination.description,
            file: "destinations/\(destination.name).yaml",
            settings: [
                setting("login_url", destination.loginURL), setting("api_version", destination.apiVersion),
                setting("auth.flow", destination.authorization.flow),
                setting("ca_file", destination.caFile, otherwise: "the system's"),
                setting("proxy", destination.proxy),
            ]
        )
    }

    private static func report(_ window: QuietWindowDefinition, _ definitions: DefinitionSet) -> DefinitionReport {
        DefinitionReport(
            kind: "window",
            name: window.name,
            description: window.description,
            file: "quiet-windows/\(window.name).yaml",
            settings: [
                setting("destination", window.destination),
                setting("objects", window.objects?.joined(separator: ", ") ?? "*"),
                setting("calendar", window.calendars.joined(separator: ", ")),
                setting("duration", window.duration.spanText),
                setting("timezone", window.timezone, otherwise: definitions.settings.timezone ?? "UTC"),
                setting("running", window.running.rawValue, written: window.running != .pause),
                setting("reason", window.reason),
            ]
        )
    }

    /// `otherwise`: what holds where nothing is written.
    private static func setting(
        _ key: String,
        _ value: String?,
        otherwise standard: String = "none",
        written: Bool = true
    ) -> DefinitionReport.Setting {
        DefinitionReport.Setting(key: key, value: value ?? standard, written: value != nil && written)
    }
}
