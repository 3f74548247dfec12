/// Which values of a picklist are offered beside which value of the field that controls it (reference 06 B2).
///
/// People see it on the page; a save by API is not held to it, as in Salesforce.
struct PicklistDependency: Sendable, Equatable {
    /// A picklist or a checkbox of the same object.
    var controller: String
    /// By the value's name: the controlling values beside which it is offered.
    var settings: [String: Set<String>] = [:]

    /// The bits that describe shows for a value, one for each controlling value, the first in the highest bit.
    func validFor(_ value: String, beside controlling: [String]) -> String {
        let allowed = Set((settings[value] ?? []).map(folded))
        // Whole groups of three bytes, so that the text needs no padding.
        var bytes = [UInt8](repeating: 0, count: max(3, (controlling.count + 23) / 24 * 3))
        for (index, name) in controlling.enumerated() where allowed.contains(folded(name)) {
            bytes[index / 8] |= 0x80 >> UInt8(index % 8)
        }
        return Base64.encode(bytes)
    }

    /// The dependency of a value set in Metadata's form; dependencies are added, never taken away.
    func adding(_ set: JSONValue) -> PicklistDependency {
        var copy = self
        for setting in set["valueSettings"]?.array ?? [] {
            guard let name = setting["valueName"]?.string else { continue }
            let controlling = setting["controllingFieldValue"]
            let names = (controlling?.array ?? controlling.map { [$0] } ?? []).compactMap(\.string)
            copy.settings[name, default: []].formUnion(names)
        }
        return copy
    }

    /// `valueSettings` in the order of the values.
    func valueSettings(for values: [PicklistValue]) -> [(name: String, controlling: [String])] {
        values.compactMap { value in
            settings[value.name].map { (value.name, $0.sorted()) }
        }
    }
}

extension Schema {
    /// The values of the field that controls a picklist, in the order of its describe.
    func controllingValues(of dependency: PicklistDependency, in type: ObjectType) -> [String] {
        guard let field = type.field(dependency.controller) else { return [] }
        return field.type == .boolean ? ["false", "true"] : values(of: field).filter(\.isActive).map(\.name)
    }
}

extension FieldReader {
    /// `controllingField` and `valueSettings` of an `org.yaml`: value to the controlling values beside which it is offered.
    func dependency(_ parts: [String: YAMLPlace]) throws -> PicklistDependency? {
        guard let controller = parts["controllingField"] ?? parts["controlling_field"] else {
            if parts["valueSettings"] ?? parts["value_settings"] != nil {
                throw place.fault("has valueSettings but no controllingField")
            }
            return nil
        }
        var dependency = PicklistDependency(controller: try controller.text())
        for (value, settings) in try (parts["valueSettings"] ?? parts["value_settings"])?.mapping() ?? [] {
            dependency.settings[value] = Set(try settings.texts())
        }
        return dependency
    }
}

extension ObjectReader {
    /// Whether dependent picklists name a field and values that are there; asked when all value sets are known.
    func checkDependencies(in org: isolated Org) throws {
        guard let type = org.schema[name] else { return }
        for field in type.fields {
            guard let dependency = field.dependency else { continue }
            guard field.picklist != nil, let controller = type.field(dependency.controller),
                controller.picklist != nil || controller.type == .boolean
            else {
                throw place.fault(
                    "has the picklist \(field.name) controlled by \(dependency.controller), which is no picklist or checkbox of it"
                )
            }
            let values = Set(org.schema.values(of: field).map(\.name))
            let controlling = Set(
                controller.type == .boolean ? ["false", "true"] : org.schema.values(of: controller).map(\.name)
            )
            for (value, settings) in dependency.settings.sorted(by: { $0.key < $1.key }) {
                guard values.contains(value) else {
                    throw place.fault("has valueSettings of \(field.name) for \(value), which is none of its values")
                }
                if let unknown = settings.subtracting(controlling).min() {
                    throw place.fault(
                        "has valueSettings of \(field.name) beside \(unknown), which is no value of \(controller.name)"
                    )
                }
            }
        }
    }
}
