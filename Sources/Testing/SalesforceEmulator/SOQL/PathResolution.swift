/// A path looked up: the relationships to follow and the field at their end.
struct ResolvedPath {
    /// Relationship names as describe writes them.
    var relations: [String]
    /// The reference fields to follow; of a polymorphic one's target, the next is looked up by name.
    var steps: [Int]
    var isPolymorphic: Bool
    var position: Int
    var field: Field
    /// `Who.Type`: the name of the record's object.
    var isTypeName = false

    var isOwn: Bool { steps.isEmpty }
}

extension Org {
    func resolve(
        _ path: FieldPath,
        in type: ObjectType,
        alias: String?,
        hidden: Set<String>
    ) throws(SOQLFault) -> ResolvedPath {
        var parts = path.parts[...]
        if parts.count > 1, let first = parts.first,
            first.lowercased() == alias?.lowercased()
                || (first.lowercased() == type.name.lowercased() && type.relationship(first) == nil)
        {
            parts = parts.dropFirst()
        }
        guard parts.count <= 6 else {
            throw SOQLFault("INVALID_FIELD", "Relationship path can't be longer than 5 levels.", at: path.offset)
        }
        var current = type
        var resolved = ResolvedPath(
            relations: [],
            steps: [],
            isPolymorphic: false,
            position: 0,
            field: Field(name: "", label: "", type: .string)
        )
        while parts.count > 1, let name = parts.first {
            guard let position = current.relationship(name), let relation = current.fields[position].relationshipName,
                let target = current.fields[position].referenceTo.lazy.compactMap({ self.schema[$0] }).first,
                !hidden.contains(target.name), !hidden.contains("\(current.name).\(current.fields[position].name)")
            else {
                throw SOQLFault(
                    "INVALID_FIELD",
                    "Didn't understand relationship '\(name)' in field path. If you are attempting to use a custom relationship, be "
                        + "sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe "
                        + "call for the appropriate names.",
                    at: path.offset
                )
            }
            resolved.steps.append(position)
            resolved.relations.append(relation)
            if current.fields[position].referenceTo.count > 1 { resolved.isPolymorphic = true }
            current = target
            parts = parts.dropFirst()
        }
        let name = parts.first ?? ""
        if !resolved.steps.isEmpty, name.lowercased() == "type", current.position(of: name) == nil {
            resolved.isTypeName = true
            resolved.field = Field(name: "Type", label: "Type", type: .string)
            return resolved
        }
        guard let position = current.position(of: name),
            !hidden.contains("\(current.name).\(current.fields[position].name)")
        else {
            throw SOQLFault(
                "INVALID_FIELD",
                "No such column '\(name)' on entity '\(current.name)'. If you are attempting to use a custom field, be sure to append "
                    + "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate "
                    + "names.",
                at: path.offset
            )
        }
        resolved.position = position
        resolved.field = current.fields[position]
        return resolved
    }

    /// The value at the end of a path that starts at a record; null where a parent is missing.
    func value(at path: ResolvedPath, _ number: Int, _ record: Record, _ table: Table) -> Value {
        if path.isOwn { return value(path.position, of: record, number, table) }
        guard let (number, record, table) = end(of: path.steps, path.relations, number, record, table) else {
            return .null
        }
        if path.isTypeName { return .text(table.type.name) }
        guard path.isPolymorphic else { return value(path.position, of: record, number, table) }
        return value(path.field.name, of: record, number, table)
    }

    /// The record that a chain of references leads to.
    func end(
        of steps: [Int],
        _ relations: [String],
        _ number: Int,
        _ record: Record,
        _ table: Table
    ) -> (Int, Record, Table)? {
        var place = (number, record, table)
        for (step, relation) in zip(steps, relations) {
            let position =
                step < place.2.type.fields.count && place.2.type.fields[step].relationshipName == relation
                ? step : place.2.type.relationship(relation)
            guard let position, let id = value(position, of: place.1, place.0, place.2).reference,
                let type = schema.type(of: id), let next = self.table(of: type).record(id.number)
            else { return nil }
            place = (id.number, next, self.table(of: type))
        }
        return place
    }
}
