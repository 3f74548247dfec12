import NIOHTTP1

/// Picklists read and written through the Tooling API, standard ones through the Metadata API (reference 06, B).
extension SalesforceClient {
    /// Finds where a picklist field has its values: in itself, in a global value set, or in a standard one.
    ///
    /// - Throws: `SalesforceError`; `NOT_FOUND` if there is no such field, or a standard one has no set that is known.
    package func valueSetHolder(object: String, field: String) async throws -> ValueSetHolder {
        guard field.lowercased().hasSuffix("__c") else {
            guard let name = StandardValueSetNames.name(object: object, field: field) else {
                throw missing("standard value set of \(object).\(field)")
            }
            return .standardValueSet(name: name)
        }
        let read = try await customField(object: object, field: field)
        guard let name = read.metadata["valueSet"]?.object?["valueSetName"]?.string, !name.isEmpty else {
            return .customField(object: object, field: field)
        }
        return .globalValueSet(name: name)
    }

    /// The values of a picklist, and all else that belongs to it.
    package func valueSet(_ holder: ValueSetHolder) async throws -> ValueSet {
        switch holder {
        case .customField(let object, let field):
            let read = try await customField(object: object, field: field)
            let set = read.metadata["valueSet"]?.object
            let values = set?["valueSetDefinition"]?.object?["value"]?.array
            return try valueSet(holder, read, values, isRestricted: set?["restricted"]?.bool ?? false)
        case .globalValueSet(let name):
            // Sets made since version 57 carry a suffix in their full name only.
            let plain = name.hasSuffix("__gvs") ? String(name.dropLast(5)) : name
            let read = try await metadataRecord("GlobalValueSet", where: "DeveloperName = \(SOQL.quoted(plain))", name)
            return try valueSet(holder, read, read.metadata["customValue"]?.array, isRestricted: true)
        case .standardValueSet(let name):
            let soql =
                "SELECT FullName, MasterLabel, DurableId, Metadata FROM StandardValueSet WHERE DurableId = \(SOQL.quoted(name))"
            guard let record = try await query(soql, atMost: 1, tooling: true).first else {
                throw missing("standard value set \(name)")
            }
            let read = MetadataRecord(
                id: name,
                fullName: record.text("FullName") ?? name,
                metadata: record.fields["Metadata"]?.object ?? JSONObject()
            )
            return try valueSet(holder, read, read.metadata["standardValue"]?.array, isRestricted: false)
        }
    }

    /// Makes `values` the picklist's values, in this order; what is not among them becomes inactive.
    ///
    /// May be sent again. All else is sent back as it was read with the set.
    package func replaceValues(of set: ValueSet, with values: [ValueSetValue]) async throws {
        var metadata = set.metadata
        let list = JSONValue.array(values.map(\.json))
        switch set.holder {
        case .customField:
            var valueSet = metadata["valueSet"]?.object ?? JSONObject()
            var definition = valueSet["valueSetDefinition"]?.object ?? JSONObject()
            definition.set("value", list)
            valueSet.set("valueSetDefinition", .object(definition))
            metadata.set("valueSet", .object(valueSet))
            try await patch("CustomField", set, metadata)
        case .globalValueSet:
            metadata.set("customValue", list)
            try await patch("GlobalValueSet", set, metadata)
        case .standardValueSet: try await updateStandard(set, values)
        }
    }

    // MARK: - Implementation

    /// A record of the Tooling API with its metadata.
    struct MetadataRecord: Sendable {
        var id: String
        var fullName: String
        var metadata: JSONObject
    }

    private func valueSet(
        _ holder: ValueSetHolder,
        _ read: MetadataRecord,
        _ values: [JSONValue]?,
        isRestricted: Bool
    ) throws -> ValueSet {
        let found = (values ?? []).compactMap(ValueSetValue.init)
        guard let values, found.count == values.count else { throw missing("values of \(read.fullName)") }
        return ValueSet(
            holder: holder,
            fullName: read.fullName,
            values: found,
            isRestricted: isRestricted,
            id: read.id,
            metadata: read.metadata
        )
    }

    private func customField(object: String, field: String) async throws -> MetadataRecord {
        // Tooling names a custom object by its Id (reference 06, B4).
        let table = object.hasSuffix("__c") ? try await customObjectID(object) : object
        let name = CustomName(field)
        let condition = "TableEnumOrId = \(SOQL.quoted(table)) AND \(name.condition)"
        return try await metadataRecord("CustomField", where: condition, "\(object).\(field)")
    }

