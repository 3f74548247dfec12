internal import Salesforce
internal import SyncModel

/// What the org says of the objects that a sync writes and of those that its lookups name.
struct DescribedObjects: Sendable {
    private var objects: [String: ObjectDescription] = [:]
    /// Ids by developer name, by folded object.
    private var recordTypes: [String: [String: String]] = [:]
    /// How many calls it took.
    private(set) var calls = 0

    /// Asks for each object once.
    ///
    /// - Throws: `SalesforceError`; `NOT_FOUND` for an object that is not there or not visible.
    init(_ sync: SyncDefinition, _ client: SalesforceClient) async throws {
        let mappings = sync.fields + sync.only.values.flatMap(\.self)
        let linked = mappings.compactMap { mapping -> String? in
            guard case .lookup(let lookup) = mapping.value else { return nil }
            return lookup.object
        }
        for name in sync.objects + linked where objects[name.lowercased()] == nil {
            let describe = try await client.describe(name)
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
