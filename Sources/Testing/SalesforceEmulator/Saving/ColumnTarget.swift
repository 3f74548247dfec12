/// Where the values of one column, or of one member of a JSON record, go.
///
/// A class, because every cell is read by it.
final class Column {
    enum Target {
        case id
        case field
        /// Found by the parent's own field: `Account.External_Id__c`.
        case parent(ObjectType, key: Int)
    }

    let name: String
    let target: Target
    /// Position of the field that is written; that of `Id` for `.id`.
    let position: Int
    let field: Field
    /// Of a restricted picklist: folded value to the value itself.
    let allowed: [String: String]?

    init(name: String, target: Target, position: Int, field: Field, allowed: [String: String]? = nil) {
        self.name = name
        self.target = target
        self.position = position
        self.field = field
        self.allowed = allowed
    }
}

extension Org {
    /// What a name in a CSV header means.
    ///
    /// Nil when nothing has that name.
    func column(_ name: String, of type: ObjectType, hidden: Set<String>) -> Column? {
        if let position = type.position(of: name) {
            let field = type.fields[position]
            guard !hidden.contains(field.name) else { return nil }
            if position == 0, field.type == .id { return Column(name: name, target: .id, position: 0, field: field) }
            return Column(
                name: name,
                target: .field,
                position: position,
                field: field,
                allowed: allowedValues(of: field)
            )
        }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        var relation = name[..<dot]
        var parent: String?
        if let colon = relation.firstIndex(of: ":") {
            parent = String(relation[..<colon])
            relation = relation[relation.index(after: colon)...]
            // The type is for references that may point to several objects; on others it is an error (reference 03 §4).
            guard let position = type.relationship(String(relation)), type.fields[position].referenceTo.count > 1 else {
                return nil
            }
        }
        return column(
            name,
            relation: String(relation),
            parent: parent,
            key: String(name[name.index(after: dot)...]),
            of: type
        )
    }

    /// A parent column: the relationship, the parent's type where several are possible, and the parent's key field.
    func column(_ name: String, relation: String, parent: String?, key: String, of type: ObjectType) -> Column? {
        guard let position = type.relationship(relation) else { return nil }
        let field = type.fields[position]
        let parentName: String
        if let parent {
            guard let match = field.referenceTo.first(where: { $0.lowercased() == parent.lowercased() }) else {
                return nil
            }
            parentName = match
        } else if field.referenceTo.count == 1 {
            parentName = field.referenceTo[0]
        } else {
            return nil
        }
        guard let parentType = schema[parentName], let keyPosition = parentType.position(of: key) else { return nil }
        let keyField = parentType.fields[keyPosition]
        guard keyField.externalId || keyField.idLookup else { return nil }
        return Column(name: name, target: .parent(parentType, key: keyPosition), position: position, field: field)
    }

    private func allowedValues(of field: Field) -> [String: String]? {
        guard field.restrictedPicklist, field.type == .picklist || field.type == .multipicklist else { return nil }
        var allowed: [String: String] = [:]
        for value in schema.values(of: field) where value.isActive { allowed[folded(value.name)] = value.name }
        return allowed
    }
}
