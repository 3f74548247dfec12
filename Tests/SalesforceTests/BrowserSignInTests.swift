import Foundation
import Testing

@testable import Salesforce

@Suite struct `Signing in by browser` {
    private func attempt(_ login: String = "https://login.salesforce.com") throws -> (BrowserSignIn, [String: String]) {
        let attempt = try BrowserSignIn(
            loginURL: login,
            clientID: "app",
            clientSecret: nil,
            redirectURI: "http://localhost:1717/OauthRedirect"
        )
        let items = URLComponents(string: attempt.address)?.queryItems ?? []
        return (attempt, Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first })
    }

    @Test func `opens an address with a challenge that differs each time`() throws {
        let (first, query) = try attempt()
        #expect(
            first.address.hasPrefix(
                "https://login.salesforce.com/services/oauth2/authorize?response_type=code&client_id=app&"
            )
        )
        #expect(query["redirect_uri"] == "http://localhost:1717/OauthRedirect" && query["scope"] == "api refresh_token")
        #expect(query["code_challenge_method"] == "S256" && query["code_challenge"]?.count == 43)
        #expect(query["state"]?.isEmpty == false)
        let (_, other) = try attempt()
        #expect(query["state"] != other["state"] && query["code_challenge"] != other["code_challenge"])
    }

    @Test func `redeems the code once and goes on with the refresh token`() async throws {
        let (browser, query) = try attempt()
        let state = try #require(query["state"])
        let grant = try browser.grant(
            fromRedirect: " http://localhost:1717/OauthRedirect?code=aPrx%3D%3D&state=\(state)\n"
        )
        let stored = StoredToken()
        let keep: @Sendable (String) async throws -> Void = { await stored.keep($0) }
        try await ClientFixture.withSignIn(grant: grant, refreshTokenReplaced: keep) { request, address in
            guard request.path == "/services/oauth2/token" else { return request.number < 3 ? .expired : .json("{}") }
            let answer = ClientFixture.tokenAnswer(request.number, at: address)
            return .json(request.number == 1 ? answer.dropLast() + #","refresh_token":"5Aep"}"# : answer)
        } body: { fixture in
            _ = try await fixture.client.limits()
            #expect(await stored.token == "5Aep")
            let forms = fixture.server.requests.filter { $0.path == "/services/oauth2/token" }.map(\.text)
            let first = try #require(URLComponents(string: "?" + forms[0])?.queryItems)
            #expect(first.map(\.name) == ["grant_type", "code", "client_id", "redirect_uri", "code_verifier"])
            #expect(first[1].value == "aPrx==")
            let verifier = try #require(first[4].value)
            let challenge = Data(SHA256.digest(of: Array(verifier.utf8))).base64EncodedString()
            #expect(
                challenge.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
                    == query["code_challenge"]
            )
            #expect(forms[1] == "grant_type=refresh_token&refresh_token=5Aep&client_id=app")
        }
    }

    @Test func `says what the person or Salesforce refused`() throws {
        let (browser, query) = try attempt()
        let state = try #require(query["state"])
        let error = try #require(throws: SalesforceError.self) {
            _ = try browser.grant(
                fromRedirect: "/OauthRedirect?error=access_denied&error_description=end-user+denied&state=\(state)"
            )
        }
        #expect(error.kind == .authentication && error.code == "access_denied" && error.message == "end-user denied")
    }

    @Test(arguments: [
        "", "http://localhost:1717/OauthRedirect?code=x", "http://localhost:1717/OauthRedirect?code=x&state=other",
        "%%%",
    ])
    func `does not take an address of another attempt`(text: String) throws {
        let (browser, _) = try attempt()
        let error = try #require(throws: SalesforceError.self) { _ = try browser.grant(fromRedirect: text) }
        #expect(error.kind == .refusedHere)
    }

    @Test func `ends by withdrawing the token, also one that is not known any more`() async throws {
        let grant = SalesforceConfiguration.Grant.refreshToken(clientID: "app", clientSecret: nil, token: "5Aep/x")
        try await ClientFixture.withSignIn(grant: grant) { request, _ in
            request.number == 1
                ? .answer(200, headers: [], body: [])
                : .json(#"{"error":"invalid_token","error_description":"x"}"#, status: 400)
        } body: { fixture in
            try await fixture.client.signOut()
            try await fixture.client.signOut()
            #expect(fixture.server.requests.map(\.target) == ["/services/oauth2/revoke", "/services/oauth2/revoke"])
            #expect(fixture.server.requests[0].text == "token=5Aep%2Fx")
        }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `hashes as the standard's examples do`(text: String, digest: String) {
        let hex = SHA256.digest(of: Array(text.utf8)).map { String($0 + 0, radix: 16).leftPadded }.joined()
        #expect(hex == digest)
    }
}

extension String {
    fileprivate var leftPadded: String { count == 1 ? "0" + self : self }
}

private actor StoredToken {
    private(set) var token: String?

    func keep(_ token: String) {
        self.token = token
    }
}
