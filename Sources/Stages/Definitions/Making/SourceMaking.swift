internal import SyncModel

extension SourceDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping, findings: inout Findings) {
        switch root.text("type") {
        case "postgres": self.init(name: name, kind: .postgres(parameters: Self.parameters(root, findings: &findings)))
        case "sqlite":
            guard let path = root.text("path") else { return nil }
            self.init(name: name, kind: .sqlite(path: path))
        case "csv":
            guard let folder = root.text("folder") else { return nil }
            self.init(
                name: name,
                kind: .csv(folder: folder, delimiter: root.text("delimiter")?.utf8.first ?? UInt8(ascii: ","))
            )
        default: return nil
        }
        description = root.text("description")
    }

    // MARK: - Implementation

    private static func parameters(_ root: CheckedMapping, findings: inout Findings) -> [String: TextOrSecret] {
        var parameters: [String: TextOrSecret] = [:]
        for key in root.entries.keys where key != "type" && key != "description" {
            parameters[key == "database" ? "dbname" : key] = root.textOrSecret(key)
        }
        // libpq takes such a name for a whole connection string, which may hold a password.
        if case .text(let database) = parameters["dbname"], database.contains("=") || database.contains("://") {
            findings.fault(
                root.valuePlace("database"),
                "database",
                "`database` expects a name, found a connection string: write host, user and so on as keys of their own"
            )
        }
        return parameters
    }
}
