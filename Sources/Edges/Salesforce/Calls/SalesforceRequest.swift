import NIOHTTP1

/// What is to be asked of Salesforce, before a session and a host are known.
struct SalesforceRequest: Sendable {
    /// The APIs differ in how they take the session and how they say that something is wrong.
    enum Family: Sendable {
        /// REST, Tooling, Bulk 2.0, composite.
        case rest
        /// The original Bulk API.
        case bulk
        case soap
        /// Sign-in: no session, and no body is recorded.
        case oauth
    }

    enum Body: Sendable {
        case none
        case bytes([UInt8], contentType: String)
        case upload(IngestUpload, contentType: String)
        /// A SOAP envelope around the session given.
        case envelope(@Sendable (_ sessionID: String) -> String)
    }

    var family = Family.rest
    var method = HTTPMethod.GET
    /// Path and query, percent-encoded, from `/services`.
    var target: String
    /// For messages: "query Account".
    var action: String
    var headers: [(name: String, value: String)] = []
    var body = Body.none
    /// Carrying it out twice comes to the same as once.
    var isRepeatable = true
    /// Statuses outside 200–299 that are answers all the same.
    var alsoAnswers: Set<Int> = []
    /// Bytes; a longer answer is an error.
    var answerLimit = 16 << 20
    /// Moves bulk data, so that `transferTimeout` holds.
    var isTransfer = false
}

extension SalesforceRequest {
    /// Whether an address in an answer can be followed: a path on the org's own host, nothing else.
    static func isFollowable(_ target: String) -> Bool {
        target.hasPrefix("/services/") && target.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// A whole answer, read into memory.
struct SalesforceAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    var action: String

    /// The body as JSON.
    ///
    /// - Throws: `SalesforceError` of kind `malformedAnswer`
    func json() throws -> JSONValue {
        do {
            return try JSONValue.parsed(body)
        } catch {
            throw malformed("not JSON (\(error))")
        }
    }

    func jsonObject() throws -> JSONObject {
        guard let object = try json().object else { throw malformed("not a JSON object") }
        return object
    }

    func jsonArray() throws -> [JSONValue] {
        guard let array = try json().array else { throw malformed("not a JSON array") }
        return array
    }

    func malformed(_ why: String) -> SalesforceError {
        SalesforceError(
            kind: .malformedAnswer,
            code: SalesforceError.Code.malformedAnswer,
            message: "the answer is \(why): \(SafeExcerpt.of(body))",
            action: action,
            status: status,
            wasSent: .unknown
        )
    }
}

/// The beginning of something untrusted, fit for a line of a log.
enum SafeExcerpt {
    static func of(_ bytes: [UInt8], length: Int = 120) -> String {
        if bytes.isEmpty { return "nothing" }
        let beginning = String(decoding: bytes.prefix(length), as: UTF8.self)
        return "\"" + safe(beginning) + (bytes.count > length ? "…\"" : "\"")
    }

    /// The text without control characters, at most `length` characters long.
    static func safe(_ text: String, length: Int = 2_000) -> String {
        var safe = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(length).map { $0.properties.generalCategory == .control ? " " : $0 }
            )
        )
        if text.unicodeScalars.count > length { safe += "…" }
        return safe
    }
}

/// Percent-encoding as RFC 3986 has it: what is not unreserved is encoded, the blank too.
enum PercentEncoding {
    static func encoded(_ text: String) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digit(byte >> 4))
                encoded.append(digit(byte & 15))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Pairs as `application/x-www-form-urlencoded`.
    static func form(_ pairs: KeyValuePairs<String, String>) -> String {
        pairs.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
