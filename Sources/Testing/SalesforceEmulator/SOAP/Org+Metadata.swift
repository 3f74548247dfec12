extension Org {
    private static let metadataSpace = "http://soap.sforce.com/2006/04/metadata"

    /// `readMetadata` and `updateMetadata` (reference 06 B5), and what tells which names there are.
    func metadataCall(_ soap: SOAPCall) throws(SOAPFault) -> Answer {
        let session = try soapSession(soap)
        switch soap.operation.name {
        case "readMetadata":
            let names = soap.operation.all("fullNames").map(\.value)
            try limitTo10(names.count)
            if soap.operation["type"]?.value == "LeadConvertSettings" {
                let result = "<result>\(leadConvertSettings(named: names))</result>"
                return envelope("readMetadata", result, space: Self.metadataSpace)
            }
            let type = try metadataType(soap.operation["type"]?.value)
            let records = names.map { xml(of: type, named: $0) ?? "<records xsi:nil=\"true\"/>" }.joined()
            return envelope("readMetadata", "<result>\(records)</result>", space: Self.metadataSpace)
        case "describeMetadata":
            return envelope("describeMetadata", describedMetadata(), space: Self.metadataSpace)
        case "listMetadata":
            return envelope("listMetadata", try listedMetadata(soap.operation), space: Self.metadataSpace)
        case "updateMetadata":
            let nodes = soap.operation.all("metadata")
            try limitTo10(nodes.count)
            guard let user = users[session.user.lowercased()], user.readOnly.isEmpty,
                !user.lacks.contains("customize")
            else {
                throw SOAPFault("INSUFFICIENT_ACCESS", "insufficient access rights on object id")
            }
            guard Set(nodes.map { $0.typeName ?? "" }).count <= 1 else {
                throw SOAPFault("INVALID_TYPE", "All components of a call must be of one type")
            }
            let type = try metadataType(nodes.first?.typeName)
            let results = nodes.map { update($0, type) }.joined()
            return envelope("updateMetadata", results, space: Self.metadataSpace)
        default:
            throw SOAPFault.noOperation(soap.operation.name, in: Self.metadataSpace)
        }
    }

    // MARK: - Implementation

    private func limitTo10(_ count: Int) throws(SOAPFault) {
        guard count <= 10 else {
            throw SOAPFault(
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than 10 records in this operation"
            )
        }
    }

    private func metadataType(_ name: String?) throws(SOAPFault) -> ObjectType {
        guard let name, ["CustomField", "GlobalValueSet", "StandardValueSet"].contains(name), let type = schema[name]
        else {
            throw SOAPFault(
                "INVALID_TYPE",
                "This type of metadata is not available for this organization: \(name ?? "")"
            )
        }
        return type
    }

    private func update(_ node: XMLNode, _ type: ObjectType) -> String {
        let name = node["fullName"]?.value ?? ""
        do throws(SaveError) {
            guard xml(of: type, named: name) != nil else {
                throw SaveError(
                    "INVALID_CROSS_REFERENCE_KEY",
                    "In field: fullName - no \(type.name) named \(name) found"
                )
            }
            try write(json(of: node, type), to: type, named: name)
            return "<result><fullName>\(escapedXML(name))</fullName><success>true</success></result>"
        } catch {
            return
                "<result><errors><message>\(escapedXML(error.message))</message><statusCode>\(error.code)</statusCode></errors>"
                + "<fullName>\(escapedXML(name))</fullName><success>false</success></result>"
        }
    }

    /// The element in the form of the Tooling API's JSON, which `write` reads.
    private func json(of node: XMLNode, _ type: ObjectType) -> JSONValue {
        func value(_ node: XMLNode) -> JSONValue {
            .object(node.children.map { JSONMember(name: $0.name, value: .string($0.value)) })
        }
        var json = JSONValue.object([])
        switch type.name {
        case "GlobalValueSet": json.set("customValue", .array(node.all("customValue").map(value)))
        case "StandardValueSet": json.set("standardValue", .array(node.all("standardValue").map(value)))
        default:
            if let set = node["valueSet"] {
                var shown = JSONValue.object([])
                if let restricted = set["restricted"] { shown.set("restricted", .bool(restricted.value == "true")) }
                if let controller = set["controllingField"], !controller.isNil {
                    shown.set("controllingField", .string(controller.value))
                    let settings = set.all("valueSettings").map { setting in
                        JSONValue.members([
                            "controllingFieldValue": .array(
                                setting.all("controllingFieldValue").map { .string($0.value) }
                            ), "valueName": .string(setting["valueName"]?.value ?? ""),
                        ])
                    }
                    shown.set("valueSettings", .array(settings))
                }
                if let name = set["valueSetName"], !name.isNil { shown.set("valueSetName", .string(name.value)) }
                if let definition = set["valueSetDefinition"] {
                    shown.set("valueSetDefinition", .members(["value": .array(definition.all("value").map(value))]))
                }
                json.set("valueSet", shown)
            }
        }
        for name in ["label", "type", "masterLabel", "inlineHelpText"] {
            if let child = node[name], !child.isNil { json.set(name, .string(child.value)) }
        }
        return json
    }

    private func xml(of type: ObjectType, named name: String) -> String? {
        switch type.name {
        case "GlobalValueSet":
            guard let values = schema.globalSets[name] else { return nil }
            let rows = values.map { xml(of: $0, as: "customValue") }.joined()
            let label = escapedXML(schema.globalSetLabels[name] ?? name)
            return
                "<records xsi:type=\"GlobalValueSet\"><fullName>\(escapedXML(name))</fullName>\(rows)<masterLabel>\(label)</masterLabel>"
                + "<sorted>false</sorted></records>"
        case "StandardValueSet":
            guard let values = schema.standardSets[name] else { return nil }
            let rows = values.filter(\.isActive).map { xml(of: $0, as: "standardValue") }.joined()
            return
                "<records xsi:type=\"StandardValueSet\"><fullName>\(escapedXML(name))</fullName><sorted>false</sorted>\(rows)</records>"
        default:
            guard let (object, position) = fieldNamed(name),
                object.fields[position].custom || object.fields[position].picklist != nil
            else {
                return nil
            }
            return fieldXML(object, object.fields[position])
        }
    }

    private func fieldXML(_ object: ObjectType, _ field: Field) -> String {
        var set = ""
        let controller =
            field.dependency.map { "<controllingField>\(escapedXML($0.controller))</controllingField>" } ?? ""
        let settings =
            field.dependency?.valueSettings(for: schema.values(of: field)).map { setting in
                let beside = setting.controlling.map {
                    "<controllingFieldValue>\(escapedXML($0))</controllingFieldValue>"
                }.joined()
                return "<valueSettings>\(beside)<valueName>\(escapedXML(setting.name))</valueName></valueSettings>"
            }.joined() ?? ""
        switch field.picklist {
        case nil: break
        case .own(let values):
            let shown = field.restrictedPicklist ? values : values.filter(\.isActive)
            set =
                "<valueSet>\(controller)<restricted>\(field.restrictedPicklist)</restricted><valueSetDefinition><sorted>false</sorted>"
                + shown.map { xml(of: $0, as: "value") }.joined() + "</valueSetDefinition>\(settings)</valueSet>"
        case .global(let name), .standard(let name):
            set =
                "<valueSet>\(controller)<restricted>true</restricted><valueSetName>\(escapedXML(name))</valueSetName>"
                + "\(settings)</valueSet>"
        }
        let isPlainText = field.type.isText && field.picklist == nil
        let length = isPlainText ? "<length>\(field.length)</length>" : ""
        let numbers = field.precision > 0 ? "<precision>\(field.precision)</precision>" : ""
        let scale = field.precision > 0 ? "<scale>\(field.scale)</scale>" : ""
        let parent = field.referenceTo.first.map { "<referenceTo>\($0)</referenceTo>" } ?? ""
        return
            "<records xsi:type=\"CustomField\"><fullName>\(object.name).\(field.name)</fullName><externalId>\(field.externalId)</externalId>"
            + "<label>\(escapedXML(field.label))</label>\(length)\(numbers)\(parent)<required>\(!field.nillable && field.type != .boolean)</required>"
            + "\(scale)<type>\(metadataType(of: field))</type>\(field.unique ? "<unique>true</unique>" : "")\(set)</records>"
    }

    private func xml(of value: PicklistValue, as name: String) -> String {
        let extras = value.extras.map { member -> String in
            switch member.value {
            case .string(let text), .number(let text): "<\(member.name)>\(escapedXML(text))</\(member.name)>"
            case .bool(let bool): "<\(member.name)>\(bool)</\(member.name)>"
            case .null, .array, .object: ""
            }
        }.joined()
        return "<\(name)><fullName>\(escapedXML(value.name))</fullName><default>\(value.isDefault)</default>"
            + "\(value.isActive ? "" : "<isActive>false</isActive>")<label>\(escapedXML(value.label))</label>\(extras)</\(name)>"
    }
}
