/// All objects of an org and the value sets their picklists share.
///
/// Confined to the org that owns it.
final class Schema {
    private(set) var types: [ObjectType] = []
    private var byName: [String: ObjectType] = [:]
    private var byPrefix: [KeyPrefix: ObjectType] = [:]
    var globalSets: [String: [PicklistValue]] = [:]
    var globalSetLabels: [String: String] = [:]
    var standardSets = StandardValues.all()
    /// Custom fields that go along when a lead is converted.
    var leadConversion: [LeadMapping] = []
    private var customCount = 0
    private var eventCount = 0

    init() {
        for type in StandardObjects.all() { add(type) }
    }

    /// Back to the standard objects and value sets.
    func reset() {
        types = []
        byName = [:]
        byPrefix = [:]
        globalSets = [:]
        globalSetLabels = [:]
        standardSets = StandardValues.all()
        leadConversion = []
        customCount = 0
        eventCount = 0
        for type in StandardObjects.all() { add(type) }
    }

    func add(_ type: ObjectType) {
        types.append(type)
        byName[type.name.lowercased()] = type
        byPrefix[type.keyPrefix] = type
    }

    subscript(name: String) -> ObjectType? { byName[name] ?? byName[name.lowercased()] }

    func type(of id: RecordID) -> ObjectType? { byPrefix[id.prefix] }

    func type(with prefix: KeyPrefix) -> ObjectType? { byPrefix[prefix] }

    /// The next free prefix of custom objects (`a00` …) or events (`e00` …).
    func freePrefix(event: Bool) -> String {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        let count = event ? eventCount : customCount
        if event { eventCount += 1 } else { customCount += 1 }
        return "\(event ? "e" : "a")\(letters[count / 36 % 36])\(letters[count % 36])"
    }

    /// The values of a picklist field, inactive ones included.
    func values(of field: Field) -> [PicklistValue] {
        switch field.picklist {
        case .own(let values): values
        case .global(let name): globalSets[name] ?? []
        case .standard(let name): standardSets[name] ?? []
        case nil: []
        }
    }

    /// The reference fields of other objects that point at this one, and by what name children are reached.
    func children(of type: ObjectType) -> [(child: ObjectType, field: Int)] {
        types.flatMap { child in
            child.fields.indices.lazy
                .filter { child.fields[$0].referenceTo.contains(type.name) }
                .map { (child: child, field: $0) }
        }
    }

    func childRelationship(_ name: String, of type: ObjectType) -> (child: ObjectType, field: Int)? {
        children(of: type).first {
            $0.child.fields[$0.field].childRelationshipName?.lowercased() == name.lowercased()
        }
    }
}
