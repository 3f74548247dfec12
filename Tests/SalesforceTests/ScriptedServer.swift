import Foundation
import Glibc
import Synchronization

/// What the client sent.
struct ReceivedRequest: Sendable {
    var method: String
    /// Path and query.
    var target: String
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]
    /// Counts from 1 over all connections.
    var number: Int

    var path: String { String(target.prefix { $0 != "?" }) }
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// What the server does with a request.
enum Reply: Sendable {
    case answer(Int, headers: [(String, String)], body: [UInt8])
    /// Closes without a byte.
    case drop
    /// Announces more than it sends, then closes.
    case truncated(Int, body: [UInt8], announced: Int)
    /// Sends nothing and keeps the line open until the client closes it.
    case silence

    static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Reply {
        .answer(status, headers: [("Content-Type", "application/json;charset=UTF-8")] + headers, body: Array(text.utf8))
    }

    static func csv(_ text: String, headers: [(String, String)] = []) -> Reply {
        .answer(200, headers: [("Content-Type", "text/csv")] + headers, body: Array(text.utf8))
    }

    static func xml(_ text: String, status: Int = 200) -> Reply {
        .answer(status, headers: [("Content-Type", "application/xml")], body: Array(text.utf8))
    }

    static func html(_ status: Int) -> Reply {
        .answer(
            status,
            headers: [("Content-Type", "text/html")],
            body: Array("<html><body>Down for <b>maintenance</body>".utf8)
        )
    }

    static let expired = Reply.json(
        #"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
        status: 401
    )
}

/// An HTTP/1.1 server on a free port of the loopback that does what a test's script says.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ReceivedRequest) -> Reply

    let address: String
    private let listener: Int32
    private let script: Script
    private let isStopped = Mutex(false)
    private let state = Mutex<(requests: [ReceivedRequest], connections: Set<Int32>)>(([], []))

    /// All requests so far, in the order in which they were read.
    var requests: [ReceivedRequest] { state.withLock { $0.requests } }

    init(_ script: @escaping Script) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let result = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0, listen(listener, 64) == 0 else { return Int32(-1) }
                return getsockname(listener, generic, &length)
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    }

    func start() {
        Thread.detachNewThread {
            while true {
                let connection = accept(self.listener, nil, nil)
                guard connection >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    // Closed by the thread that uses it: its number may be another server's a moment later.
                    close(self.listener)
                    return
                }
                self.state.withLock { _ = $0.connections.insert(connection) }
                Thread.detachNewThread {
                    self.serve(connection)
                    self.state.withLock { _ = $0.connections.remove(connection) }
                    close(connection)
                }
            }
        }
    }

    func stop() {
        // Once: after that the socket's number may be another server's.
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        // Wakes the accepting thread, which finds nothing more to accept.
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    // MARK: - Implementation

    private func serve(_ connection: Int32) {
        var reader = ConnectionReader(connection: connection)
        while var request = reader.request() {
            let received = state.withLock { state in
                request.number = state.requests.count + 1
                state.requests.append(request)
                return request
            }
            switch script(received) {
            case .answer(let status, let headers, let body):
                guard write(head(status, headers, length: body.count) + body, to: connection) else { return }
            case .truncated(let status, let body, let announced):
                _ = write(head(status, [], length: announced) + body, to: connection)
                return
            case .drop: return
            case .silence:
                _ = reader.request()
                return
            }
        }
    }

    private func head(_ status: Int, _ headers: [(String, String)], length: Int) -> [UInt8] {
        var head = "HTTP/1.1 \(status) Scripted\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if status != 204, status != 304 { head += "Content-Length: \(length)\r\n" }
        return Array((head + "\r\n").utf8)
    }

    private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = send(
                    connection,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}

/// Reads requests off a connection: heads, and bodies of a known length or in chunks.
private struct ConnectionReader {
    let connection: Int32
    private var pending: [UInt8] = []

    init(connection: Int32) {
        self.connection = connection
    }

    mutating func request() -> ReceivedRequest? {
        guard let first = line() else { return nil }
        let words = first.split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        while let header = line(), !header.isEmpty {
            let parts = header.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
        }
        var body: [UInt8] = []
        if headers["transfer-encoding"] == "chunked" {
            while let size = line().flatMap({ Int($0, radix: 16) }) {
                guard let chunk = bytes(size) else { return nil }
                body += chunk
                _ = line()
                if size == 0 { break }
            }
        } else if let length = headers["content-length"].flatMap(Int.init) {
            guard let whole = bytes(length) else { return nil }
            body = whole
        }
        return ReceivedRequest(
            method: String(words[0]),
            target: String(words[1]),
            headers: headers,
            body: body,
            number: 0
        )
    }

    private mutating func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                var text = String(decoding: pending[..<end], as: UTF8.self)
                if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
                pending.removeSubrange(...end)
                return text
            }
            guard fill() else { return nil }
        }
    }

    private mutating func bytes(_ count: Int) -> [UInt8]? {
        while pending.count < count {
            guard fill() else { return nil }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private mutating func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending.append(contentsOf: buffer[..<count])
        return true
    }
}
