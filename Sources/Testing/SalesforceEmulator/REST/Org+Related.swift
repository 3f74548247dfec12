extension Org {
    /// `/sobjects/{Object}/{id}/{relationship}`: the parent, or the children, of a record.
    func related(_ type: ObjectType, _ id: RecordID, _ name: String, _ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["GET", "HEAD"], rest)
        let table = table(of: type)
        guard let record = table.record(id.number), !record.isDeleted else { throw .notFound }
        if let position = type.relationship(name),
            !rest.context.hidden.contains("\(type.name).\(type.fields[position].name)")
        {
            guard let parent = value(position, of: record, id.number, table).reference,
                let parentType = schema.type(of: parent), !isHidden(parentType, rest.session)
            else { throw .notFound }
            let fields = try fieldList(rest.call.parameter("fields"), parentType)
            return .json(recordJSON(parentType, parent.number, fields: fields, rest))
        }
        guard let (child, position) = schema.childRelationship(name, of: type), !isHidden(child, rest.session) else {
            throw .notFound
        }
        let fields = try fieldList(rest.call.parameter("fields"), child)
        let childTable = self.table(of: child)
        let records = childTable.children(of: id, by: position).prefix(2_000).map {
            recordJSON(child, $0, fields: fields, rest)
        }
        return .json(
            .members(["totalSize": .int(records.count), "done": .bool(true), "records": .array(Array(records))])
        )
    }

    /// What this org has no pages for, in the form of an org that has none of them set up.
    func pages(_ type: ObjectType, _ path: [String], _ rest: RESTCall) throws(RESTError) -> Answer? {
        let answer: JSONValue
        if path.count == 3, path[0] == "describe", path[1] == "layouts" {
            let isRecordType = path[2].hasPrefix("012") && [15, 18].contains(path[2].utf8.count)
            guard isRecordType else { throw .notFound }
            try allow(["GET", "HEAD"], rest)
            return .json(Self.emptyLayout)
        }
        switch path {
        case ["describe", "layouts"]:
            answer = .members([
                "layouts": .array([]), "recordTypeMappings": .array([]),
                "recordTypeSelectorRequired": .array([.bool(type.recordTypes.count > 1)]),
            ])
        case ["describe", "compactLayouts"]:
            answer = .members([
                "compactLayouts": .array([]), "defaultCompactLayoutId": .null,
                "recordTypeCompactLayoutMappings": .array([]),
                "urls": .members([
                    "primary": .string("\(rest.base)/sobjects/\(type.name)/describe/compactLayouts/primary")
                ]),
            ])
        case ["describe", "approvalLayouts"]: answer = .members(["approvalLayouts": .array([])])
        case ["quickActions"]: answer = .array([])
        case ["listviews"]:
            answer = .members([
                "done": .bool(true), "listviews": .array([]), "nextRecordsUrl": .null, "size": .int(0),
                "sobjectType": .string(type.name),
            ])
        default: return nil
        }
        try allow(["GET", "HEAD"], rest)
        return .json(answer)
    }

    /// A page layout on which nothing was placed.
    private static let emptyLayout = JSONValue.members([
        "buttonLayoutSection": .members(["detailButtons": .array([])]), "detailLayoutSections": .array([]),
        "editLayoutSections": .array([]), "feedView": .null, "highlightsPanelLayoutSection": .null, "id": .null,
        "multirowEditLayoutSections": .array([]), "offlineLinks": .array([]),
        "quickActionList": .members(["quickActionListItems": .array([])]), "relatedContent": .null,
        "relatedLists": .array([]), "saveOptions": .array([]),
    ])
}
