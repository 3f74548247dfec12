internal import SyncModel

/// A field of the mapping that refers to another record, and by what.
package struct ShapedLink: Sendable, Equatable {
    /// API name of the reference field.
    package var field: String
    /// Object referred to; empty: one of several, known only from the Id.
    package var object: String
    /// Field of that object whose value the row holds; `Id` where it holds the Id itself.
    package var matchField: String
}

extension FieldCompiler {
    /// The field by whose values rows of the sync refer to one another, in lower case; nil: they do not, or by what is not known of a
    /// row before it is there.
    func ownKey(of mappings: [FieldMapping], match: String?) -> String? {
        for mapping in mappings {
            guard case .lookup(let lookup) = mapping.value, lookup.object.lowercased() == object.name.lowercased()
            else { continue }
            let key = lookup.field.lowercased()
            if key == match?.lowercased() { return key }
            let isGiven = mappings.contains { mapping in
                if case .lookup = mapping.value { return false }
                return mapping.field.lowercased() == key
            }
            // What is looked up has to be there when rows are shaped.
            if isGiven, !resolvesLinks, object.field(key)?.isExternalID == true { return key }
        }
        return nil
    }

    /// A `lookup:`, held against both ends.
    mutating func link(
        _ lookup: FieldMapping.Lookup,
        field: FieldDescription
    ) -> (ValueForm, CompiledLink?)? {
        guard field.type == .reference else {
            fault(.badLookup, field.name, "\(field.name) refers to nothing: it is of type \(field.type.rawValue)")
            return nil
        }
        guard field.referenceTo.contains(where: { $0.lowercased() == lookup.object.lowercased() }) else {
            fault(
                .badLookup,
                field.name,
                "\(field.name) refers to \(field.referenceTo.joined(separator: " or ")), not to \(lookup.object)",
                suggestion: nearestNames(to: lookup.object, among: field.referenceTo, limit: 1).first
            )
            return nil
        }
        let isOwn = lookup.object.lowercased() == object.name.lowercased()
        guard let target = isOwn ? object : related[lookup.object.lowercased()] else {
            fault(.unknownObject, field.name, "\(lookup.object) is not known to this org, or this user may not see it")
            return nil
        }
        guard let key = target.field(lookup.field) else {
            fault(
                .badLookup,
                field.name,
                "\(target.name) has no field \(lookup.field), or this user may not see it",
                suggestion: nearestNames(
                    to: lookup.field,
                    among: target.fieldsByFoldedName.values.map(\.name),
                    limit: 1
                ).first
            )
            return nil
        }
        let prefixes = key.type == .id ? self.prefixes(of: [target.name]) : []
        guard let form = ValueForm(key, isChecked: false, zone: zone, prefixes: prefixes) else {
            fault(
                .badLookup,
                field.name,
                "\(target.name).\(key.name) is of type \(key.type.rawValue), by which no record is found"
            )
            return nil
        }
        if key.type == .id {
            return (form, idLink(target.name, field: key.name, name: field.name))
        }
        let linksToOwn = isOwn && key.name.lowercased() == ownKey
        guard key.isExternalID, !resolvesLinks, let relationship = field.relationshipName else {
            let question = ask(
                LookupQuestion(
                    object: target.name,
                    field: key.name,
                    type: key.type,
                    isCaseSensitive: key.isCaseSensitive
                )
            )
            var link = plainLink(
                .resolved(question: question),
                object: target.name,
                field: key.name,
                name: field.name,
                isCaseSensitive: key.isCaseSensitive
            )
            link.linksToOwn = linksToOwn
            return (form, link)
        }
        let index = links.count
        links.append(ShapedLink(field: field.name, object: target.name, matchField: key.name))
        if index == 64 { fault(.tooManyLookups, field.name, "more than 64 fields refer to other records") }
        // Reference 03-bulk-v1, 4: the object's name is required for polymorphic references and an error for others.
        let isPolymorphic = field.referenceTo.count > 1
        let type =
            isPolymorphic
            ? Array(#""attributes":{"type":"#.utf8) + PayloadWriting.quoted(target.name) + Array("},".utf8) : []
        return (
            form,
            CompiledLink(
                link: .relationship,
                index: index,
                object: target.name,
                field: key.name,
                isCaseSensitive: key.isCaseSensitive,
                linksToOwn: linksToOwn,
                header: "\(isPolymorphic ? target.name + ":" : "")\(relationship).\(key.name)",
                opening: PayloadWriting.quoted(relationship) + Array(":{".utf8) + type + PayloadWriting.quoted(key.name)
                    + [UInt8(ascii: ":")],
                closing: [UInt8(ascii: "}")]
            )
        )
    }

    /// A link whose row holds the Id; `object` is empty where it may be one of several.
    mutating func idLink(_ object: String, field: String, name: String) -> CompiledLink {
        var link = ShapedField.Link.none
        if resolvesLinks, !object.isEmpty {
            link = .resolved(
                question: ask(LookupQuestion(object: object, field: field, type: .id, isCaseSensitive: true))
            )
        }
        return plainLink(link, object: object, field: field, name: name, isCaseSensitive: true)
    }

    /// A link that is sent as an Id, in the reference field itself.
    mutating func plainLink(
        _ link: ShapedField.Link,
        object: String,
        field: String,
        name: String,
        isCaseSensitive: Bool
    ) -> CompiledLink {
        let index = links.count
        links.append(ShapedLink(field: name, object: object, matchField: field))
        if index == 64 { fault(.tooManyLookups, name, "more than 64 fields refer to other records") }
        return CompiledLink(
            link: link,
            index: index,
            object: object,
            field: field,
            isCaseSensitive: isCaseSensitive,
            linksToOwn: false,
            header: nil,
            opening: nil,
            closing: []
        )
    }
}
