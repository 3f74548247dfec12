/// One field of a child that names records which another sync into the same destination writes.
package struct LookupNeed: Sendable, Equatable {
    package var child: String
    package var field: String
    /// Object that is looked up, and by which of its fields.
    package var object: String
    package var objectField: String
    package var parent: String

    package init(child: String, field: String, object: String, objectField: String, parent: String) {
        self.child = child
        self.field = field
        self.object = object
        self.objectField = objectField
        self.parent = parent
    }

    /// Children and parents among some syncs, each pair with each field.
    package static func all(among syncs: [SyncDefinition]) -> [LookupNeed] {
        var writers: [String: [SyncDefinition]] = [:]
        for sync in syncs {
            for field in writtenFields(of: sync) { writers["\(sync.destination)/\(field)", default: []].append(sync) }
        }
        var needs: [LookupNeed] = []
        for child in syncs {
            for mapping in child.fields + child.only.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
                guard case .lookup(let lookup) = mapping.value else { continue }
                // A lookup into the object itself is pushed in waves, roots first.
                if child.objects.contains(where: { $0.lowercased() == lookup.object.lowercased() }) { continue }
                let wanted = "\(child.destination)/\(lookup.object.lowercased()).\(lookup.field.lowercased())"
                for parent in writers[wanted] ?? [] where parent.name != child.name {
                    let need = LookupNeed(
                        child: child.name,
                        field: mapping.field,
                        object: lookup.object,
                        objectField: lookup.field,
                        parent: parent.name
                    )
                    if !needs.contains(need) { needs.append(need) }
                }
            }
        }
        return needs
    }

    /// Parents first, else as they stand; nil if there is a circle.
    package static func order(of syncs: [String], _ needs: [LookupNeed]) -> [String]? {
        var open = syncs
        var ordered: [String] = []
        while !open.isEmpty {
            guard
                let next = open.firstIndex(where: { sync in
                    !needs.contains { $0.child == sync && open.contains($0.parent) }
                })
            else { return nil }
            ordered.append(open.remove(at: next))
        }
        return ordered
    }

    // MARK: - Implementation

    /// `object.field` in lower case, of all that the sync gives a value to.
    private static func writtenFields(of sync: SyncDefinition) -> Set<String> {
        guard [.insert, .update, .upsert].contains(sync.mode) else { return [] }
        var written: Set<String> = []
        for object in sync.objects {
            let only = sync.only.filter { $0.key.lowercased() == object.lowercased() }.flatMap(\.value)
            for mapping in sync.fields + only { written.insert("\(object).\(mapping.field)".lowercased()) }
            // An update finds records by its match field; it does not give them that value.
            if sync.mode != .update, let match = sync.match { written.insert("\(object).\(match.field)".lowercased()) }
        }
        return written
    }
}
