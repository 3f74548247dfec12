import Foundation
import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `Signing in at an org` {
    @Test func `with client credentials gives ids of 18 characters`() async throws {
        try await EmulatedOrg.with { org in
            let identity = try await org.client.identity()
            #expect(identity.orgID.count == 18 && identity.orgID.hasPrefix("00D"))
            #expect(identity.userID.count == 18 && identity.userID.hasPrefix("005"))
            #expect(identity.instanceURL == org.address)
        }
    }

    @Test func `with a key that the app knows is accepted`() async throws {
        var options = EmulatorOptions()
        options.jwtCertificates = [ContractKey.publicPEM]
        try await EmulatedOrg.with(options) { configuration in
            configuration.grant = .jwtBearer(
                clientID: "emulator-client",
                username: "admin@example.com",
                privateKeyPEM: ContractKey.privatePEM
            )
        } _: { org in
            let identity = try await org.client.identity()
            #expect(identity.userID.hasPrefix("005"))
            let limits = try await org.client.limits()
            #expect(limits["DailyApiRequests"] != nil)
        }
    }

    @Test func `with a key that the app does not know is refused`() async throws {
        try await EmulatedOrg.with { configuration in
            configuration.grant = .jwtBearer(
                clientID: "emulator-client",
                username: "admin@example.com",
                privateKeyPEM: ContractKey.privatePEM
            )
        } _: { org in
            let error = try await #require(throws: SalesforceError.self) { try await org.client.identity() }
            #expect(error.kind == .authentication && error.code == "invalid_grant")
        }
    }

    @Test func `with a wrong secret is refused`() async throws {
        try await EmulatedOrg.with { configuration in
            configuration.grant = .clientCredentials(clientID: "emulator-client", clientSecret: "nonsense")
        } _: { org in
            let error = try await #require(throws: SalesforceError.self) { try await org.client.identity() }
            #expect(error.kind == .authentication && error.code == "invalid_client")
        }
    }

    @Test func `happens again, once, when the sessions have ended`() async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.identity()
            try await org.admin("POST", "sessions/expire")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = try await org.client.limits() } }
                try await group.waitForAll()
            }
            #expect(org.records.all.count { $0.path == "/services/oauth2/token" } == 2)
        }
    }

    @Test func `over TLS needs the authority that the configuration names`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sequenced-contract-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over scratch folder is no failure
        var options = EmulatorOptions()
        options.usesTLS = true
        let file = folder.appending(path: "ca.pem").path
        options.caFile = file
        try await EmulatedOrg.with(options) { configuration in
            configuration.caFile = file
        } _: { org in
            #expect(org.address.hasPrefix("https://"))
            let identity = try await org.client.identity()
            #expect(identity.instanceURL.hasPrefix("https://"))
        }
        try await EmulatedOrg.with(options) { configuration in
            configuration.retryFor = .zero
        } _: { org in
            let error = try await #require(throws: SalesforceError.self) { try await org.client.identity() }
            #expect(error.code == SalesforceError.Code.tlsFailed && error.wasSent == .no)
        }
    }
}
