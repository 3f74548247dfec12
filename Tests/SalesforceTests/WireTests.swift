import Foundation
import Testing

@testable import Salesforce

@Suite struct `An answer` {
    /// The limits of an org with one limit, as gzip has them.
    private static let compressed: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x72, 0x49, 0xCC, 0xCC,
        0xA9, 0x74, 0x2C, 0xC8, 0x0C, 0x4A, 0x2D, 0x2C, 0x4D, 0x2D, 0x2E, 0x29, 0x56, 0xB2, 0xAA, 0x56,
        0xF2, 0x4D, 0xAC, 0x50, 0xB2, 0x32, 0x34, 0x35, 0x30, 0x30, 0xD0, 0x51, 0x0A, 0x4A, 0xCD, 0x4D,
        0xCC, 0xCC, 0xCB, 0xCC, 0x4B, 0x07, 0x8A, 0x98, 0x58, 0x1A, 0x9B, 0xD7, 0xD6, 0x02, 0x00, 0x8A,
        0x38, 0x4E, 0xB1, 0x34, 0x00, 0x00, 0x00,
    ]

    private static func gzip(_ bytes: [UInt8]) -> Reply {
        .answer(200, headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], body: bytes)
    }

    @Test func `may be compressed`() async throws {
        try await ClientFixture.with { _ in
            Self.gzip(Self.compressed)
        } body: { fixture in
            let limits = try await fixture.client.limits()
            #expect(limits == ["DailyApiRequests": OrgLimit(max: 15_000, remaining: 14_937)])
        }
    }

    @Test(arguments: [Array(compressed.dropLast(20)), Array(compressed.reversed()), [], [0x1F, 0x8B]])
    func `that is compressed and broken is an error`(bytes: [UInt8]) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            Self.gzip(bytes)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.wasSent == .unknown && error.isWorthRetrying)
        }
    }

    @Test func `that is longer than it can be is not read on, nor asked for again`() async throws {
        let endless = Array(repeating: UInt8(ascii: " "), count: 17 << 20)
        try await ClientFixture.with { _ in
            .answer(200, headers: [], body: endless)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.code == SalesforceError.Code.answerTooLarge)
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test func `that points elsewhere is not followed`() async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .answer(302, headers: [("Location", "http://127.0.0.1:9/steal")], body: [])
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.limits() }
            #expect(error.status == 302 && error.kind == .malformedAnswer)
        }
    }
}

@Suite struct `A proxy` {
    @Test func `is what the client talks to, with its password`() async throws {
        let proxy = try ScriptedServer { request in
            request.target.contains("/services/oauth2/token")
                ? .json(ClientFixture.tokenAnswer(1, at: "http://127.0.0.1:1")) : .json("{}")
        }
        proxy.start()
        defer { proxy.stop() }
        let client = try SalesforceClient(
            SalesforceConfiguration(
                loginURL: "http://127.0.0.1:1",
                grant: .clientCredentials(clientID: "a", clientSecret: "b"),
                proxy: proxy.address.replacing("http://", with: "http://me:pass@")
            )
        )
        let result: [String: OrgLimit]
        do {
            result = try await client.limits()
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        #expect(result == [:])
        // A tunnel: what goes through it is for Salesforce alone.
        #expect(proxy.requests.map(\.method) == ["CONNECT", "POST", "GET"])
        #expect(proxy.requests[0].target == "127.0.0.1:1")
        #expect(proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6cGFzcw==")
        #expect(proxy.requests[2].headers["proxy-authorization"] == nil)
    }

    @Test(arguments: ["proxy:3128", "socks5://127.0.0.1:1080", "https://proxy:3128", ""])
    func `that is none is refused`(text: String) throws {
        let error = try #require(throws: SalesforceError.self) {
            _ = try SalesforceClient(
                SalesforceConfiguration(
                    loginURL: "https://login.salesforce.com",
                    grant: .clientCredentials(clientID: "a", clientSecret: "b"),
                    proxy: text
                )
            )
        }
        #expect(error.kind == .refusedHere && error.message.contains("proxy"))
    }
}