    private func customObjectID(_ object: String) async throws -> String {
        let soql = "SELECT Id FROM CustomObject WHERE \(CustomName(object).condition)"
        guard let id = try await query(soql, atMost: 1, tooling: true).first?.id else {
            throw missing("object \(object)")
        }
        return id
    }

    private func metadataRecord(_ type: String, where condition: String, _ name: String) async throws -> MetadataRecord
    {
        let found = try await query("SELECT Id FROM \(type) WHERE \(condition)", atMost: 1, tooling: true)
        guard let id = found.first?.id else { throw missing("\(type) \(name)") }
        let request = SalesforceRequest(
            target: dataPath("tooling", "sobjects", type, id),
            action: "read \(type) \(name)"
        )
        return try await send(request) { answer in
            let object = try answer.jsonObject()
            guard let metadata = object["Metadata"]?.object else { throw answer.malformed("no metadata of \(name)") }
            return MetadataRecord(id: id, fullName: object["FullName"]?.string ?? name, metadata: metadata)
        }
    }

    private func patch(_ type: String, _ set: ValueSet, _ metadata: JSONObject) async throws {
        let body = JSONValue.object(
            JSONObject(members: [
                .init(name: "FullName", value: .string(set.fullName)),
                .init(name: "Metadata", value: .object(metadata)),
            ])
        )
        try await send(
            SalesforceRequest(
                method: .PATCH,
                target: dataPath("tooling", "sobjects", type, set.id),
                action: "replace the values of \(set.fullName)",
                body: .bytes(Array(body.text.utf8), contentType: Self.json)
            )
        )
    }

    private func updateStandard(_ set: ValueSet, _ values: [ValueSetValue]) async throws {
        var content = XMLText.element("fullName", set.fullName)
        if let grouping = set.metadata["groupingStringEnum"]?.string {
            content += XMLText.element("groupingStringEnum", grouping)
        }
        content += XMLText.element("sorted", set.metadata["sorted"]?.bool == true ? "true" : "false")
        content += values.map(\.standardXML).joined()
        let body = "<updateMetadata><metadata xsi:type=\"StandardValueSet\">\(content)</metadata></updateMetadata>"
        let action = "replace the values of \(set.fullName)"
        let request = SalesforceRequest(
            family: .soap,
            method: .POST,
            target: "/services/Soap/m/\(configuration.apiVersion)",
            action: action,
            body: .envelope(SoapEnvelope.metadata(body, clientName: configuration.clientName)),
            isTransfer: true
        )
        try await send(request) { answer in
            let (response, _) = try answer.soap("updateMetadataResponse")
            guard let result = response["result"], let success = result.text(of: "success") else {
                throw answer.malformed("no result of an update of metadata")
            }
            if success == "true" { return }
            let fault = result["errors"].flatMap(SaveResult.Fault.init)
            throw SalesforceError(
                kind: .salesforce,
                code: fault?.statusCode ?? SalesforceError.Code.malformedAnswer,
                message: fault?.message ?? "refused without a reason",
                action: action,
                status: answer.status
            )
        }
    }

    private func missing(_ what: String) -> SalesforceError {
        SalesforceError(
            kind: .salesforce,
            code: "NOT_FOUND",
            message: "there is no \(SafeExcerpt.safe(what, length: 200)), or this user may not see it",
            action: "read picklist"
        )
    }
}

/// The API name of something custom, taken apart as Tooling wants it: `ns__Tier__c` is `Tier` of `ns`.
struct CustomName: Equatable {
    var namespace: String?
    var developerName: String

    init(_ apiName: String) {
        let bare = apiName.hasSuffix("__c") ? String(apiName.dropLast(3)) : apiName
        guard let range = bare.firstRange(of: "__") else {
            developerName = bare
            return
        }
        namespace = String(bare[..<range.lowerBound])
        developerName = String(bare[range.upperBound...])
    }

    var condition: String {
        let prefix = namespace.map(SOQL.quoted) ?? "null"
        return "DeveloperName = \(SOQL.quoted(developerName)) AND NamespacePrefix = \(prefix)"
    }
}
