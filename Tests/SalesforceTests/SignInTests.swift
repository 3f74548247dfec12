import CivilTime
import JWTKit
import Testing

@testable import Salesforce

@Suite struct `Signing in` {
    @Test func `with client credentials gives the org, the user and the instance`() async throws {
        try await ClientFixture.withSignIn { request, address in
            .json(ClientFixture.tokenAnswer(1, at: address))
        } body: { fixture in
            let identity = try await fixture.client.identity()
            #expect(identity.orgID == ClientFixture.orgID)
            #expect(identity.userID == ClientFixture.userID)
            #expect(identity.instanceURL == fixture.server.address)
            let request = try #require(fixture.server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/services/oauth2/token")
            #expect(request.text == "grant_type=client_credentials")
            #expect(request.headers["authorization"] == "Basic YXBwOnMzY3JldA==")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        }
    }

    @Test func `with a key sends an assertion signed by it, good for at most three whole minutes`() async throws {
        let grant = SalesforceConfiguration.Grant.jwtBearer(
            clientID: "app",
            username: "sync@acme.example",
            privateKeyPEM: TestKey.pem
        )
        try await ClientFixture.withSignIn(grant: grant) { request, address in
            .json(ClientFixture.tokenAnswer(1, at: address))
        } body: { fixture in
            _ = try await fixture.client.identity()
            let form = try #require(fixture.server.requests.first).text
            let start = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
            #expect(form.hasPrefix(start))
            let keys = await JWTKeyCollection().add(
                rsa: try Insecure.RSA.PrivateKey(pem: TestKey.pem),
                digestAlgorithm: .sha256
            )
            let claims = try await keys.verify(String(form.dropFirst(start.count)), as: SeenClaims.self)
            #expect(claims.iss == "app")
            #expect(claims.sub == "sync@acme.example")
            #expect(claims.aud == fixture.server.address)
            #expect(claims.exp > 1_772_360_130 && claims.exp <= 1_772_360_130 + 180)
        }
    }

    @Test func `with a key that is none says so and shows nothing of it`() async throws {
        let grant = SalesforceConfiguration.Grant.jwtBearer(clientID: "app", username: "me", privateKeyPEM: "c2VjcmV0")
        try await ClientFixture.withSignIn(grant: grant) { _, _ in
            .drop
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.identity() }
            #expect(error.kind == .refusedHere)
            #expect(!error.description.contains("c2VjcmV0"))
            #expect(fixture.server.requests.isEmpty)
        }
    }

    @Test func `with a refresh token stores the token that takes its place before going on`() async throws {
        let stored = Stored()
        let grant = SalesforceConfiguration.Grant.refreshToken(clientID: "app", clientSecret: "s&c", token: "5Aep/1")
        let keep: @Sendable (String) async throws -> Void = { await stored.keep($0) }
        try await ClientFixture.withSignIn(grant: grant, refreshTokenReplaced: keep) { request, address in
            guard request.path == "/services/oauth2/token" else { return request.number < 3 ? .expired : .json("{}") }
            let answer = ClientFixture.tokenAnswer(request.number, at: address).dropLast()
            return .json(answer + #","refresh_token":"5Aep-\#(request.number)"}"#)
        } body: { fixture in
            _ = try await fixture.client.limits()
            #expect(await stored.tokens == ["5Aep-1", "5Aep-3"])
            let forms = fixture.server.requests.filter { $0.path == "/services/oauth2/token" }.map(\.text)
            #expect(
                forms == [
                    "grant_type=refresh_token&refresh_token=5Aep%2F1&client_id=app&client_secret=s%26c",
                    "grant_type=refresh_token&refresh_token=5Aep-1&client_id=app&client_secret=s%26c",
                ]
            )
        }
    }

    @Test func `refused, gives Salesforce's reason and is not tried again`() async throws {
        try await ClientFixture.withSignIn { _, _ in
            .json(#"{"error":"invalid_grant","error_description":"user hasn't approved this consumer"}"#, status: 400)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.identity() }
            #expect(error.kind == .authentication)
            #expect(error.code == "invalid_grant")
            #expect(error.message == "user hasn't approved this consumer")
            #expect(
                error.description
                    == "cannot sign in with client credentials: invalid_grant: user hasn't approved this consumer (HTTP 400)"
            )
            #expect(!error.isWorthRetrying)
            #expect(fixture.server.requests.count == 1)
        }
    }

