/// SOAP as Salesforce's partner and metadata APIs speak it (reference 06, A3 and B5).
enum SoapEnvelope {
    /// A partner envelope around `body`, as a function of the session.
    static func partner(
        _ body: String,
        clientName: String,
        options: RecordOptions
    ) -> @Sendable (_ sessionID: String) -> String {
        let client = XMLText.element("urn:client", clientName)
        var headers = "<urn:CallOptions>\(client)</urn:CallOptions>"
        switch options.assignmentRule {
        case .none: break
        case .active:
            headers +=
                "<urn:AssignmentRuleHeader><urn:useDefaultRule>true</urn:useDefaultRule></urn:AssignmentRuleHeader>"
        case .rule(let id):
            let rule = XMLText.element("urn:assignmentRuleId", id)
            headers += "<urn:AssignmentRuleHeader>\(rule)</urn:AssignmentRuleHeader>"
        }
        if options.allowDuplicates {
            headers += """
                <urn:DuplicateRuleHeader><urn:allowSave>true</urn:allowSave>\
                <urn:includeRecordDetails>false</urn:includeRecordDetails>\
                <urn:runAsCurrentUser>true</urn:runAsCurrentUser></urn:DuplicateRuleHeader>
                """
        }
        let rest = headers
        return { sessionID in
            """
            <?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:urn="urn:partner.soap.sforce.com" \
            xmlns:ens="urn:sobject.partner.soap.sforce.com"><soapenv:Header><urn:SessionHeader>\
            \(XMLText.element("urn:sessionId", sessionID))</urn:SessionHeader>\(rest)</soapenv:Header>\
            <soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>
            """
        }
    }

    /// A metadata envelope around `body`, as a function of the session.
    static func metadata(_ body: String, clientName: String) -> @Sendable (_ sessionID: String) -> String {
        { sessionID in
            """
            <?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata">\
            <soapenv:Header><CallOptions>\(XMLText.element("client", clientName))</CallOptions><SessionHeader>\
            \(XMLText.element("sessionId", sessionID))</SessionHeader></soapenv:Header>\
            <soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>
            """
        }
    }
}

extension SalesforceAnswer {
    /// The element of this name within the body of a SOAP answer, and what its header says of the org's calls.
    ///
    /// - Throws: `SalesforceError` of kind `malformedAnswer`
    func soap(_ name: String) throws -> (response: XMLElement, limitInfo: LimitInfo?) {
        let envelope = try xml("Envelope")
        guard let response = envelope["Body"]?[name] else { throw malformed("no \(name) in SOAP") }
        let limits = envelope["Header"]?["LimitInfoHeader"]?.all("limitInfo") ?? []
        let calls = limits.first { $0.text(of: "type") == "API REQUESTS" }
        guard let used = calls?.int(of: "current"), let allowed = calls?.int(of: "limit") else {
            return (response, nil)
        }
        return (response, LimitInfo(used: used, allowed: allowed))
    }
}

extension SaveResult.Fault {
    /// An `<errors>` element; nil if it names no code.
    init?(_ element: XMLElement) {
        guard let code = element.text(of: "statusCode"), !code.isEmpty else { return nil }
        self.init(
            statusCode: SafeExcerpt.safe(code, length: 200),
            message: SafeExcerpt.safe(element.text(of: "message") ?? ""),
            fields: element.all("fields").prefix(100).map { SafeExcerpt.safe($0.text, length: 200) }
        )
    }
}
