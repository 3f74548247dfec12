import Yams

/// Reads the values of a picklist: names, or mappings with name, label, active and default.
enum PicklistReader {
    static func values(_ place: YAMLPlace) throws -> [PicklistValue] {
        try place.list().map { item in
            if item.node.mapping == nil {
                let name = try item.text()
                return PicklistValue(name: name, label: name)
            }
            let parts = try item.fields("name", "label", "active", "default")
            guard let name = try parts["name"]?.text() else { throw item.fault("needs a name") }
            return PicklistValue(
                name: name,
                label: try parts["label"]?.text() ?? name,
                isActive: try parts["active"]?.flag() ?? true,
                isDefault: try parts["default"]?.flag() ?? false
            )
        }
    }
}
