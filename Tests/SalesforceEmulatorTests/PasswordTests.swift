import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A user's password` {
    private static let path = "\(OrgClient.data)/sobjects/User"

    private func signsIn(_ client: OrgClient, _ password: String) async throws -> Bool {
        let reply = try await client.form(
            "/services/oauth2/token",
            [
                "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                "username": "admin@example.com", "password": password,
            ]
        )
        return reply.status == 200
    }

    @Test func `is set, and made anew`() async throws {
        try await withOrg { client in
            let user = try await client.query("SELECT Id FROM User").json.at("records.0.Id").string ?? "none"
            let path = "\(Self.path)/\(user)/password"
            #expect(try await client.get(path).json == .members(["isExpired": .bool(false)]))
            let set = try await client.send(.POST, path, #"{"NewPassword":"another1"}"#)
            #expect(set.status == 204, "\(set.text)")
            #expect(try await signsIn(client, "another1token"))
            #expect(try await !signsIn(client, "passwordtoken"))
            let made = try await client.call(.DELETE, path).json["NewPassword"]?.string ?? "none"
            #expect(try await signsIn(client, "\(made)token"))
            #expect(
                try await client.send(.POST, path, #"{"NewPassword":"x"}"#).json.at("0.errorCode")
                    == .string("INVALID_NEW_PASSWORD")
            )
            #expect(try await client.send(.POST, path, "{}").status == 400)
            #expect(try await client.get("\(Self.path)/0055g0000000099AAA/password").status == 404)
        }
    }
}
