import Yams

/// Reads an `org.yaml` and adds what it says to an org.
struct OrgFile {
    private let root: Node
    private let folder: String

    init(text: String, folder: String) throws {
        self.folder = folder
        do {
            guard let node = try compose(yaml: text) else {
                root = Node([(Node, Node)]())
                return
            }
            root = node
        } catch {
            throw EmulatorError(.badOrg, "cannot read the org file: \(error)")
        }
    }

    func apply(to org: isolated Org) throws {
        let parts = try YAMLPlace(node: root, path: "").fields(
            "objects",
            "events",
            "global_value_sets",
            "standard_value_sets",
            "users",
            "connected_apps",
            "limits",
            "pace",
            "apex_jobs",
            "lead_conversion",
            "edition"
        )
        if let edition = parts["edition"] { try setEdition(edition, of: org) }
        for (name, place) in try parts["global_value_sets"]?.mapping() ?? [] {
            let set = try place.fields("values", "label")
            org.schema.globalSets[name] = try set["values"].map(PicklistReader.values) ?? []
            org.schema.globalSetLabels[name] = try set["label"]?.text() ?? name.replacing("_", with: " ")
        }
        for (name, place) in try parts["standard_value_sets"]?.mapping() ?? [] {
            guard org.schema.standardSets[name] != nil else { throw place.fault("is no standard value set") }
            let set = try place.fields("values")
            org.schema.standardSets[name] = try set["values"].map(PicklistReader.values) ?? []
        }
        try addObjects(parts["objects"], to: org, isEvent: false)
        try addObjects(parts["events"], to: org, isEvent: true)
        let people = PeopleReader(folder: folder)
        for item in try parts["users"]?.list() ?? [] { try people.addUser(item, to: org) }
        for item in try parts["connected_apps"]?.list() ?? [] { try people.addApp(item, to: org) }
        for (name, place) in try parts["limits"]?.mapping() ?? [] {
            guard org.limits.maximum[name] != nil else { throw place.fault("is no limit") }
            let maximum = try place.number()
            guard maximum >= 0 else { throw place.fault("must not be below 0") }
            org.limits.maximum[name] = maximum
            if name == "DataStorageMB" { org.limits.enforcesStorage = true }
        }
        if let pace = try parts["pace"]?.fields("batch", "row") {
            org.pace.batch = try (pace["batch"]?.microseconds() ?? 0) / 1_000
            org.pace.row = try pace["row"]?.microseconds() ?? 0
        }
        for item in try parts["apex_jobs"]?.list() ?? [] { org.apexJobs.append(try apexJob(item)) }
        for (name, place) in try parts["lead_conversion"]?.mapping() ?? [] {
            for (object, field) in try place.mapping() {
                let to = try field.text()
                guard org.schema["Lead"]?.position(of: name) != nil, org.schema[object]?.position(of: to) != nil else {
                    throw field.fault("must be a field of \(object), for a field of Lead")
                }
                org.schema.leadConversion.append(LeadMapping(from: name, object: object, to: to))
            }
        }
    }

    // MARK: - Implementation

    private func addObjects(_ objects: YAMLPlace?, to org: isolated Org, isEvent: Bool) throws {
        guard let objects else { return }
        for (name, place) in try objects.mapping() {
            _ = try ObjectReader(name: name, place: place, isEvent: isEvent).declare(in: org)
        }
        for (name, place) in try objects.mapping() {
            try ObjectReader(name: name, place: place, isEvent: isEvent).fill(in: org)
        }
        for (name, place) in try objects.mapping() {
            let reader = ObjectReader(name: name, place: place, isEvent: isEvent)
            try reader.checkFormulas(in: org)
            try reader.checkDependencies(in: org)
        }
    }

    private func setEdition(_ place: YAMLPlace, of org: isolated Org) throws {
        let name = try place.text()
        let requests = ["Developer": 15_000, "Professional": 101_000, "Enterprise": 101_000, "Unlimited": 105_000]
        guard let kind = requests.keys.first(where: { name.lowercased().hasPrefix($0.lowercased()) }) else {
            throw place.fault("must be Developer, Professional, Enterprise or Unlimited")
        }
        org.edition = "\(kind) Edition"
        org.limits.maximum["DailyApiRequests"] = requests[kind]
        if kind != "Developer" { org.limits.maximum["HourlyPublishedPlatformEvents"] = 250_000 }
        if let type = org.schema["Organization"], let position = type.position(of: "OrganizationType") {
            let table = org.table(of: type)
            if var record = table.record(1) {
                table.store(.text(org.edition), in: position, of: &record)
                table.replace(1, with: record)
            }
        }
    }

    private func apexJob(_ item: YAMLPlace) throws -> ApexJob {
        let fields = try item.fields("class", "object", "starts", "runs_for")
        guard let name = try fields["class"]?.text() else { throw item.fault("needs class") }
        guard let starts = fields["starts"], let moment = readInstant(try starts.text()) else {
            throw item.fault("needs starts, a moment such as 2026-01-01T02:00:00Z")
        }
        return ApexJob(
            className: name,
            object: try fields["object"]?.text(),
            startsAt: moment,
            milliseconds: try (fields["runs_for"]?.microseconds() ?? 60_000_000) / 1_000
        )
    }
}
