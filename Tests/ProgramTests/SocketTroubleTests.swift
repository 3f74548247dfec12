import Foundation
import Glibc
import TestKit
import Testing

/// The real daemon's socket, and people who do not behave; a run goes on beside them.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Strangers on the control socket` {
    /// A connection that says what it is told to.
    private func connection(_ path: String) -> Int32 {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
            0
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return descriptor
    }

    private func send(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    @Test func `a thousand of them do not disturb a run, and all is well when they have gone`() async throws {
        let crm = try CRM(accounts: 50, contacts: 200)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                // From here on the daemon works, whoever knocks.
                let started = try await crm.ctl("start", "crm")
                #expect(started.exitCode == 0, "\(started)")
                let crowd = (0..<1_000).map { _ in connection(crm.socket) }
                for (index, one) in crowd.enumerated() where index % 2 == 0 { send("GET /v1/status HT", to: one) }
                for one in crowd { close(one) }
                // The daemon hears of each end in its turn, and has no place for another caller of theirs before.
                let deadline = ContinuousClock.now + .seconds(20)
                while try await crm.ctl("status").exitCode == 75, ContinuousClock.now < deadline {}
                #expect(try await crm.endOfTheOnlyRun().state == "succeeded")
                #expect(try await crm.isHeld(by: org, accounts: 50, contacts: 200) == [])
                #expect(try await crm.ctl("status").exitCode == 0)
            }
        }
    }

    @Test func `those who hold every connection are told apart from a daemon that is away`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try await crm.withDaemon { _ in
            let crowd = (0..<128).map { _ in connection(crm.socket) }
            for one in crowd { send("GET /v1/events?follow HTTP/1.1\r\nHost: x\r\n\r\n", to: one) }
            let deadline = ContinuousClock.now + .seconds(20)
            var ending = try await crm.ctl("status", "--timeout", "5s")
            while ending.exitCode != 75, ContinuousClock.now < deadline {
                ending = try await crm.ctl("status", "--timeout", "5s")
            }
            #expect(ending.exitCode == 75, "\(ending)")
            #expect(ending.errors.contains("128 connections of this user"), "\(ending.errors)")
            for one in crowd { close(one) }
            while try await crm.ctl("status").exitCode != 0, ContinuousClock.now < deadline {}
            #expect(try await crm.ctl("status").exitCode == 0)
        }
    }

    @Test func `half a request, a huge body and nonsense leave the next caller alone`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try await crm.withDaemon { _ in
            let strange = [
                "GET /v1/sta", "POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{",
                "\u{0}\u{1}\u{2}",
                "POST /v1/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nx",
            ]
            let open = strange.map { text in
                let one = connection(crm.socket)
                send(text, to: one)
                return one
            }
            let status = try await crm.ctl("status")
            #expect(status.exitCode == 0, "\(status)")
            for one in open { close(one) }
            let runs = try await crm.ctl("list", "runs")
            #expect(runs.output.contains("0 runs"), "\(runs)")
        }
    }
}
