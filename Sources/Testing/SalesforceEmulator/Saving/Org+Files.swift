extension Org {
    /// The bytes that a field of a record holds in base64; nil where it holds none.
    func bytes(of name: String, _ record: Record, _ table: Table) -> [UInt8]? {
        guard let position = table.type.position(of: name), case .text(let text) = table.stored(position, of: record)
        else { return nil }
        return Base64.decode(text)
    }

    /// What follows from a version's name and bytes.
    func deriveFile(_ record: inout Record, _ table: Table) {
        let path = text("PathOnClient", record, table) ?? ""
        let name = path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? path
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let ending = parts.count > 1 ? parts.last.map(String.init) : nil
        if text("Title", record, table) == nil {
            let stem = ending == nil ? name : parts.dropLast().joined(separator: ".")
            set("Title", .text(stem.isEmpty ? name : stem), &record, table)
        }
        set("FileExtension", ending.map(Value.text) ?? .null, &record, table)
        set("FileType", .text(ending.map { String($0.uppercased().prefix(20)) } ?? "UNKNOWN"), &record, table)
        set("ContentSize", .number(Double(bytes(of: "VersionData", record, table)?.count ?? 0)), &record, table)
        set("IsLatest", .bool(true), &record, table)
        set("PublishStatus", .text("P"), &record, table)
        set("ContentModifiedDate", .dateTime(clock.now.milliseconds / 1_000 * 1_000), &record, table)
    }

    /// Files a new version under its document: one that is there, or one made for it and shared with its owner and with
    /// where it was first published.
    func file(_ number: Int, _ table: Table, _ context: SaveContext) {
        guard var version = table.record(number), let documents = schema["ContentDocument"],
            let link = table.type.position(of: "ContentDocumentId")
        else { return }
        let id = table.id(number)
        let documentTable = self.table(of: documents)
        let document: RecordID
        if let known = table.stored(link, of: version).reference {
            document = known
            let others = table.children(of: document, by: link).filter { $0 != number }
            for other in others {
                change(other, table) { set("IsLatest", .bool(false), &$0, table) }
            }
            set("VersionNumber", .text(String(others.count + 1)), &version, table)
        } else {
            document = append(to: documentTable, context) { record in
                set("Title", text("Title", version, table).map(Value.text) ?? .null, &record, documentTable)
            }
            set("VersionNumber", .text("1"), &version, table)
            share(document, with: context.user, as: "I", context)
            if let position = table.type.position(of: "FirstPublishLocationId"),
                let place = table.stored(position, of: version).reference, place != context.user
            {
                share(document, with: place, as: "V", context)
            }
        }
        table.store(.reference(document), in: link, of: &version)
        table.replace(number, with: version)
        change(document.number, documentTable) { record in
            set("LatestPublishedVersionId", .reference(id), &record, documentTable)
            for name in ["ContentSize", "FileType", "FileExtension", "PublishStatus", "ContentModifiedDate"] {
                guard let position = table.type.position(of: name) else { continue }
                set(name, table.stored(position, of: version), &record, documentTable)
            }
        }
    }

    // MARK: - Implementation

    private func text(_ name: String, _ record: Record, _ table: Table) -> String? {
        guard let position = table.type.position(of: name), case .text(let text) = table.stored(position, of: record)
        else { return nil }
        return text
    }

    private func share(_ document: RecordID, with entity: RecordID, as kind: String, _ context: SaveContext) {
        guard let type = schema["ContentDocumentLink"] else { return }
        let table = table(of: type)
        _ = append(to: table, context) { record in
            set("ContentDocumentId", .reference(document), &record, table)
            set("LinkedEntityId", .reference(entity), &record, table)
            set("ShareType", .text(kind), &record, table)
            set("Visibility", .text("AllUsers"), &record, table)
        }
    }

    private func append(to table: Table, _ context: SaveContext, _ fill: (inout Record) -> Void) -> RecordID {
        let now = clock.now
        var record = Record(
            values: [],
            createdAt: now,
            modifiedAt: now,
            createdBy: context.user,
            modifiedBy: context.user
        )
        fill(&record)
        let number = table.append(record)
        journal?.append(.appended(table))
        return table.id(number)
    }

    private func change(_ number: Int, _ table: Table, _ body: (inout Record) -> Void) {
        guard let old = table.record(number) else { return }
        var record = old
        body(&record)
        table.replace(number, with: record)
        journal?.append(.replaced(table, number, old))
    }
}
