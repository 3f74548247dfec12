import Glibc
import NIOHTTP1
import Testing

@testable import SalesforceEmulator

/// A connection of bytes to an emulator.
private struct PlainConnection {
    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(outcome == 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ text: String) {
        var bytes = Array(text.utf8)
        _ = Glibc.send(socket, &bytes, bytes.count, 0)
    }

    /// What arrives up to and with `end`.
    func read(until end: String) -> String {
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !String(decoding: out, as: UTF8.self).contains(end) {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 { break }
            out += buffer[..<count]
        }
        return String(decoding: out, as: UTF8.self)
    }

    func end() { close(socket) }
}

@Suite struct `A client that waits before it sends its body` {
    @Test func `is told to go on, and then answered`() async throws {
        try await withEmulator { address in
            let connection = try PlainConnection(port: address.port)
            defer { connection.end() }
            let body = "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"
            connection.send(
                "POST /services/oauth2/token HTTP/1.1\r\nHost: \(address.host)\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send(body)
            let answer = connection.read(until: "}")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer)")
            #expect(answer.contains("access_token"))
        }
    }
}

@Suite struct `The list of jobs` {
    @Test func `comes a thousand at a time, of the kind that is asked`() async throws {
        try await withOrg("limits: { DailyApiRequests: 100000 }") { client in
            let jobs = "\(OrgClient.data)/jobs/ingest"
            for _ in 0..<1_001 {
                _ = try await client.send(.POST, jobs, #"{"object":"Account","operation":"insert"}"#)
            }
            let classic = try await client.openJob("insert", "Account", "CSV")
            let first = try await client.get("\(jobs)?jobType=V2Ingest").json
            #expect(first["done"] == .bool(false))
            #expect(first["records"]?.array?.count == 1_000)
            let next = try await client.get(try #require(first["nextRecordsUrl"]?.string)).json
            #expect(next["done"] == .bool(true))
            #expect(next["nextRecordsUrl"] == .null)
            let old = try await client.get("\(jobs)?jobType=Classic").json
            #expect(old["records"]?.array?.compactMap { $0["id"]?.string } == [classic])
            #expect(try await client.get("\(jobs)?isPkChunkingEnabled=true").json["records"] == .array([]))
        }
    }
}
