internal import Salesforce
internal import SyncModel

/// An object that the org does not have, or does not show to this user.
struct MissingObject: Error, Sendable, CustomStringConvertible {
    var name: String
    /// The field whose lookup names it; nil: the sync writes it.
    var field: String?
    /// The object whose name is near.
    var near: String?

    var words: String {
        let namer = field.map { ", which the lookup of \($0) names" } ?? ""
        return "the org has no object \(name)\(namer), or its user may not see it"
    }

    var description: String { words + (near.map { ", did you mean \($0)?" } ?? "") }
}

/// What the org says of the objects that a sync writes and of those that its lookups name.
struct DescribedObjects: Sendable {
    private var objects: [String: ObjectDescription] = [:]
    /// Ids by developer name, by folded object.
    private var recordTypes: [String: [String: String]] = [:]
    /// How many calls it took.
    private(set) var calls = 0

    /// Asks for each object once.
    ///
    /// - Throws: `SalesforceError`; `MissingObject` for one that is not there or not visible.
    init(_ sync: SyncDefinition, _ client: SalesforceClient) async throws {
        let mappings = sync.fields + sync.only.values.flatMap(\.self)
        let linked = mappings.compactMap { mapping -> (String, String?)? in
            guard case .lookup(let lookup) = mapping.value else { return nil }
            return (lookup.object, mapping.field)
        }
        for (name, field) in sync.objects.map({ ($0, nil) }) + linked where objects[name.lowercased()] == nil {
            let describe: SObjectDescribe
            do {
                describe = try await client.describe(name)
            } catch let error as SalesforceError where error.status == 404 {
                // The list helps whoever has misspelt it, and whoever may not see it does without.
                let names = (try? await client.describeGlobal())?.map(\.name) ?? []
                throw MissingObject(
                    name: name,
                    field: field,
                    near: nearestNames(to: name, among: names, limit: 1).first
                )
            }
            calls += 1
            objects[name.lowercased()] = ObjectDescription(describe)
            recordTypes[name.lowercased()] = Dictionary(
                describe.recordTypes.filter { $0.active && $0.available && !$0.master }.map {
                    ($0.developerName, $0.recordTypeID)
                }
            ) { first, _ in first }
        }
    }

    /// All of them, by API name as the sync writes it.
    var all: [String: ObjectDescription] { objects }

    /// One of them.
    ///
    /// - Throws: `EngineError` for a name that the sync does not mention.
    func object(_ name: String) throws -> ObjectDescription {
        guard let object = objects[name.lowercased()] else {
            throw EngineError(code: .unknownName, subject: "object \(name)", detail: "it was not described")
        }
        return object
    }

    func recordTypes(of name: String) -> [String: String] { recordTypes[name.lowercased()] ?? [:] }
}
