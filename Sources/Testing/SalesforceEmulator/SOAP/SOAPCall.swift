/// A SOAP request taken apart.
struct SOAPCall {
    var call: Call
    /// The operation's element.
    var operation: XMLNode
    var header: XMLNode?
    var version: String

    var sessionId: String? { header?["SessionHeader"]?["sessionId"]?.value }
}

/// A SOAP fault (reference 06 A3).
struct SOAPFault: Error {
    var code: String
    var message: String
    var kind = "UnexpectedErrorFault"
    /// Where in a statement; faults about queries say it, -1 where there is no place.
    var place: (row: Int, column: Int)?
    /// Whether the fault is the SOAP layer's, which has no code of Salesforce's and no detail.
    var isOfClient = false

    init(_ code: String, _ message: String, kind: String = "UnexpectedErrorFault") {
        self.code = code
        self.message = message
        self.kind = kind
        if ["InvalidSObjectFault", "MalformedQueryFault", "InvalidFieldFault"].contains(kind) { place = (-1, -1) }
    }

    /// An operation that the schema of a namespace does not have.
    static func noOperation(_ name: String, in space: String) -> SOAPFault {
        var fault = SOAPFault(
            "UNKNOWN_EXCEPTION",
            "No operation available for request {\(space)}\(name), please check the WSDL for the service."
        )
        fault.isOfClient = true
        return fault
    }

    /// The fault for a client of the partner (`u`), the enterprise (`c`) or the metadata schema (`m`).
    func answer(schema: String) -> Answer {
        let position = place.map { "<sf:row>\($0.row)</sf:row><sf:column>\($0.column)</sf:column>" } ?? ""
        let space =
            switch schema {
            case "m": "http://soap.sforce.com/2006/04/metadata"
            case "c": "urn:fault.enterprise.soap.sforce.com"
            default: "urn:fault.partner.soap.sforce.com"
            }
        if isOfClient {
            let text =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
                + "<soapenv:Body><soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>\(escapedXML(message))"
                + "</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
            return .text(text, status: 500, type: "text/xml;charset=UTF-8")
        }
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            + "xmlns:sf=\"\(space)\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body><soapenv:Fault>"
            + "<faultcode>sf:\(code)</faultcode><faultstring>\(code): \(escapedXML(message))</faultstring>"
            + "<detail><sf:\(kind) xsi:type=\"sf:\(kind)\"><sf:exceptionCode>\(code)</sf:exceptionCode>"
            + "<sf:exceptionMessage>\(escapedXML(message))</sf:exceptionMessage>\(position)</sf:\(kind)></detail></soapenv:Fault></soapenv:Body>"
            + "</soapenv:Envelope>"
        return .text(text, status: 500, type: "text/xml;charset=UTF-8")
    }
}

extension Org {
    /// `/services/Soap/u|c|m/{version}[/{org}]`.
    func soap(_ call: Call) -> Answer {
        let parts = call.segments
        let isMetadata = parts.count > 2 && parts[2] == "m"
        do throws(SOAPFault) {
            guard call.method == "POST", parts.count >= 4, ["u", "c", "m"].contains(parts[2]) else {
                throw SOAPFault(
                    "UNKNOWN_EXCEPTION",
                    "Destination URL not reset. The URL returned from login must be set"
                )
            }
            let version = parts[3]
            guard let number = Double(version), Self.versions.contains(Int(number)), number == number.rounded() else {
                throw SOAPFault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
            }
            guard call.header("soapaction") != nil else {
                throw SOAPFault("UNKNOWN_EXCEPTION", "SOAPAction HTTP header missing", kind: "UnexpectedErrorFault")
            }
            let soap = try parse(call, version: "\(Int(number)).0")
            if isMetadata { return try metadataCall(soap) }
            return try partnerCall(
                soap,
                space: parts[2] == "c" ? "urn:enterprise.soap.sforce.com" : "urn:partner.soap.sforce.com"
            )
        } catch {
            return error.answer(schema: parts.count > 2 ? parts[2] : "u")
        }
    }

    /// The session of a call's header, counted as one API request.
    func soapSession(_ soap: SOAPCall) throws(SOAPFault) -> Session {
        guard let token = soap.sessionId, let session = session(token) else {
            throw SOAPFault(
                "INVALID_SESSION_ID",
                "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash"
            )
        }
        if users[session.user.lowercased()]?.lacks.contains("api_enabled") == true {
            throw SOAPFault("API_CURRENTLY_DISABLED", "API is disabled for this User")
        }
        guard limits.take("DailyApiRequests", now: clock.now) else {
            throw SOAPFault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        }
        return session
    }

    /// The answer of an operation; signing in counts nothing and so tells no limits.
    func envelope(_ operation: String, _ results: String, space: String) -> Answer {
        let usage = limits.usage("DailyApiRequests", now: clock.now)
        let records = results.contains("sf:") ? " xmlns:sf=\"\(recordSpace(space))\"" : ""
        let header =
            space.hasPrefix("urn:") && operation != "login"
            ? "<soapenv:Header><LimitInfoHeader><limitInfo><current>\(usage.used)</current><limit>\(usage.maximum)</limit><type>API REQUESTS"
                + "</type></limitInfo></LimitInfoHeader></soapenv:Header>" : ""
        return .text(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                + "xmlns=\"\(space)\"\(records) xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\(header)<soapenv:Body>"
                + "<\(operation)Response>\(results)</\(operation)Response></soapenv:Body></soapenv:Envelope>",
            type: "text/xml;charset=UTF-8"
        )
    }

    /// The namespace of records in answers of a namespace.
    private func recordSpace(_ space: String) -> String { space.replacing("urn:", with: "urn:sobject.") }

    private func parse(_ call: Call, version: String) throws(SOAPFault) -> SOAPCall {
        let root: XMLNode
        do throws(XMLFault) {
            root = try XMLReader.read(call.body)
        } catch {
            throw SOAPFault("UNKNOWN_EXCEPTION", "Parse error: \(error.message)")
        }
        guard root.name == "Envelope", let body = root["Body"], let operation = body.children.first else {
            throw SOAPFault("UNKNOWN_EXCEPTION", "Parse error: expected an Envelope with a Body and an operation")
        }
        return SOAPCall(call: call, operation: operation, header: root["Header"], version: version)
    }
}
