internal import SyncModel

extension ModelDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping, queries: [String: DefinitionFile.Contents], findings: inout Findings) {
        let reading: Reading
        if let file = root.text("query") {
            guard let text = Self.query(file, at: root.valuePlace("query"), in: queries, findings: &findings) else {
                return nil
            }
            reading = .sql(text)
        } else if let sql = root.text("sql") {
            guard let text = Self.statement(sql) else {
                findings.fault(root.valuePlace("sql"), "sql", "`sql` is empty")
                return nil
            }
            reading = .sql(text)
        } else if let table = root.text("table") {
            reading = .table(table)
        } else if let file = root.text("file") {
            guard Self.isPlainPath(file) else {
                findings.fault(
                    root.valuePlace("file"),
                    "file",
                    "`file` expects a path within the source's folder, found \(Findings.quoted(file))"
                )
                return nil
            }
            reading = .file(file)
        } else {
            return nil
        }
        guard let source = root.text("source"), let keys = root.list("primary_key") else { return nil }
        self.init(name: name, source: source, reading: reading, primaryKey: root.texts("primary_key") ?? [])
        description = root.text("description")
        timezone = root.text("timezone")
        var seen: Set<String> = []
        for entry in keys {
            guard case .text(let column) = entry.value, !seen.insert(column).inserted else { continue }
            findings.fault(entry.place, "primary_key", "`primary_key` names \(Findings.quoted(column)) twice")
        }
    }

    // MARK: - Implementation

    private static func query(
        _ file: String,
        at place: Place,
        in queries: [String: DefinitionFile.Contents],
        findings: inout Findings
    ) -> String? {
        switch queries[file] {
        case .text(let text):
            guard text.utf8.count <= YAMLPrecheck.mostBytes else {
                findings.fault(
                    place,
                    "query",
                    "models/\(file) has \(text.utf8.count) bytes; at most \(YAMLPrecheck.mostBytes) are read"
                )
                return nil
            }
            guard let statement = statement(text) else {
                findings.fault(place, "query", "models/\(file) is empty")
                return nil
            }
            return statement
        case .notText(let line, let column):
            findings.fault(place, "query", "models/\(file) is not UTF-8 from line \(line), column \(column) on")
        case .unreadable(let reason):
            findings.fault(place, "query", "cannot read models/\(file): \(reason)")
        case nil where file.contains("/"):
            findings.fault(place, "query", "`query` expects a file beside the model, found \(Findings.quoted(file))")
        case nil:
            let nearest = nearestName(to: file, among: queries.keys)
            // SQL is often pasted where the name of its file belongs.
            let remedy = file.contains(where: \.isWhitespace) ? "; SQL itself is written under `sql`" : ""
            findings.fault(
                place,
                "query",
                "there is no \(Findings.quoted("models/\(file)"))\(remedy)",
                suggestion: nearest
            )
        }
        return nil
    }

    /// Without blanks around it and a semicolon behind it, so that it can stand within another statement; nil: nothing is left.
    private static func statement(_ text: String) -> String? {
        var rest = Substring(text)
        if rest.unicodeScalars.first == "\u{FEFF}" { rest = rest.dropFirst() }
        rest = rest.drop(while: \.isWhitespace)
        while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
        return rest.isEmpty ? nil : String(rest)
    }

    private static func isPlainPath(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    }
}
