extension Org {
    /// `POST /composite/tree/{Object}` (reference 02 §7.4): parents with their children, all or none.
    func tree(_ type: ObjectType, _ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        guard let records = try rest.json()["records"]?.array else { throw unexpectedShape }
        var done: [(reference: String, id: RecordID)] = []
        var failed: [(reference: String, errors: [SaveError])] = []
        var thrown: RESTError?
        var count = 0
        guard treeTypes(records, type).count <= 5 else {
            throw RESTError(400, "LIMIT_EXCEEDED", "A tree can contain at most 5 types of records")
        }
        let doubled = repeatedReferences(records, type)
        if !doubled.isEmpty {
            let error = SaveError("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")
            return refused(doubled.map { ($0, [error]) }, rest)
        }
        undoable {
            for record in records {
                do throws(RESTError) {
                    try plant(record, type, parent: nil, depth: 1, &count, &done, &failed, rest)
                } catch {
                    thrown = error
                    return false
                }
            }
            return failed.isEmpty
        }
        if let thrown { throw thrown }
        if failed.isEmpty {
            return .json(
                .members([
                    "hasErrors": .bool(false),
                    "results": .array(
                        done.map { .members(["referenceId": .string($0.reference), "id": .string($0.id.long)]) }
                    ),
                ]),
                status: 201
            )
        }
        return refused(failed, rest)
    }

    // MARK: - Implementation

    private func refused(_ failed: [(reference: String, errors: [SaveError])], _ rest: RESTCall) -> Answer {
        .json(
            .members([
                "hasErrors": .bool(true),
                "results": .array(
                    failed.map {
                        .members([
                            "referenceId": .string($0.reference),
                            "errors": itemErrors($0.errors, version: rest.version),
                        ])
                    }
                ),
            ]),
            status: 400
        )
    }

    /// The reference ids that more than one record of the tree has, each once.
    private func repeatedReferences(_ records: [JSONValue], _ type: ObjectType) -> [String] {
        var seen: Set<String> = []
        var doubled: [String] = []
        func visit(_ records: [JSONValue], _ type: ObjectType) {
            for record in records {
                if let reference = record["attributes"]?["referenceId"]?.string, !seen.insert(reference).inserted,
                    !doubled.contains(reference)
                {
                    doubled.append(reference)
                }
                for member in record.members ?? [] {
                    guard let nested = member.value["records"]?.array,
                        let (child, _) = schema.childRelationship(member.name, of: type)
                    else { continue }
                    visit(nested, child)
                }
            }
        }
        visit(records, type)
        return doubled
    }

    private func treeTypes(_ records: [JSONValue], _ type: ObjectType) -> Set<String> {
        var names: Set<String> = [type.name]
        for member in records.flatMap({ $0.members ?? [] }) {
            guard let nested = member.value["records"]?.array,
                let (child, _) = schema.childRelationship(member.name, of: type)
            else { continue }
            names.formUnion(treeTypes(nested, child))
        }
        return names
    }

    private func plant(
        _ json: JSONValue,
        _ type: ObjectType,
        parent: (field: Int, id: RecordID)?,
        depth: Int,
        _ count: inout Int,
        _ done: inout [(reference: String, id: RecordID)],
        _ failed: inout [(reference: String, errors: [SaveError])],
        _ rest: RESTCall
    ) throws(RESTError) {
        count += 1
        guard count <= 200, depth <= 5 else {
            throw RESTError(400, "LIMIT_EXCEEDED", "A tree can contain at most 200 records and 5 levels")
        }
        guard let members = json.members, let reference = json["attributes"]?["referenceId"]?.string else {
            throw RESTError(400, "INVALID_INPUT", "Include a reference ID for each record in the request.")
        }
        if let name = json["attributes"]?["type"]?.string, name.lowercased() != type.name.lowercased() {
            throw RESTError(400, "INVALID_INPUT", "The record \(reference) is of type \(name), expected \(type.name)")
        }
        var children: [(child: ObjectType, field: Int, records: [JSONValue])] = []
        var own: [JSONMember] = []
        for member in members {
            if let nested = member.value["records"]?.array {
                guard let (child, field) = schema.childRelationship(member.name, of: type) else {
                    throw RESTError(
                        400,
                        "INVALID_FIELD",
                        "No such relationship '\(member.name)' on sobject of type \(type.name)"
                    )
                }
                children.append((child, field, nested))
            } else {
                own.append(member)
            }
        }
        var block = try block(
            [own],
            of: type,
            in: rest.call.body,
            hidden: rest.context.hidden,
            idsAllowed: false,
            rowErrors: true
        )
        if let parent, !block.columns.contains(parent.field) {
            block.columns.append(parent.field)
            block.cells.append(.reference(parent.id))
        }
        switch save(block, into: type, by: .insert, rest.context).first {
        case .saved(let id, _):
            done.append((reference, id))
            for (child, field, records) in children {
                for record in records {
                    try plant(record, child, parent: (field, id), depth: depth + 1, &count, &done, &failed, rest)
                }
            }
        case .failed(let errors, _): failed.append((reference, errors))
        case nil: break
        }
    }
}
