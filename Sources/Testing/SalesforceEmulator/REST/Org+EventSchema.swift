extension Org {
    /// `/sobjects/{Event__e}/eventSchema`: the Avro schema by which subscribers read an event.
    func eventSchema(_ type: ObjectType, _ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["GET", "HEAD"], rest)
        let fields = type.fields.filter {
            $0.name != "ReplayId" && !rest.context.hidden.contains("\(type.name).\($0.name)")
        }
        return .json(
            .members([
                "name": .string(type.name), "namespace": .string("com.sforce.eventbus"), "type": .string("record"),
                "fields": .array(fields.map(avro)),
                "uuid": .string(String(entityTag(type.name, metadataChangedAt).filter { $0 != "\"" })),
            ])
        )
    }

    // MARK: - Implementation

    /// A field that may be empty is a union with null.
    private func avro(_ field: Field) -> JSONValue {
        let kind: String =
            switch field.type {
            case .boolean: "boolean"
            case .int: "int"
            case .long, .date, .datetime, .time: "long"
            case .double, .currency, .percent: "double"
            default: "string"
            }
        guard field.nillable else {
            return .members(["name": .string(field.name), "type": .string(kind), "doc": .string(field.label)])
        }
        return .members([
            "name": .string(field.name), "type": .array([.string("null"), .string(kind)]), "doc": .string(field.label),
            "default": .null,
        ])
    }
}
