extension Org {
    /// The operations of the partner and enterprise interfaces.
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
        case "describeSObject", "describeSObjects", "describeGlobal": return try describeCall(soap, space: space)
        case "create", "update", "upsert": return try saveCall(soap, space: space)
        case "delete", "undelete", "emptyRecycleBin": return try deletionCall(soap, space: space)
        case "query", "queryAll", "queryMore", "retrieve", "search", "getUpdated", "getDeleted":
            return try readCall(soap, space: space)
        default:
            throw SOAPFault.noOperation(soap.operation.name, in: space)
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
}
