import ControlClient
import ControlProtocol
import ControlServer
import Foundation
import Synchronization
import Testing

@Suite struct `The event stream` {
    private func daemon() -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.state.withLock { state in
            state.events = (1...5).map {
                EventReport(number: $0, time: "2026-03-01T00:00:0\($0)Z", kind: "run", message: "event \($0)")
            }
        }
        return daemon
    }

    @Test func `goes on behind a number`() async throws {
        try await withServed(daemon()) { (socket: String) async throws in
            let numbers = Mutex<[Int64]>([])
            try await ControlClient.with(socket: socket) { client in
                try await client.events(after: 3, follow: false) { line in
                    let event = try ControlCoding.decode(EventReport.self, from: line)
                    numbers.withLock { $0.append(event.number) }
                }
            }
            #expect(numbers.withLock { $0 } == [4, 5])
        }
    }

    @Test func `ends when its reader has gone`() async throws {
        let daemon = daemon()
        try await withServed(daemon) { (socket: String) async throws in
            let connection = try await RawConnection(socket)
            connection.send("GET /v1/events?follow HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.receive(until: "event 5").contains("application/x-ndjson"))
            connection.close()
            let deadline = ContinuousClock.now + .seconds(10)
            while daemon.state.withLock({ $0.streams }) > 0, .now < deadline { await Task.yield() }
            #expect(daemon.state.withLock { $0.streams } == 0)
        }
    }

    @Test func `ends when the server does`() async throws {
        let connection = try await withServed(daemon()) { (socket: String) async throws in
            let connection = try await RawConnection(socket)
            connection.send("GET /v1/events?follow=true HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await connection.receive(until: "event 5")
            return connection
        }
        // Had the stream not ended, the server would still run.
        _ = try await connection.receive()
        connection.close()
    }
}
