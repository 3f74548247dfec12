import Foundation
import Glibc
import TestKit
import Testing

/// A daemon of another version: one answer to whatever it is asked.
private func withOtherDaemon<Result: Sendable>(
    _ status: String,
    _ document: String,
    _ body: @Sendable (String) async throws -> Result
) async throws -> Result {
    try await withScratchFolder { folder in
        let path = folder.path("control.sock")
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0 && listen(listener, 8) == 0)
        let answer =
            "HTTP/1.1 \(status)\r\nServer: sequenced/9.9.9\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(document.utf8.count)\r\nConnection: close\r\n\r\n\(document)"
        Thread {
            while true {
                let guest = accept(listener, nil, nil)
                guard guest >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                _ = read(guest, &buffer, buffer.count)
                let bytes = Array(answer.utf8)
                _ = send(guest, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(guest)
            }
        }.start()
        defer {
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }
        return try await body(path)
    }
}

@Suite struct `sequencectl and a daemon of another version` {
    private func run(_ socket: String, _ arguments: String...) async throws -> ProgramRunner.Ending {
        try await ProgramRunner(product: "sequencectl").run(["--socket", socket] + arguments)
    }

    @Test func `say so when the daemon does not know the operation yet`() async throws {
        let document = """
            {"schema":1,"error":{"code":"not-found","message":"cannot answer: there is no path /v1/why","hint":null}}
            """
        try await withOtherDaemon("404 Not Found", document) { socket in
            let ending = try await run(socket, "why", "crm")
            #expect(ending.exitCode == 69, "\(ending)")
            #expect(ending.errors.contains("does not know"), "\(ending.errors)")
            #expect(ending.errors.contains("sequencectl version"), "\(ending.errors)")
        }
    }

    @Test func `take a code of error that is new for a failure, with its words`() async throws {
        let document = #"{"schema":1,"error":{"code":"moon-phase","message":"cannot start: full moon","hint":"wait"}}"#
        try await withOtherDaemon("418 No", document) { socket in
            let ending = try await run(socket, "list", "syncs")
            #expect(ending.exitCode == 1, "\(ending)")
            #expect(ending.errors.contains("cannot start: full moon"), "\(ending.errors)")
        }
    }

    @Test func `take keys that are new as they are, and hand them on`() async throws {
        try await withOtherDaemon("200 OK", #"{"schema":1,"syncs":[],"moon":"full"}"#) { socket in
            #expect(try await run(socket, "list", "syncs").exitCode == 0)
            let ending = try await run(socket, "list", "syncs", "--output", "json")
            #expect(ending.output.contains(#""moon""#), "\(ending)")
        }
    }

    @Test func `say that they do not understand each other, and do not crash`() async throws {
        for document in [#"{"schema":1}"#, "[]", "", "<html>", #"{"schema":1,"syncs":{}}"#] {
            try await withOtherDaemon("200 OK", document) { socket in
                let ending = try await run(socket, "list", "syncs")
                #expect(ending.exitCode == 1, "\(document): \(ending)")
                #expect(ending.errors.contains("of different versions"), "\(ending.errors)")
            }
        }
    }
}