    @Test(arguments: [
        Reply.html(503), .drop,
        .json(#"{"error":"unknown_error","error_description":"retry your request"}"#, status: 400),
    ])
    func `is tried again when the trouble says nothing about the credentials`(trouble: Reply) async throws {
        try await ClientFixture.withSignIn { request, address in
            request.number < 3 ? trouble : .json(ClientFixture.tokenAnswer(1, at: address))
        } body: { fixture in
            let identity = try await fixture.client.identity()
            #expect(identity.orgID == ClientFixture.orgID)
            #expect(fixture.server.requests.count == 3)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "<html>",
        #"{"access_token":"a b","instance_url":"http://127.0.0.1:1","id":"https://x/id/00D5g00000AbCdEEAV/0055g00000KpQrSAAV"}"#,
        #"{"access_token":"t","instance_url":"http://evil.example","id":"https://x/id/00D5g00000AbCdEEAV/0055g00000KpQrSAAV"}"#,
        #"{"access_token":"t","instance_url":"https://x.example/path","id":"https://x/id/00D5g00000AbCdEEAV/0055g00000KpQrSAAV"}"#,
        #"{"access_token":"t","instance_url":"https://x.example","id":"https://x/id/0015g00000AbCdEEAV/0055g00000KpQrSAAV"}"#,
        #"{"access_token":"t","instance_url":"https://x.example","id":"https://x/id/00D5g00000AbCdEEAA/0055g00000KpQrSAAV"}"#,
        #"{"access_token":"hush","instance_url":7,"id":{}}"#,
    ])
    func `does not take an answer that is no token answer, and shows nothing of it`(body: String) async throws {
        try await ClientFixture.withSignIn { _, _ in
            .json(body)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.identity() }
            #expect(error.kind == .malformedAnswer)
            #expect(!error.description.contains("hush"))
        }
    }

    @Test func `leaves no body in the records`() async throws {
        try await ClientFixture.withSignIn { _, address in
            .json(ClientFixture.tokenAnswer(1, at: address))
        } body: { fixture in
            _ = try await fixture.client.identity()
            let record = try #require(fixture.records.all.first)
            #expect(record.requestBody == nil && record.responseBody == nil)
            #expect(record.status == 200 && record.bytesSent > 0 && record.bytesReceived > 0)
            #expect(record.started.seconds == 1_772_360_130)
        }
    }
}

@Suite struct `A configuration` {
    @Test(arguments: [
        ("http://login.salesforce.com", "62.0", 1, "must be https"),
        ("http://127.0.0.1.evil.example", "62.0", 1, "must be https"),
        ("login.salesforce.com", "62.0", 1, "login_url"),
        ("https://u:p@login.salesforce.com", "62.0", 1, "login_url"),
        ("https://login.salesforce.com/services", "62.0", 1, "login_url"),
        ("https://", "62.0", 1, "login_url"),
        ("https://login.salesforce.com", "v62.0", 1, "api_version"),
        ("https://login.salesforce.com", "62", 1, "api_version"),
        ("https://login.salesforce.com", "62.0", 0, "concurrent_requests"),
    ])
    func `that cannot work is refused by name`(login: String, version: String, width: Int, named: String) throws {
        let configuration = SalesforceConfiguration(
            loginURL: login,
            apiVersion: version,
            grant: .clientCredentials(clientID: "a", clientSecret: "b"),
            concurrentRequests: width
        )
        let error = try #require(throws: SalesforceError.self) { _ = try configuration.checked() }
        #expect(error.kind == .refusedHere)
        #expect(error.message.contains(named))
    }

    @Test(arguments: [
        ("https://Login.Salesforce.com/", "https://login.salesforce.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://[::1]:9", "http://[::1]:9"),
    ])
    func `gets its address in one form`(given: String, expected: String) throws {
        let grant = SalesforceConfiguration.Grant.clientCredentials(clientID: "a", clientSecret: "b")
        #expect(try SalesforceConfiguration(loginURL: given, grant: grant).checked().loginURL == expected)
    }

    @Test func `with an authority's file that is not there is refused`() throws {
        let grant = SalesforceConfiguration.Grant.clientCredentials(clientID: "a", clientSecret: "b")
        let configuration = SalesforceConfiguration(
            loginURL: "https://x.example",
            grant: grant,
            caFile: "/nowhere/ca.pem"
        )
        let error = try #require(throws: SalesforceError.self) { _ = try configuration.checked() }
        #expect(error.message.contains("/nowhere/ca.pem"))
    }
}

private struct SeenClaims: JWTPayload {
    var iss: String
    var sub: String
    var aud: String
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

private actor Stored {
    private(set) var tokens: [String] = []

    func keep(_ token: String) {
        tokens.append(token)
    }
}
