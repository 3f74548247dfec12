/// An error of a REST call (reference 02 §1).
struct RESTError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    var fields: [String]?
    var duplicates: DuplicateFinding?

    init(_ status: Int, _ code: String, _ message: String, fields: [String]? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
    }

    static let notFound = RESTError(404, "NOT_FOUND", "The requested resource does not exist")
    static let badSession = RESTError(401, "INVALID_SESSION_ID", "Session expired or invalid")
    static let noBody = RESTError(
        400,
        "POST_BODY_PARSE_ERROR",
        "The HTTP entity body is required, but this request has no entity body."
    )

    static func method(_ method: String, allowed: String) -> RESTError {
        RESTError(405, "METHOD_NOT_ALLOWED", "HTTP Method '\(method)' not allowed. Allowed are \(allowed)")
    }

    var json: JSONValue {
        var members = [
            JSONMember(name: "message", value: .string(message)), JSONMember(name: "errorCode", value: .string(code)),
        ]
        if let fields { members.append(JSONMember(name: "fields", value: .array(fields.map(JSONValue.string)))) }
        return .object(members)
    }
}

extension Answer {
    static func json(_ value: JSONValue, status: Int = 200, pretty: Bool = false) -> Answer {
        Answer(
            status: status,
            headers: [("Content-Type", "application/json;charset=UTF-8")],
            body: value.encoded(pretty: pretty)
        )
    }

    static func text(_ text: String, status: Int = 200, type: String = "text/plain;charset=UTF-8") -> Answer {
        Answer(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    static func csv(_ body: [UInt8]) -> Answer {
        Answer(status: 200, headers: [("Content-Type", "text/csv")], body: body)
    }

    static let empty = Answer(status: 204)
}
