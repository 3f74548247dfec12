import AsyncHTTPClient
import ControlProtocol
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// A document, and the bytes that it came as: newer daemons may have written more keys than this program knows.
package struct Received<Document: Sendable>: Sendable {
    package var document: Document
    package var bytes: [UInt8]

    package init(document: Document, bytes: [UInt8]) {
        self.document = document
        self.bytes = bytes
    }
}

/// Asks the daemon at a socket.
package struct ControlClient: Sendable {
    private let http: HTTPClient
    /// The socket's path.
    package let socket: String
    let deadline: ContinuousClock.Instant?

    /// Lends a client for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - socket: the path of the daemon's socket.
    ///   - timeout: for everything that is asked together; nil: as long as it takes.
    ///   - body: asks.
    /// - Returns: what `body` does.
    /// - Throws: what `body` does.
    package static func with<Result>(
        socket: String,
        timeout: Duration? = nil,
        _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        // A daemon that is not there is told of at once; whoever wants to wait for it asks again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let deadline = timeout.map { ContinuousClock.now + $0 }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(ControlClient(http: http, socket: socket, deadline: deadline)))
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        return try result.get()
    }

    /// Reads a document.
    ///
    /// - Throws: `ControlFault`.
    package func get<Document: Decodable & Sendable>(
        _ path: String,
        _ parameters: KeyValuePairs<String, String?> = [:],
        as type: Document.Type = Document.self
    ) async throws -> Received<Document> {
        let bytes = try await whole(request(path, parameters, method: .GET))
        return Received(document: try Self.decode(bytes), bytes: bytes)
    }

    /// Reads a document, with a parameter that is given several times.
    ///
    /// - Throws: `ControlFault`.
    func get<Document: Decodable & Sendable>(
        _ path: String,
        repeating name: String,
        _ values: [String]
    ) async throws -> Received<Document> {
        let query = values.map { "\(name)=\(Self.encoded($0))" }.joined(separator: "&")
        let bytes = try await whole(request("\(path)?\(query)", [:], method: .GET))
        return Received(document: try Self.decode(bytes), bytes: bytes)
    }

    /// Reads a text that is no document.
    ///
    /// - Throws: `ControlFault`.
    package func text(_ path: String) async throws -> [UInt8] {
        try await whole(request(path, [:], method: .GET))
    }

    /// Sends a command.
    ///
    /// - Throws: `ControlFault`.
    package func post<Document: Decodable & Sendable>(
        _ path: String,
        _ command: (any Encodable)? = nil,
        idempotencyKey: String? = nil,
        accepting statuses: Set<Int> = [],
        as type: Document.Type = Document.self
    ) async throws -> Received<Document> {
        var request = try request(path, [:], method: .POST)
        if let command {
            request.body = .bytes(ByteBuffer(bytes: try ControlCoding.encode(command)))
            request.headers.add(name: "Content-Type", value: ControlPath.jsonType)
        }
        if let idempotencyKey { request.headers.add(name: ControlPath.idempotencyKeyHeader, value: idempotencyKey) }
        let bytes = try await whole(request, accepting: statuses)
        return Received(document: try Self.decode(bytes), bytes: bytes)
    }

    /// Hands over each event as the line that it came as, until there are no more.
    ///
    /// - Throws: `ControlFault`, also when the daemon goes away in between.
    package func events(
        after: Int64?,
        last: Int? = nil,
        follow: Bool,
        _ each: ([UInt8]) async throws -> Void
    ) async throws {
        let parameters: KeyValuePairs<String, String?> = [
            "after": after.map(String.init), "last": last.map(String.init), "follow": follow ? "true" : nil,
        ]
        let response = try await answer(request(ControlPath.events, parameters, method: .GET))
        guard response.status == .ok else { throw try await fault(of: response) }
        var line: [UInt8] = []
        do {
            for try await part in response.body {
                for byte in part.readableBytesView {
                    guard byte == UInt8(ascii: "\n") else {
                        line.append(byte)
                        continue
                    }
                    try await each(line)
                    line.removeAll(keepingCapacity: true)
                }
            }
        } catch let error as ControlFault {
            throw error
        } catch {
            throw reason(error)
        }
        // Half a line is a daemon that went away in the middle of it.
        guard line.isEmpty else { throw ControlFault(.notReached, "cannot read more events: the daemon went away") }
    }

    // MARK: - Implementation

    /// More than any answer has: the rows of one run, a few kilobytes each.
    private static let largest = 1 << 30

    private func request(
        _ path: String,
        _ parameters: KeyValuePairs<String, String?>,
        method: HTTPMethod
    ) throws -> HTTPClientRequest {
        let query = parameters.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }.joined(
            separator: "&"
        )
        guard let url = URL(httpURLWithSocketPath: socket, uri: query.isEmpty ? path : "\(path)?\(query)") else {
            throw ControlFault(.usage, "cannot reach the daemon: \(socket) is no path of a socket")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        return request
    }

    private func answer(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await http.execute(request, deadline: nioDeadline)
        } catch {
            throw reason(error)
        }
    }

    private func whole(_ request: HTTPClientRequest, accepting statuses: Set<Int> = []) async throws -> [UInt8] {
        let response = try await answer(request)
        guard response.status == .ok || statuses.contains(Int(response.status.code)) else {
            throw try await fault(of: response)
        }
        return try await body(of: response)
    }

    private func body(of response: HTTPClientResponse) async throws -> [UInt8] {
        do {
            return [UInt8](try await response.body.collect(upTo: Self.largest).readableBytesView)
        } catch {
            throw reason(error)
        }
    }

    private func fault(of response: HTTPClientResponse) async throws -> ControlFault {
        let bytes = try await body(of: response)
        // What is no document of ours is told by its status.
        guard let answer = try? ControlCoding.decode(ErrorAnswer.self, from: bytes) else {
            return ControlFault(
                .failed,
                "cannot read the daemon's answer: HTTP status \(response.status.code) without a document"
            )
        }
        let fault = answer.error.fault
        guard fault.code == .notFound, fault.message.hasPrefix(ControlPath.unknownPath) else { return fault }
        // The thing that is not found is no object but the operation: an older daemon.
        return ControlFault(
            .notSupported,
            "cannot ask this: the daemon does not know the operation yet",
            hint: "daemon and sequencectl are of different versions: see sequencectl version"
        )
    }

    private static func decode<Document: Decodable>(_ bytes: [UInt8]) throws -> Document {
        do {
            return try ControlCoding.decode(Document.self, from: bytes)
        } catch let fault as ControlFault {
            throw ControlFault(
                .failed,
                "cannot read the daemon's answer: \(fault.message)",
                hint: "daemon and sequencectl may be of different versions: see sequencectl version"
            )
        }
    }

    private var nioDeadline: NIODeadline {
        guard let deadline else { return .distantFuture }
        return .now() + TimeAmount(deadline - .now)
    }

    /// Everything but letters, digits and a few marks as `%XX`.
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
