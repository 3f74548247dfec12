extension Org {
    /// `describeSObject(s)` and `describeGlobal`: REST's describe in the elements and the order of the partner schema.
    func describeCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let rest = restCall(soap, try soapSession(soap))
        if soap.operation.name == "describeGlobal" {
            let rows = describeGlobal(rest)["sobjects"]?.array ?? []
            let objects = rows.map { "<sobjects>\(elements($0, SOAPOrder.object))</sobjects>" }.joined()
            return envelope(
                "describeGlobal",
                "<result><encoding>UTF-8</encoding><maxBatchSize>200</maxBatchSize>\(objects)</result>",
                space: space
            )
        }
        var results = ""
        for node in soap.operation.all("sObjectType") + soap.operation.all("sobjectType") {
            guard let type = schema[node.value], !isHidden(type, rest.session), !type.isToolingOnly else {
                throw SOAPFault(
                    "INVALID_TYPE",
                    "sObject type '\(node.value)' is not supported.",
                    kind: "InvalidSObjectFault"
                )
            }
            results += "<result>\(elements(describe(type, rest), SOAPOrder.description))</result>"
        }
        return envelope(soap.operation.name, results, space: space)
    }

    /// A SOAP call as the REST call that would ask for the same.
    func restCall(_ soap: SOAPCall, _ session: Session) -> RESTCall {
        var call = soap.call
        if let size = soap.header?["QueryOptions"]?["batchSize"]?.value {
            call.headers.append(("sforce-query-options", "batchSize=\(size)"))
        }
        return RESTCall(
            call: call,
            version: soap.version,
            path: ["query"],
            session: session,
            context: context(of: session, call),
            holdsBytes: true
        )
    }

    // MARK: - Implementation

    private func elements(_ json: JSONValue, _ order: SOAPOrder) -> String {
        order.names.map { name, isNillable in
            switch name {
            case "idEnabled": return "<idEnabled>false</idEnabled>"
            case "urlDetail": return xml("urlDetail", json["urls"]?["uiDetailTemplate"] ?? .null, isNillable)
            case "urlEdit": return xml("urlEdit", json["urls"]?["uiEditTemplate"] ?? .null, isNillable)
            case "urlNew": return xml("urlNew", json["urls"]?["uiNewRecord"] ?? .null, isNillable)
            default: return json[name].map { xml(name, $0, isNillable) } ?? ""
            }
        }.joined()
    }

    private func xml(_ name: String, _ value: JSONValue, _ isNillable: Bool) -> String {
        switch value {
        case .null: isNillable ? "<\(name) xsi:nil=\"true\"/>" : ""
        case .bool(let bool): "<\(name)>\(bool)</\(name)>"
        case .number(let text): "<\(name)>\(text)</\(name)>"
        case .string(let text): "<\(name)>\(escapedXML(text))</\(name)>"
        case .array(let items): items.map { xml(name, $0, isNillable) }.joined()
        case .object(let members):
            "<\(name)>"
                + (SOAPOrder.nested[name].map { elements(value, $0) }
                    ?? members.map { xml($0.name, $0.value, false) }.joined())
                + "</\(name)>"
        }
    }
}

/// The elements of a type of the partner schema, in its order; those that may be nil are written even without a value.
struct SOAPOrder {
    var names: [(String, Bool)]

    init(_ text: String) {
        names = text.split(separator: " ").map {
            ($0.hasSuffix("?") ? String($0.dropLast()) : String($0), $0.hasSuffix("?"))
        }
    }

    static let object = SOAPOrder(
        "activateable createable custom customSetting deepCloneable deletable deprecatedAndHidden feedEnabled hasSubtypes "
            + "idEnabled isInterface isSubtype keyPrefix? label labelPlural layoutable mergeable mruEnabled name queryable "
            + "replicateable retrieveable searchable triggerable undeletable updateable"
    )
    static let description = SOAPOrder(
        "actionOverrides activateable childRelationships compactLayoutable createable custom customSetting deepCloneable "
            + "defaultImplementation? deletable deprecatedAndHidden feedEnabled fields hasSubtypes idEnabled implementedBy? "
            + "implementsInterfaces? isInterface isSubtype keyPrefix? label labelPlural layoutable mergeable mruEnabled name "
            + "namedLayoutInfos networkScopeFieldName? queryable recordTypeInfos replicateable retrieveable searchLayoutable "
            + "searchable supportedScopes triggerable undeletable updateable urlDetail? urlEdit? urlNew?"
    )
    static let nested = [
        "fields": SOAPOrder(
            "aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive "
                + "compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate "
                + "dependentPicklist deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo "
                + "filterable formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText label "
                + "length mask maskType name nameField namePointing nillable permissionable picklistValues polymorphicForeignKey "
                + "precision queryByDistance referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete "
                + "restrictedPicklist scale searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead"
        ),
        "recordTypeInfos": SOAPOrder(
            "active available defaultRecordTypeMapping developerName master name recordTypeId?"
        ),
        "childRelationships": SOAPOrder(
            "cascadeDelete childSObject deprecatedAndHidden field junctionIdListNames junctionReferenceTo relationshipName "
                + "restrictedDelete"
        ),
        "picklistValues": SOAPOrder("active defaultValue label? validFor value"),
        "supportedScopes": SOAPOrder("label name"),
    ]
}
