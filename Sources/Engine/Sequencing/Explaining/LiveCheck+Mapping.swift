internal import Pushing
internal import Salesforce
internal import Shaping
internal import SyncModel

/// What a sync writes, held against what the org says of the object.
extension LiveCheck {
    /// The mapping against describe, as a run would hold it.
    func mapping(
        of sync: SyncDefinition,
        _ object: ObjectDescription,
        _ objects: DescribedObjects,
        _ file: String
    ) -> [LiveFinding] {
        guard let model = definitions.models[sync.model] else { return [] }
        if case .picklist = sync.target { return [] }
        var operations = operations(of: sync, object)
        switch sync.whenRemoved {
        case .nothing: break
        case .clear: operations.append((.clear, sync))
        case .delete: operations.append((.delete, sync))
        }
        var findings: [LiveFinding] = []
        for (operation, mapped) in operations {
            do {
                let needsJSON = RouteChoice.needsJSON(mapped, operation, object)
                let shaper = try Shaper(
                    sync: mapped,
                    model: model,
                    columns: MappedColumns(sync: sync, model: model),
                    object: object,
                    related: objects.all,
                    recordTypes: objects.recordTypes(of: object.name),
                    zone: try model.localZone(),
                    form: needsJSON ? .json(operation) : .csv(operation)
                )
                findings += route(of: sync, operation, shaper, needsJSON: needsJSON, file)
            } catch let error as ShapingError {
                findings += error.faults.map { fault in
                    let isMatch = fault.field != nil && fault.field == sync.match?.field
                    return LiveFinding(
                        file: file,
                        key: isMatch ? "match.field" : fault.field.map { sync.key(ofField: $0, in: object.name) },
                        isOfValue: isMatch,
                        message: fault.message,
                        suggestion: fault.suggestion
                    )
                }
            } catch {
                findings.append(LiveFinding(file: file, key: nil, message: "\(error)"))
            }
        }
        // A clear finds what the update had found already.
        return findings.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Columns of a type of which the field takes no value.
    func misfits(
        of sync: SyncDefinition,
        _ object: ObjectDescription,
        _ types: [String: ColumnType],
        _ file: String
    ) -> [LiveFinding] {
        let zone = try? definitions.models[sync.model]?.localZone()
        return sync.mappingsByKey.compactMap { key, mapping in
            guard case .column(let column) = mapping.value, let type = types[column],
                key == sync.key(ofField: mapping.field, in: object.name), let field = object.field(mapping.field),
                let words = type.misfit(into: field, zone: zone ?? nil)
            else { return nil }
            return LiveFinding(file: file, key: key, isOfValue: true, message: "column `\(column)`: \(words)")
        }
    }

    /// Whether the API that is written may carry such rows, few or many.
    private func route(
        of sync: SyncDefinition,
        _ operation: RecordOperation,
        _ shaper: Shaper,
        needsJSON: Bool,
        _ file: String
    ) -> [LiveFinding] {
        let decision = APIDecision.decide(
            choice: sync.api,
            batch: sync.batch,
            headers: sync.headers,
            circumstances: APICircumstances(
                rows: 1,
                operation: operation,
                hasUniqueField: shaper.hasUniqueField,
                needsJSON: needsJSON
            )
        )
        guard case .refused(let reason) = decision else { return [] }
        let key = sync.api == .auto && sync.headers.allowDuplicates ? "headers.allow_duplicates" : "api"
        return [LiveFinding(file: file, key: key, isOfValue: true, message: reason)]
    }

    /// Whether the field is there, is a picklist, and its values can be read, and so perhaps written.
    func picklist(
        _ target: SyncDefinition.PicklistTarget,
        _ object: ObjectDescription,
        _ client: SalesforceClient,
        _ file: String
    ) async -> [LiveFinding] {
        var finding = LiveFinding(file: file, key: "picklist.field", isOfValue: true, message: "")
        guard let field = object.field(target.field) else {
            finding.message =
                "\(object.name) has no field \(target.field), or this user may not see it (field-level security)"
            let names = object.fieldsByFoldedName.values.map(\.name)
            finding.suggestion = nearestNames(to: target.field, among: names, limit: 1).first
            return [finding]
        }
        guard field.type == .picklist || field.type == .multipicklist else {
            finding.message = "\(object.name).\(field.name) is of type \(field.type.rawValue), and no picklist"
            return [finding]
        }
        do {
            _ = try await client.valueSet(client.valueSetHolder(object: target.object, field: target.field))
            return []
        } catch {
            finding.message = "\(error)"
            return [finding]
        }
    }

    /// What a run does with rows that are present, and with which of the fields.
    private func operations(
        of sync: SyncDefinition,
        _ object: ObjectDescription
    ) -> [(operation: RecordOperation, mapped: SyncDefinition)] {
        guard case .objects(_, _, let create) = sync.target else { return [(sync.operation, sync)] }
        // A record is written where it is; one that is in neither object is made in one of them.
        var operations: [(operation: RecordOperation, mapped: SyncDefinition)] = []
        let making = sync.mode == .upsert && create?.lowercased() == object.name.lowercased()
        for operation in [RecordOperation.update] + (making ? [sync.creation(of: object)] : []) {
            var mapped = sync
            mapped.leaveOut(whatBelongsNotTo: operation, of: object)
            operations.append((operation, mapped))
        }
        return operations
    }
}

/// Which key of the file something is about.
extension SyncDefinition {
    /// The key of the file that names a column.
    func key(ofColumn column: String) -> String {
        if match?.column == column { return "match.column" }
        if case .picklist(let picklist) = target {
            if picklist.value == column { return "picklist.value" }
            return picklist.label == column ? "picklist.label" : "picklist.default"
        }
        if let mapping = fields.first(where: { $0.columns.contains(column) }) { return "fields.\(mapping.field)" }
        for (object, mappings) in only {
            if let mapping = mappings.first(where: { $0.columns.contains(column) }) {
                return "only.\(object).\(mapping.field)"
            }
        }
        return merge == nil ? "fields" : "merge"
    }

    /// The key of the file that maps a field.
    func key(ofField field: String, in object: String) -> String {
        let isOfBoth = fields.contains { $0.field.lowercased() == field.lowercased() }
        let own = only.first { $0.key.lowercased() == object.lowercased() }
        guard !isOfBoth, let own, own.value.contains(where: { $0.field.lowercased() == field.lowercased() }) else {
            return "fields.\(field)"
        }
        return "only.\(own.key).\(field)"
    }

    /// Every mapping with the key of the file under which it stands.
    var mappingsByKey: [(key: String, mapping: FieldMapping)] {
        fields.map { ("fields.\($0.field)", $0) }
            + only.sorted { $0.key < $1.key }.flatMap { object, mappings in
                mappings.map { ("only.\(object).\($0.field)", $0) }
            }
    }

    /// The key of the file that says into what is written.
    var targetKey: String {
        switch target {
        case .object: "object"
        case .objects: "objects"
        case .event: "event"
        case .picklist: "picklist.object"
        }
    }
}
