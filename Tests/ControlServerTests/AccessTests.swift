import ControlClient
import ControlProtocol
import ControlServer
import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

@Suite struct `Access` {
    private static let rules = AccessRules(ownUser: 990, viewers: [10], operators: [20], admins: [30])

    @Test(
        arguments: [
            (Peer(uid: 0, gid: 0), Role.admin), (Peer(uid: 990, gid: 1), .admin),
            (Peer(uid: 5, gid: 5, groups: [30]), .admin),
            (Peer(uid: 5, gid: 20), .operator), (Peer(uid: 5, gid: 5, groups: [10, 20]), .operator),
            (Peer(uid: 5, gid: 10), .viewer),
            (Peer(uid: 5, gid: 5), nil), (Peer(uid: 65_534, gid: 65_534), nil),
        ] as [(Peer, Role?)]
    )
    func `is by user and groups`(peer: Peer, role: Role?) {
        #expect(Self.rules.role(of: peer) == role)
    }

    /// Every path, by every role.
    @Test(arguments: [Role?.none, .viewer, .operator, .admin])
    func `reaches as far as the role, on every path`(role: Role?) async throws {
        let peer: Peer =
            switch role {
            case nil: Peer(uid: 5, gid: 5)
            case .viewer: Peer(uid: 5, gid: 10)
            case .operator: Peer(uid: 5, gid: 20)
            case .admin: Peer(uid: 5, gid: 30)
            }
        let reading = [
            "status", "sequences", "syncs", "runs", "schedules", "windows", "destinations", "show", "plan", "rejected",
            "rejected/causes",
            "explain",
            "requests", "why", "windows/test", "limits", "inspect", "doctor", "check", "definitions", "events",
            "metrics",
        ]
        let operating = [
            "start", "stop", "pause", "resume", "retry", "approve", "adopt", "resolve", "windows/add", "windows/end",
        ]
        let administering = [
            "reload", "login", "login/finish", "logout", "state/backup", "state/restore", "state/verify",
            "state/forget",
        ]
        let all =
            reading.map { ("GET", $0, Role.viewer) } + operating.map { ("POST", $0, .operator) }
            + administering.map { ("POST", $0, .admin) }
        try await withServed(rules: Self.rules, as: peer) { (socket: String) async throws in
            for (method, path, least) in all {
                let connection = try await RawConnection(socket)
                connection.send(
                    "\(method) /v1/\(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                )
                let answer = try await connection.receive()
                connection.close()
                let isDenied = answer.hasPrefix("HTTP/1.1 403 ")
                let mayNot = role.map { $0 < least } ?? true
                #expect(isDenied == mayNot, "\(method) \(path) as \(role?.rawValue ?? "nobody"): \(answer.prefix(60))")
                #expect(!answer.isEmpty)
            }
        }
    }

    @Test func `of somebody without a role shows that the daemon is there, and not which paths there are`() async throws
    {
        try await withServed(rules: Self.rules, as: Peer(uid: 5, gid: 5)) { (socket: String) async throws in
            for (path, status) in [
                ("/v1/health", 200), ("/v1/version", 200), ("/v1/status", 403), ("/v1/nothing", 403),
            ] {
                let connection = try await RawConnection(socket)
                connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(try await connection.receive().hasPrefix("HTTP/1.1 \(status) "))
                connection.close()
            }
        }
    }

    @Test func `is what the kernel says of the caller`() async throws {
        let daemon = FakeDaemon()
        try await withServed(daemon) { (socket: String) async throws in
            try await ControlClient.with(socket: socket) {
                _ = try await $0.start(StartCommand(target: "crm"), idempotencyKey: "k")
            }
        }
        let caller = try #require(daemon.state.withLock { $0.started.first?.caller })
        #expect(caller.uid == geteuid())
        #expect(caller.role == .admin)
        #expect(!caller.name.isEmpty)
    }

    @Test func `of another user is by that user's groups`() async throws {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"),
            FileManager.default.isExecutableFile(atPath: "/usr/bin/curl")
        else {
            print("not root, or no setpriv and curl: nobody else can connect")
            return
        }
        try await withServed(rules: AccessRules(ownUser: 0, operators: [4_321])) { (socket: String) async throws in
            chmod((socket as NSString).deletingLastPathComponent, 0o755)
            chmod(socket, 0o666)
            func code(groups: [String]) async throws -> String {
                try await ProgramRunner(path: "/usr/bin/setpriv").run(
                    ["--reuid=65534", "--regid=65534"] + groups + [
                        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", socket, "-d",
                        #"{"target":"crm"}"#, "http://x/v1/start",
                    ]
                ).output
            }
            #expect(try await code(groups: ["--clear-groups"]) == "403")
            #expect(try await code(groups: ["--groups=4321"]) == "200")
        }
    }
}

@Suite struct `The bound on connections` {
    private func fault(_ socket: String) async throws -> String {
        let connection = try await RawConnection(socket)
        defer { connection.close() }
        connection.send("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return try await connection.receive()
    }

    @Test func `of one user is told, and frees when one goes`() async throws {
        var bounds = ConnectionBounds()
        bounds.ofOneUser = 2
        try await withServed(bounds: bounds) { (socket: String) async throws in
            let (first, second) = (try await RawConnection(socket), try await RawConnection(socket))
            for connection in [first, second] {
                connection.send("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await connection.receive(until: "}")
            }
            let refused = try await fault(socket)
            #expect(refused.hasPrefix("HTTP/1.1 429 "))
            #expect(refused.contains("2 connections of this user"))
            first.close()
            let deadline = ContinuousClock.now + .seconds(10)
            var answer = ""
            repeat { answer = try await fault(socket) } while !answer.hasPrefix("HTTP/1.1 200") && .now < deadline
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            second.close()
        }
    }

    @Test func `in all holds whoever comes, and a crowd does not take the daemon down`() async throws {
        var bounds = ConnectionBounds()
        bounds.all = 4
        bounds.ofOneUser = 4
        try await withServed(bounds: bounds) { (socket: String) async throws in
            var crowd: [RawConnection] = []
            for _ in 0..<100 { crowd.append(try await RawConnection(socket)) }
            for connection in crowd { connection.close() }
            let deadline = ContinuousClock.now + .seconds(10)
            var answer = ""
            repeat { answer = try await fault(socket) } while !answer.hasPrefix("HTTP/1.1 200") && .now < deadline
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }
}
