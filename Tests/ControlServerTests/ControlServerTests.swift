import ControlClient
import ControlProtocol
import ControlServer
import Foundation
import Glibc
import Logging
import Synchronization
import TestKit
import Testing

@Suite struct `The control server` {
    private func ask(_ socket: String, _ request: String) async throws -> String {
        let connection = try await RawConnection(socket)
        defer { connection.close() }
        connection.send(request)
        return try await connection.receive()
    }

    private func get(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    }

    private func post(_ path: String, _ body: String, headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `answers a document, with type, length and its own version`() async throws {
        try await withServed { (socket: String) async throws in
            let answer = try await ask(socket, get("/v1/status?name=crm"))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.lowercased().contains("content-type: application/json\r\n"))
            #expect(answer.lowercased().contains("server: sequenced/0.0.0\r\n"))
            #expect(answer.httpBody.contains(#""name":"crm","next":"2026-03-02T02:30:00Z""#))
            #expect(!answer.contains("nightly"))
        }
    }

    @Test(arguments: [
        ("/v1/nothing", 404, "there is no path /v1/nothing"),
        ("/v1/status/", 404, "there is no path"),
        ("/", 404, "there is no path"),
        ("/v1/status?nam=crm", 400, "`nam`"),
        ("/v1/status?name=crn", 404, "did you mean `crm`"),
        ("/v1/status?name=%zz", 400, "hexadecimal"),
        ("/v1/status?name=%ff", 400, "UTF-8"),
        ("/v1/status?name=%", 400, "hexadecimal"),
        ("/v1/runs?limit=0", 400, "from 1 to 10000"),
        ("/v1/runs?limit=x", 400, "from 1 to 10000"),
        ("/v1/runs?limit=99999999999999999999", 400, "from 1 to 10000"),
        ("/v1/runs?limit=1&limit=2", 400, "given 2 times"),
        ("/v1/events?follow=maybe", 400, "neither true nor false"),
        ("/v1/events?after=-1", 400, "`after`"),
        ("/v1/show", 400, "`target` is missing"),
        ("/v1/show?target=", 400, "`target` is missing"),
        ("/v1/start", 405, "it is for POST"),
        ("/v1/limits", 501, "does not support `limits`"),
        ("/v1/plan?target=x", 500, "cannot read source warehouse: connection refused"),
        ("/v1/health", 200, #""healthy":true"#),
        ("/v1/version", 200, #""version":"0.0.0""#),
    ])
    func `says what is wrong with a request`(path: String, status: Int, says: String) async throws {
        try await withServed { (socket: String) async throws in
            let answer = try await ask(socket, get(path))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.httpBody.contains(says), "\(answer.httpBody)")
            if status >= 400 { _ = try ControlCoding.decode(ErrorAnswer.self, from: Array(answer.httpBody.utf8)) }
        }
    }

    @Test(arguments: [
        "{", "[]", "null", "{\"target\":1}", "{\"targt\":\"crm\"}", "", "\u{0}", "{\"target\":\"crm\"}x",
        String(repeating: "[", count: 100_000),
    ])
    func `refuses a body that is no command`(body: String) async throws {
        let daemon = FakeDaemon()
        try await withServed(daemon) { (socket: String) async throws in
            let answer = try await ask(socket, post("/v1/start", body))
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        }
        #expect(daemon.state.withLock { $0.started.isEmpty })
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "\r\n\r\n\r\n",
        "GET /v1/health HTTP/9.9\r\n\r\n",
        "GET /v1/health HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        "POST /v1/start HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "GET /v1/health HTTP/1.1\r\nA: \(String(repeating: "x", count: 100_000))\r\n\r\n",
        "GET /v1/health HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 5_000) + "\r\n",
    ])
    func `survives what is not HTTP`(request: String) async throws {
        try await withServed { (socket: String) async throws in
            let connection = try await RawConnection(socket)
            connection.send(request)
            shutdown(connection.descriptor, Int32(SHUT_WR))
            let answer = try await connection.receive()
            connection.close()
            #expect(!answer.hasPrefix("HTTP/1.1 200") && !answer.hasPrefix("HTTP/1.1 5"), "\(answer)")
            #expect(try await ask(socket, get("/v1/health")).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `refuses a body that is too large, and closes`() async throws {
        try await withServed { (socket: String) async throws in
            let body = "{\"target\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            let connection = try await RawConnection(socket)
            defer { connection.close() }
            // From a thread: more than the socket takes at once.
            async let answer = connection.receive()
            await Task.detached { connection.send(post("/v1/start", body)) }.value
            let text = try await answer
            #expect(text.hasPrefix("HTTP/1.1 413 "), "\(text.prefix(200))")
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test func `takes requests one after the other on one connection`() async throws {
        try await withServed { (socket: String) async throws in
            let connection = try await RawConnection(socket)
            defer { connection.close() }
            for _ in 0..<3 {
                connection.send("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.receive(until: "}").contains("200 OK"))
            }
        }
    }

    @Test func `has no patience with slow heads and slow bodies`() async throws {
        var bounds = ConnectionBounds()
        bounds.patience = .milliseconds(200)
        try await withServed(bounds: bounds) { (socket: String) async throws in
            let silent = try await RawConnection(socket)
            #expect(try await silent.receive() == "")
            silent.close()
            let slowHead = try await RawConnection(socket)
            slowHead.send("GET /v1/health HTTP/1.1\r\nHost:")
            let refused = try await slowHead.receive()
            #expect(!refused.contains("200"))
            slowHead.close()
            let slowBody = try await RawConnection(socket)
            slowBody.send("POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            let answer = try await slowBody.receive()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
            slowBody.close()
        }
    }

    @Test func `journals a change with who asked for it and what came of it`() async throws {
        let log = KeptLog()
        try await withServed(log: log) { (socket: String) async throws in
            _ = try await ask(socket, get("/v1/status"))
            _ = try await ask(socket, post("/v1/pause", #"{"sequence":"crm","reason":"r"}"#))
            _ = try await ask(socket, post("/v1/stop", #"{"target":"crm"}"#))
        }
        let kept = log.entries.kept.withLock { $0 }
        let changes = kept.map { "\($0["sequenced.verb"] ?? "") \($0["sequenced.outcome"] ?? "")" }
        #expect(changes == ["pause done", "stop refused"])
        #expect(kept.allSatisfy { $0["sequenced.peer_uid"] == "\(geteuid())" })
    }

    @Test func `hands the idempotency key on, and refuses an empty one`() async throws {
        let daemon = FakeDaemon()
        try await withServed(daemon) { (socket: String) async throws in
            _ = try await ask(socket, post("/v1/start", #"{"target":"crm"}"#, headers: "Idempotency-Key: k1\r\n"))
            #expect(
                try await ask(socket, post("/v1/start", #"{"target":"crm"}"#, headers: "Idempotency-Key: \r\n"))
                    .hasPrefix("HTTP/1.1 400")
            )
        }
        #expect(daemon.state.withLock { $0.started.map(\.key) } == ["k1"])
    }

    @Test func `answers 422 with all faults when a reload is refused`() async throws {
        let daemon = FakeDaemon()
        daemon.state.withLock {
            $0.reloadFaults = [FaultReport(file: "a.yaml", line: 1, column: 2, key: "k", message: "m", suggestion: nil)]
        }
        try await withServed(daemon) { (socket: String) async throws in
            let answer = try await ask(socket, post("/v1/reload", ""))
            #expect(answer.hasPrefix("HTTP/1.1 422 "))
            #expect(answer.httpBody.contains(#""code":"definitions-invalid""#))
            #expect(answer.httpBody.contains(#""file":"a.yaml""#))
        }
    }

    @Test func `takes its socket away when it ends`() async throws {
        let path = try await withServed { $0 }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
