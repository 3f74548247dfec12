import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Reads a request off the wire, lets the org answer it, and puts the answer on the wire as the faults allow.
struct CallResponder: HTTPResponder {
    let org: Org
    let scheme: String
    /// The most that a request may hold (reference 08 B), and an upload of a job's data.
    static let largestRequest = 50 << 20
    static let largestUpload = 160 << 20

    @Sendable func respond(to request: Request, context: CallContext) async throws -> Response {
        let target = request.head.path ?? "/"
        if target.utf8.count > 16_384 { return response(.text("URI Too Long", status: 414)) }
        let headerBytes = request.head.headerFields.reduce(0) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4
        }
        if headerBytes + target.utf8.count > 16_384 {
            return response(.text("Request Header Fields Too Large", status: 431))
        }
        if request.head.headerFields[.expect]?.lowercased() == "100-continue" { try await goOn(context.channel) }
        let limit = Self.limit(of: target)
        guard var call = try await read(request, target: target, limit: limit) else {
            return response(Self.tooLarge(target, limit))
        }
        if let coding = call.header("content-encoding")?.lowercased(), coding == "gzip" || coding == "deflate" {
            guard let plain = inflated(call.body, limit: limit) else {
                return response(
                    Self.refusal(target, 400, "CLIENTINPUTERROR", "The request body is not valid \(coding) data")
                )
            }
            call.body = plain
        }
        call.genuineAssertion = await genuineAssertion(in: call)
        return try await FaultyWire(org: org, channel: context.channel).carry(call) { answer in
            var answer = compressed(answer, for: call)
            if call.method == "HEAD" { answer.body = [] }
            return response(answer)
        }
    }

    // MARK: - Implementation

    /// Tells a client that waits with its body to send it.
    ///
    /// The line goes out below the encoder, which would take it for the answer itself.
    private func goOn(_ channel: any Channel) async throws {
        try await channel.eventLoop.submit {
            let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            encoder.writeAndFlush(NIOAny(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }.get()
    }

    private static func limit(of target: String) -> Int {
        let path = target.prefix { $0 != "?" }
        return path.contains("/jobs/") || path.hasPrefix("/services/async/") ? largestUpload : largestRequest
    }

    private static func tooLarge(_ target: String, _ limit: Int) -> Answer {
        refusal(target, 413, "EXCEEDED_MAX_SIZE_REQUEST", "Request size exceeded the maximum of \(limit) bytes")
    }

    /// A refusal from before a call is read, in the form of the API that it was meant for.
    private static func refusal(_ target: String, _ status: Int, _ code: String, _ message: String) -> Answer {
        let parts = target.split(separator: "/", maxSplits: 3)
        switch parts.dropFirst().first {
        case "Soap" where parts.count > 2: return SOAPFault(code, message).answer(schema: String(parts[2]))
        case "async": return ClassicError("ClientInputError", message, status: status).answer(json: false)
        default: return .json(.array([RESTError(status, code, message).json]), status: status)
        }
    }

    /// Nil when the body is larger than the limit.
    private func read(_ request: Request, target: String, limit: Int) async throws -> Call? {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(halves[0])
        var body: [UInt8] = []
        if let length = request.head.headerFields[.contentLength].flatMap({ Int($0) }) {
            if length > limit { return nil }
            body.reserveCapacity(length)
        }
        for try await part in request.body {
            if body.count + part.readableBytes > limit { return nil }
            part.withUnsafeReadableBytes { body.append(contentsOf: $0) }
        }
        let host = request.head.authority ?? "127.0.0.1"
        let headers = request.head.headerFields.map { (name: $0.name.canonicalName, value: $0.value) }
        let segments = path.split(separator: "/").map { percentDecoded($0, plusIsBlank: false) ?? String($0) }
        var method = request.head.method.rawValue
        let query = formPairs(halves.count > 1 ? halves[1] : "") ?? []
        if method == "POST", let other = query.first(where: { $0.name == "_HttpMethod" })?.value {
            method = other.uppercased()
        }
        return Call(
            method: method,
            path: path,
            segments: segments,
            query: query,
            headers: headers,
            body: body,
            origin: "\(scheme)://\(host)"
        )
    }

    private func compressed(_ answer: Answer, for call: Call) -> Answer {
        guard answer.body.count > 1_024, call.header("accept-encoding")?.contains("gzip") == true else { return answer }
        var copy = answer
        copy.body = gzipped(answer.body)
        copy.headers.append(("Content-Encoding", "gzip"))
        copy.headers.append(("Vary", "Accept-Encoding"))
        return copy
    }

    private func genuineAssertion(in call: Call) async -> Bool {
        guard let (token, keys) = await org.assertionToVerify(in: call) else { return false }
        return await isSigned(token, byOneOf: keys)
    }
}

/// What a request came over.
struct CallContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

func response(_ answer: Answer, body: ResponseBody? = nil) -> Response {
    var fields = HTTPFields()
    for (name, value) in answer.headers {
        if let field = HTTPField.Name(name) { fields.append(HTTPField(name: field, value: value)) }
    }
    let status = HTTPResponse.Status(code: answer.status)
    return Response(
        status: status,
        headers: fields,
        body: body ?? (answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    )
}
