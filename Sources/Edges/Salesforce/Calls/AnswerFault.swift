/// What Salesforce says is wrong, read from an answer of any of its APIs (reference 08, A1).
struct AnswerFault: Equatable {
    var code: String
    var message: String
    var fields: [String] = []
    var duplicateRule: DuplicateRuleFinding?

    /// The fault in a body, or nil where the body holds none: HTML, nothing, or something unheard of.
    static func read(_ body: [UInt8]) -> AnswerFault? {
        guard let first = body.first(where: { ![0x20, 0x0A, 0x0D, 0x09, 0xEF, 0xBB, 0xBF].contains($0) }) else {
            return nil
        }
        switch first {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            // A body that is no JSON after all holds no fault; the status then speaks for itself.
            guard let value = try? JSONValue.parsed(body) else { return nil }
            return read(value)
        case UInt8(ascii: "<"): return XMLFault.read(body)
        default: return nil
        }
    }

    static func read(_ value: JSONValue) -> AnswerFault? {
        guard let object = value.array?.first?.object ?? value.object else { return nil }
        if let code = (object["errorCode"] ?? object["statusCode"])?.string {
            return AnswerFault(
                code: short(code),
                message: SafeExcerpt.safe(object["message"]?.string ?? ""),
                fields: (object["fields"]?.array ?? []).prefix(100).compactMap { $0.string.map(short) },
                // Salesforce itself misspells the key (reference 02-rest, 4.1).
                duplicateRule: (object["duplicateResut"] ?? object["duplicateResult"])?.object.map(
                    DuplicateRuleFinding.init
                )
            )
        }
        if let code = object["exceptionCode"]?.string {
            return AnswerFault(code: short(code), message: SafeExcerpt.safe(object["exceptionMessage"]?.string ?? ""))
        }
        if let code = object["error"]?.string {
            return AnswerFault(code: short(code), message: SafeExcerpt.safe(object["error_description"]?.string ?? ""))
        }
        return nil
    }

    private static func short(_ text: String) -> String { SafeExcerpt.safe(text, length: 200) }
}

extension AnswerFault {
    /// The error that a refused request amounts to.
    func error(status: Int, action: String, family: SalesforceRequest.Family, retryAfter: Duration?) -> SalesforceError
    {
        SalesforceError(
            kind: kind(family: family),
            code: code,
            message: message,
            action: action,
            fields: fields,
            status: status,
            wasSent: effect(status: status, family: family),
            retryAfter: retryAfter,
            duplicateRule: duplicateRule
        )
    }

    private func kind(family: SalesforceRequest.Family) -> SalesforceError.Kind {
        if family == .oauth { return .authentication }
        switch code {
        case "INVALID_SESSION_ID", "InvalidSessionId", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE",
            "OAUTH_APP_BLOCKED":
            return .authentication
        case "REQUEST_LIMIT_EXCEEDED", "ExceededQuota", "EXCEEDEDQUOTA": return .limit
        default: return .salesforce
        }
    }

    /// A refusal with a 4xx status was not carried out.
    ///
    /// After a 5xx nobody can tell, save that SOAP wraps plain refusals in a 500.
    private func effect(status: Int, family: SalesforceRequest.Family) -> SalesforceError.Effect {
        if (400..<500).contains(status) { return status == 408 || status == 420 ? .unknown : .no }
        let isPlainRefusal =
            family == .soap && !["UNKNOWN_EXCEPTION", "SERVER_UNAVAILABLE", "INTERNAL_ERROR"].contains(code)
        return isPlainRefusal ? .no : .unknown
    }
}

extension DuplicateRuleFinding {
    fileprivate init(_ object: JSONObject) {
        let matches = (object["matchResults"]?.array ?? []).compactMap(\.object)
        let records = matches.flatMap { $0["matchRecords"]?.array ?? [] }
        self.init(
            rule: SafeExcerpt.safe(object["duplicateRule"]?.string ?? "", length: 200),
            object: SafeExcerpt.safe(object["duplicateRuleEntityType"]?.string ?? "", length: 200),
            allowsSave: object["allowSave"]?.bool ?? false,
            matchedRecordIDs: records.prefix(100).compactMap { $0.object?["record"]?.object?["Id"]?.string }
        )
    }
}
