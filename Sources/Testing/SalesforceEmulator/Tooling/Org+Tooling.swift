extension Org {
    /// Everything below `/tooling`.
    func tooling(_ rest: RESTCall) throws(RESTError) -> Answer {
        let path = Array(rest.path.dropFirst())
        try require("view_setup", rest)
        switch path.first {
        case nil:
            return .json(
                .members([
                    "query": .string("\(rest.base)/tooling/query"),
                    "sobjects": .string("\(rest.base)/tooling/sobjects"),
                ])
            )
        case "query":
            try allow(["GET"], rest)
            guard path.count == 1, let statement = rest.call.parameter("q") else {
                throw RESTError(400, "MALFORMED_QUERY", "A query string has to be specified")
            }
            return .json(try toolingQuery(statement, rest))
        case "sobjects": return try toolingObject(Array(path.dropFirst()), rest)
        default: throw .notFound
        }
    }

    /// `Metadata` made anew from what it describes; nil where the stored text holds.
    func liveMetadata(_ type: ObjectType, _ number: Int) -> JSONValue? {
        guard let name = fullName(type, number) else { return nil }
        switch type.name {
        case "GlobalValueSet": return metadata(ofGlobalSet: name)
        case "StandardValueSet": return metadata(ofStandardSet: name)
        case "CustomField": return fieldNamed(name).map { metadata(of: $0.0, $0.1) }
        default: return nil
        }
    }

    /// `Account.Tier__c` as its object and position.
    func fieldNamed(_ name: String) -> (ObjectType, Int)? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let type = schema[parts[0]], let position = type.position(of: parts[1]) else {
            return nil
        }
        return (type, position)
    }

    // MARK: - Implementation

    private func fullName(_ type: ObjectType, _ number: Int) -> String? {
        guard let position = type.position(of: "FullName"), let record = table(of: type).record(number),
            case .text(let name) = table(of: type).stored(position, of: record)
        else { return nil }
        return name
    }

    private func toolingQuery(_ statement: String, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        let found = try answer(statement, all: false, tooling: true, rest)
        let records = found["records"]?.array ?? []
        let wantsMetadata = records.first.map { $0["Metadata"] != nil || $0["FullName"] != nil } ?? false
        if wantsMetadata, records.count > 1 {
            throw RESTError(
                400,
                "MALFORMED_QUERY",
                "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row "
                    + "for retrieval. Result size: \(records.count)"
            )
        }
        let entity = records.first?["attributes"]?["type"] ?? .null
        var members = [
            JSONMember(name: "size", value: .int(records.count)),
            JSONMember(name: "totalSize", value: found["totalSize"] ?? .int(0)),
            JSONMember(name: "done", value: found["done"] ?? .bool(true)),
            JSONMember(name: "queryLocator", value: .null),
            JSONMember(name: "entityTypeName", value: entity),
        ]
        if let next = found["nextRecordsUrl"] { members.append(JSONMember(name: "nextRecordsUrl", value: next)) }
        members.append(JSONMember(name: "records", value: .array(records)))
        return .object(members)
    }

    private func toolingObject(_ path: [String], _ rest: RESTCall) throws(RESTError) -> Answer {
        guard let name = path.first else {
            try allow(["GET"], rest)
            let types = schema.types.filter { $0.isSetup }
            return .json(
                .members([
                    "encoding": .string("UTF-8"), "maxBatchSize": .int(200),
                    "sobjects": .array(types.map { .object(summary($0, rest)) }),
                ])
            )
        }
        guard let type = schema[name] else { throw .notFound }
        if path.count == 2, path[1] == "describe" { return .json(describe(type, rest)) }
        if path.count == 1 {
            try allow(["GET", "HEAD"], rest)
            return .json(.members(["objectDescribe": .object(summary(type, rest)), "recentItems": .array([])]))
        }
        guard path.count == 2 else { throw .notFound }
        let number = try recordNumber(type, path[1])
        switch rest.call.method {
        case "GET": return .json(toolingRecord(type, number, rest))
        case "PATCH": return try changeMetadata(type, number, rest)
        default: throw .method(rest.call.method, allowed: "GET,PATCH")
        }
    }

    private func recordNumber(_ type: ObjectType, _ text: String) throws(RESTError) -> Int {
        if case .id(let id) = RecordID.read(text), id.prefix == type.keyPrefix, table(of: type).record(id.number) != nil
        {
            return id.number
        }
        if let position = type.position(of: "DurableId"),
            let number = table(of: type).find(.text(text), in: position).first
        {
            return number
        }
        throw .notFound
    }

    private func toolingRecord(_ type: ObjectType, _ number: Int, _ rest: RESTCall) -> JSONValue {
        let plan = SelectPlan()
        for (position, field) in type.fields.enumerated() {
            plan.entries.append(.field(name: field.name, position: position, fieldName: field.name))
        }
        let scope = QueryScope(type: type, hidden: [], includesDeleted: false, isTooling: true)
        return json(plan, number, table(of: type), scope, base: rest.base + "/tooling")
    }

    private func changeMetadata(_ type: ObjectType, _ number: Int, _ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        guard let user = users[rest.session.user.lowercased()], user.readOnly.isEmpty, !user.lacks.contains("customize")
        else {
            throw RESTError(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
        }
        let body = try rest.json()
        guard let metadata = body["Metadata"] else {
            throw RESTError(
                400,
                "REQUIRED_FIELD_MISSING",
                "Required fields are missing: [Metadata]",
                fields: ["Metadata"]
            )
        }
        guard metadata.members != nil else {
            throw RESTError(
                400,
                "JSON_PARSER_ERROR",
                "Cannot deserialize instance of complexvalue from VALUE_STRING value \(metadata.string ?? "") or request may be missing a required field at [line:1, column:1]"
            )
        }
        guard let name = fullName(type, number) else { throw .notFound }
        do throws(SaveError) {
            try write(metadata, to: type, named: name)
        } catch {
            throw RESTError(saving: error)
        }
        return .empty
    }

    /// Changes a field, a global set or a standard set to what `Metadata` says.
    func write(_ metadata: JSONValue, to type: ObjectType, named name: String) throws(SaveError) {
        switch type.name {
        case "GlobalValueSet":
            try replaceValues(in: .global(name), with: picklistValues(metadata["customValue"]))
            if let label = metadata["masterLabel"]?.string { schema.globalSetLabels[name] = label }
        case "StandardValueSet": try replaceValues(in: .standard(name), with: picklistValues(metadata["standardValue"]))
        case "CustomField":
            guard let (object, position) = fieldNamed(name) else {
                throw SaveError("NOT_FOUND", "The requested resource does not exist")
            }
            let field = object.fields[position]
            if let kind = metadata["type"]?.string, kind != metadataType(of: field) {
                throw SaveError(
                    "FIELD_INTEGRITY_EXCEPTION",
                    "The type of the field can't be changed to \(kind)",
                    ["type"]
                )
            }
            guard let label = metadata["label"]?.string, !label.isEmpty else {
                throw SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: label", ["label"])
            }
            if let set = metadata["valueSet"], !set.isNull { try write(set, to: object, position) }
            object.change(position) {
                $0.label = label
                $0.inlineHelpText = metadata["inlineHelpText"]?.string
            }
            metadataChangedAt = clock.now
        default: throw SaveError("INVALID_TYPE", "\(type.name) can't be changed in this emulator")
        }
    }

    private func write(_ set: JSONValue, to object: ObjectType, _ position: Int) throws(SaveError) {
        if let controller = set["controllingField"]?.string {
            guard let field = object.field(controller), field.picklist != nil || field.type == .boolean else {
                throw SaveError(
                    "FIELD_INTEGRITY_EXCEPTION",
                    "There is no picklist or checkbox \(controller) that could control the field",
                    ["controllingField"]
                )
            }
            let known = object.fields[position].dependency
            let dependency = known?.controller == field.name ? known : nil
            object.change(position) {
                $0.dependency = (dependency ?? PicklistDependency(controller: field.name)).adding(set)
            }
        }
        if let shared = set["valueSetName"]?.string {
            guard schema.globalSets[shared] != nil else {
                throw SaveError("INVALID_CROSS_REFERENCE_KEY", "There is no global value set \(shared)")
            }
            object.change(position) {
                $0.picklist = .global(shared)
                $0.restrictedPicklist = true
            }
            return
        }
        guard let definition = set["valueSetDefinition"], !definition.isNull else { return }
        if case .global = object.fields[position].picklist {
            throw SaveError("FIELD_INTEGRITY_EXCEPTION", "The field uses a global value set; change that set instead")
        }
        let restricted = set["restricted"]?.bool ?? false
        object.change(position) { $0.restrictedPicklist = restricted }
        try replaceValues(in: .field(object, position), with: picklistValues(definition["value"]))
    }
}
