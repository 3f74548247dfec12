import AsyncHTTPClient
import NIOCore
import NIOHTTP1

@testable import SalesforceEmulator

/// What came back.
struct Reply {
    var status: Int
    var headers: HTTPHeaders
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONReader.read(bytes)) ?? .null }

    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
}

extension JSONValue {
    subscript(index: Int) -> JSONValue { array?.indices.contains(index) == true ? array?[index] ?? .null : .null }

    /// `a.0.b`.
    func at(_ path: String) -> JSONValue {
        path.split(separator: ".").reduce(self) { value, step in
            Int(step).map { value[$0] } ?? value[String(step)] ?? .null
        }
    }
}

/// A stranger's client: HTTP and nothing else.
struct OrgClient {
    let base: String
    var token: String?
    static let data = "/services/data/v62.0"
    /// Follows no redirects: a browser's way back to an app is looked at, not taken.
    private static let http = HTTPClient(configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))

    func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: [UInt8]? = nil,
        type: String = "application/json",
        headers: [(String, String)] = []
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body {
            request.headers.replaceOrAdd(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await Self.http.execute(request, timeout: .seconds(30))
        let buffer = try await response.body.collect(upTo: 64 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: response.headers,
            bytes: Array(buffer.readableBytesView)
        )
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Reply {
        try await call(.GET, path, headers: headers)
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ json: String,
        headers: [(String, String)] = []
    ) async throws -> Reply {
        try await call(method, path, Array(json.utf8), headers: headers)
    }

    func form(_ path: String, _ pairs: KeyValuePairs<String, String>) async throws -> Reply {
        let body = pairs.map { "\($0.key)=\(percentEncoded($0.value))" }.joined(separator: "&")
        return try await call(.POST, path, Array(body.utf8), type: "application/x-www-form-urlencoded")
    }

    func query(_ statement: String, all: Bool = false) async throws -> Reply {
        try await get("\(Self.data)/\(all ? "queryAll" : "query")?q=\(percentEncoded(statement))")
    }

    func create(_ object: String, _ json: String) async throws -> String {
        try await send(.POST, "\(Self.data)/sobjects/\(object)", json).json["id"]?.string ?? "no id"
    }

    /// A whole ingest job; the job as it ended and its three results.
    func ingest(
        _ object: String,
        _ operation: String,
        _ csv: String,
        key: String? = nil,
        more: String = "",
        headers: [(String, String)] = [],
        gzip: Bool = false
    ) async throws -> (job: JSONValue, successes: Reply, failures: Reply, unprocessed: Reply) {
        let keyPart = key.map { ",\"externalIdFieldName\":\"\($0)\"" } ?? ""
        let made = try await send(
            .POST,
            "\(Self.data)/jobs/ingest",
            "{\"object\":\"\(object)\",\"operation\":\"\(operation)\"\(keyPart)\(more)}"
        )
        guard let id = made.json["id"]?.string else { return (made.json, made, made, made) }
        let path = "\(Self.data)/jobs/ingest/\(id)"
        let body = Array(csv.utf8)
        let coding = gzip ? [("Content-Encoding", "gzip")] : []
        _ = try await call(
            .PUT,
            "\(path)/batches",
            gzip ? gzipped(body) : body,
            type: "text/csv",
            headers: headers + coding
        )
        _ = try await send(.PATCH, path, #"{"state":"UploadComplete"}"#)
        let job = try await settled(path)
        return (
            job, try await get("\(path)/successfulResults"), try await get("\(path)/failedResults"),
            try await get("\(path)/unprocessedrecords")
        )
    }

    /// Asks until the job has ended; the emulator answers faster than a client can ask, so no pause is needed.
    func settled(_ path: String) async throws -> JSONValue {
        for _ in 0..<5_000 {
            let job = try await get(path).json
            if let state = job["state"]?.string, state != "UploadComplete", state != "InProgress" { return job }
            await Task.yield()
        }
        return .null
    }
}

/// Lends an emulator and a client that is signed in as the administrator.
func withOrg<Result: Sendable>(
    _ yaml: String? = nil,
    _ body: @escaping @Sendable (OrgClient) async throws -> Result
) async throws -> Result {
    var options = EmulatorOptions()
    options.org = yaml
    return try await withEmulator(options) { address in
        var client = OrgClient(base: address.baseURL)
        let reply = try await client.form(
            "/services/oauth2/token",
            ["grant_type": "client_credentials", "client_id": "emulator-client", "client_secret": "emulator-secret"]
        )
        client.token = reply.json["access_token"]?.string
        return try await body(client)
    }
}
