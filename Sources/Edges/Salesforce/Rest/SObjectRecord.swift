/// A record as a query gives it: the selected fields, parents as records within.
package struct SObjectRecord: Sendable, Equatable {
    /// The members as sent, `attributes` among them.
    package var fields: JSONObject

    package init(fields: JSONObject) {
        self.fields = fields
    }

    /// The API name of the object; nil in the rows of an aggregate.
    package var type: String? {
        let type = fields["attributes"]?.object?["type"]?.string
        return type == "AggregateResult" ? nil : type
    }

    package var id: String? { text("Id") }

    /// The value at a path as `Name` or `Account.Owner.Name`, names folded; nil where a parent is missing.
    package subscript(path path: String) -> JSONValue? {
        var object = fields
        var parts = path.split(separator: ".")[...]
        while let part = parts.popFirst() {
            guard let value = object.folded(part) else { return nil }
            if parts.isEmpty { return value }
            guard let parent = value.object else { return nil }
            object = parent
        }
        return nil
    }

    /// The value at a path as text; nil for null, for a record, and where there is none.
    package func text(_ path: String) -> String? { self[path: path]?.scalarText }
}

extension JSONObject {
    fileprivate func folded(_ name: Substring) -> JSONValue? {
        if let exact = members.first(where: { $0.name == name }) { return exact.value }
        let folded = name.lowercased()
        return members.first { $0.name.lowercased() == folded }?.value
    }
}
