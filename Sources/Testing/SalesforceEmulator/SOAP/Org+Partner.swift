extension Org {
    /// The partner and enterprise operations that merging clients need.
    func partnerCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        switch soap.operation.name {
        case "login": return try login(soap, space: space)
        case "merge": return try mergeCall(soap, space: space)
        case "convertLead": return try convertCall(soap, space: space)
        case "logout":
            let session = try soapSession(soap)
            sessions[session.token] = nil
            return envelope("logout", "", space: space)
        case "getServerTimestamp":
            _ = try soapSession(soap)
            return envelope(
                "getServerTimestamp",
                "<result><timestamp>\(clock.now.text(zone: "Z"))</timestamp></result>",
                space: space
            )
        case "getUserInfo":
            let session = try soapSession(soap)
            guard let user = users[session.user.lowercased()] else {
                throw SOAPFault("INVALID_SESSION_ID", "Session not found")
            }
            return envelope("getUserInfo", "<result>\(userInfo(user))</result>", space: space)
        case "describeSObject", "describeSObjects":
            let session = try soapSession(soap)
            var results = ""
            for node in soap.operation.all("sObjectType") + soap.operation.all("sobjectType") {
                guard let type = schema[node.value], !isHidden(type, session), !type.isToolingOnly else {
                    throw SOAPFault(
                        "INVALID_TYPE",
                        "sObject type '\(node.value)' is not supported.",
                        kind: "InvalidSObjectFault"
                    )
                }
                results += "<result>\(description(of: type))</result>"
            }
            return envelope(soap.operation.name, results, space: space)
        case "describeGlobal":
            let session = try soapSession(soap)
            let rows = schema.types.filter { !isHidden($0, session) && !$0.isToolingOnly }.map {
                "<sobjects>\(flags(of: $0))</sobjects>"
            }
            return envelope(
                "describeGlobal",
                "<result><encoding>UTF-8</encoding><maxBatchSize>200</maxBatchSize>\(rows.joined())</result>",
                space: space
            )
        default:
            throw SOAPFault("UNKNOWN_EXCEPTION", "No operation available for request {\(space)}\(soap.operation.name)")
        }
    }

    // MARK: - Implementation

    private func login(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let name = soap.operation["username"]?.value ?? ""
        let given = soap.operation["password"]?.value ?? ""
        if let number = Double(soap.version), number >= 65 {
            throw SOAPFault("UNSUPPORTED_API_VERSION", "login() is not available in API version \(soap.version)")
        }
        guard let user = users[name.lowercased()], user.isActive, given == user.password + user.token else {
            throw SOAPFault(
                "INVALID_LOGIN",
                "Invalid username, password, security token; or user locked out.",
                kind: "LoginFault"
            )
        }
        let session = startSession(user: user.username, app: "soap", scope: "")
        let base = "\(soap.call.origin)/services/Soap"
        let kind = space.contains("enterprise") ? "c" : "u"
        let result =
            "<result><metadataServerUrl>\(base)/m/\(soap.version)/\(organizationId.short)</metadataServerUrl>"
            + "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
            + "<serverUrl>\(base)/\(kind)/\(soap.version)/\(organizationId.short)</serverUrl>"
            + "<sessionId>\(session.token)</sessionId><userId>\(user.user.long)</userId><userInfo>\(userInfo(user))</userInfo></result>"
        return envelope("login", result, space: space)
    }

    private func userInfo(_ user: Credentials) -> String {
        let name = title(of: user.user)
        return
            "<accessibilityMode>false</accessibilityMode><chatterExternal>false</chatterExternal><currencySymbol>$</currencySymbol>"
            + "<orgAttachmentFileSizeLimit>26214400</orgAttachmentFileSizeLimit><orgDefaultCurrencyIsoCode>USD</orgDefaultCurrencyIsoCode>"
            + "<orgDefaultCurrencyLocale>en_US</orgDefaultCurrencyLocale><orgDisallowHtmlAttachments>false</orgDisallowHtmlAttachments>"
            + "<orgHasPersonAccounts>false</orgHasPersonAccounts><organizationId>\(organizationId.long)</organizationId>"
            + "<organizationMultiCurrency>false</organizationMultiCurrency><organizationName>\(escapedXML(title(of: organizationId)))</organizationName>"
            + "<profileId>\(RecordID(prefix: KeyPrefix("00e"), number: 1).long)</profileId><roleId xsi:nil=\"true\"/>"
            + "<sessionSecondsValid>7200</sessionSecondsValid><userDefaultCurrencyIsoCode xsi:nil=\"true\"/>"
            + "<userEmail>\(escapedXML(user.username))</userEmail><userFullName>\(escapedXML(name))</userFullName><userId>\(user.user.long)</userId>"
            + "<userLanguage>en_US</userLanguage><userLocale>en_US</userLocale><userName>\(escapedXML(user.username))</userName>"
            + "<userTimeZone>GMT</userTimeZone><userType>Standard</userType><userUiSkin>Theme3</userUiSkin>"
    }

    private func flags(of type: ObjectType) -> String {
        "<activateable>false</activateable><createable>\(type.createable)</createable><custom>\(type.custom)</custom>"
            + "<customSetting>false</customSetting><deletable>\(type.deletable)</deletable><deprecatedAndHidden>false</deprecatedAndHidden>"
            + "<feedEnabled>false</feedEnabled><keyPrefix>\(type.keyPrefix)</keyPrefix><label>\(escapedXML(type.label))</label>"
            + "<labelPlural>\(escapedXML(type.plural))</labelPlural><layoutable>\(!type.isSetup)</layoutable><mergeable>\(type.mergeable)</mergeable>"
            + "<mruEnabled>true</mruEnabled><name>\(type.name)</name><queryable>\(type.queryable && !type.isEvent)</queryable>"
            + "<replicateable>true</replicateable><retrieveable>true</retrieveable><searchable>true</searchable>"
            + "<triggerable>\(type.triggerable)</triggerable><undeletable>\(type.undeletable)</undeletable><updateable>\(type.updateable)</updateable>"
    }

    private func description(of type: ObjectType) -> String {
        let fields = type.fields.map { field -> String in
            let parents = field.referenceTo.map { "<referenceTo>\($0)</referenceTo>" }.joined()
            let relation = field.relationshipName.map { "<relationshipName>\($0)</relationshipName>" } ?? ""
            let values = schema.values(of: field).filter(\.isActive).map {
                "<picklistValues><active>true</active><defaultValue>\($0.isDefault)</defaultValue><label>\(escapedXML($0.label))</label>"
                    + "<value>\(escapedXML($0.name))</value></picklistValues>"
            }.joined()
            return "<fields><autoNumber>\(field.autoNumber)</autoNumber><byteLength>\(field.length * 3)</byteLength>"
                + "<createable>\(field.createable)</createable><custom>\(field.custom)</custom><defaultedOnCreate>\(field.defaultedOnCreate)"
                + "</defaultedOnCreate><externalId>\(field.externalId)</externalId><filterable>\(field.filterable)</filterable>"
                + "<idLookup>\(field.idLookup)</idLookup><label>\(escapedXML(field.label))</label><length>\(field.length)</length>"
                + "<name>\(field.name)</name><nameField>\(field.nameField)</nameField><nillable>\(field.nillable)</nillable>\(values)"
                + "<precision>\(field.precision)</precision>\(parents)\(relation)<restrictedPicklist>\(field.restrictedPicklist)</restrictedPicklist>"
                + "<scale>\(field.scale)</scale><soapType>\(field.type.soapType)</soapType><sortable>\(field.sortable)</sortable>"
                + "<type>\(field.type.rawValue)</type><unique>\(field.unique)</unique><updateable>\(field.updateable)</updateable></fields>"
        }.joined()
        return flags(of: type) + fields
    }
}
