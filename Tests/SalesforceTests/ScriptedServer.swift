import Foundation
import Glibc
import Synchronization
import TestKit

/// What the client sent.
struct ReceivedRequest: Sendable {
    var request: LoopbackRequest
    /// Counts from 1 over all connections.
    var number: Int

    var method: String { request.method }
    var target: String { request.target }
    var headers: [String: String] { request.headers }
    var body: [UInt8] { request.body }
    var path: String { request.path }
    var text: String { request.text }
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

    var address: String { listener.address }
    private let listener: LoopbackListener
    private let script: Script
    private let isStopped = Mutex(false)
    private let state = Mutex<(requests: [ReceivedRequest], connections: Set<Int32>)>(([], []))

    /// All requests so far, in the order in which they were read.
    var requests: [ReceivedRequest] { state.withLock { $0.requests } }

    init(_ script: @escaping Script) throws {
        self.script = script
        listener = try LoopbackListener()
    }

    func start() {
        Thread.detachNewThread {
            self.listener.serve { connection in
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
        listener.stop()
        state.withLock { state in
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    // MARK: - Implementation

    private func serve(_ connection: Int32) {
        var reader = LoopbackRequestReader(connection: connection)
        while let request = reader.next() {
            let received = state.withLock { state in
                let received = ReceivedRequest(request: request, number: state.requests.count + 1)
                state.requests.append(received)
                return received
            }
            switch script(received) {
            case .answer(let status, let headers, let body):
                guard write(head(status, headers, length: body.count) + body, to: connection) else { return }
            case .truncated(let status, let body, let announced):
                _ = write(head(status, [], length: announced) + body, to: connection)
                return
            case .drop: return
            case .silence:
                _ = reader.next()
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
