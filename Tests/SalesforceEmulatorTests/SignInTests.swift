import JWTKit
import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `Signing in` {
    @Test(arguments: [
        (
            ["grant_type": "client_credentials", "client_id": "emulator-client", "client_secret": "wrong"],
            "invalid_client"
        ),
        (["grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"], "invalid_client_id"),
        (["grant_type": "client_credentials"], "invalid_client_id"),
        (["grant_type": "magic"], "unsupported_grant_type"),
        ([:], "invalid_request"),
        (["grant_type": "refresh_token", "client_id": "emulator-client", "refresh_token": "x"], "invalid_grant"),
        (
            [
                "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                "username": "admin@example.com", "password": "password",
            ], "invalid_grant"
        ),
        (
            ["grant_type": "authorization_code", "client_id": "emulator-client", "code": "x", "redirect_uri": "y"],
            "invalid_grant"
        ),
    ])
    func `is refused with OAuth's own word`(_ form: [String: String], _ error: String) async throws {
        try await withOrg { client in
            let body = form.map { "\($0.key)=\(percentEncoded($0.value))" }.joined(separator: "&")
            let reply = try await client.call(
                .POST,
                "/services/oauth2/token",
                Array(body.utf8),
                type: "application/x-www-form-urlencoded"
            )
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string == error)
            #expect(reply.json["error_description"]?.string?.isEmpty == false)
        }
    }

    @Test(arguments: ["login.salesforce.com", "test.salesforce.com:443"])
    func `as an app alone is refused on a login host`(_ host: String) async throws {
        try await withOrg { client in
            let form = "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"
            let reply = try await client.call(
                .POST,
                "/services/oauth2/token",
                Array(form.utf8),
                type: "application/x-www-form-urlencoded",
                headers: [("Host", host)]
            )
            #expect(reply.status == 400)
            #expect(reply.json["error"] == .string("invalid_grant"))
            #expect(reply.json["error_description"] == .string("request not supported on this domain"))
        }
    }

    @Test func `by password gives a session that REST takes, until it is revoked`() async throws {
        try await withOrg { client in
            let reply = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                    "username": "admin@example.com", "password": "passwordtoken",
                ]
            )
            let token = try #require(reply.json["access_token"]?.string)
            #expect(reply.json["instance_url"]?.string == client.base)
            let issued = try #require(reply.json["issued_at"]?.string)
            let id = try #require(reply.json["id"]?.string)
            let signature = SHA256.authenticate(Array((id + issued).utf8), key: Array("emulator-secret".utf8))
            #expect(reply.json["signature"]?.string == Base64.encode(signature))
            var other = client
            other.token = token
            #expect(try await other.get("\(OrgClient.data)/limits").status == 200)
            #expect(try await client.form("/services/oauth2/revoke", ["token": token]).status == 200)
            let after = try await other.get("\(OrgClient.data)/limits")
            #expect(after.status == 401)
            #expect(after.json.at("0.errorCode") == .string("INVALID_SESSION_ID"))
        }
    }

    @Test func `by assertion needs the signature of a known key, an audience and a future`() async throws {
        let key = try Insecure.RSA.PrivateKey(pem: TestKeys.privatePEM)
        let signer = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
        let stranger = await JWTKeyCollection().add(
            rsa: try Insecure.RSA.PrivateKey(pem: TestKeys.otherPrivatePEM),
            digestAlgorithm: .sha256
        )
        var options = EmulatorOptions()
        options.jwtCertificates = [key.publicKey.pemRepresentation]
        try await withEmulator(options) { address in
            let client = OrgClient(base: address.baseURL)
            func ask(_ claims: Claims, by keys: JWTKeyCollection) async throws -> Reply {
                try await client.form(
                    "/services/oauth2/token",
                    [
                        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "assertion": try await keys.sign(claims, header: ["alg": "RS256"]),
                    ]
                )
            }
            let good = Claims(exp: Int(machineMilliseconds() / 1000) + 120)
            let reply = try await ask(good, by: signer)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["refresh_token"] == nil)
            #expect(reply.json["access_token"]?.string?.hasPrefix("00D5g0000000001!") == true)
            for (claims, keys, error) in [
                (good, stranger, "invalid_grant"), (Claims(exp: 1), signer, "invalid_grant"),
                (Claims(exp: good.exp + 100_000), signer, "invalid_grant"),
                (Claims(aud: "https://example.com", exp: good.exp), signer, "invalid_grant"),
                (Claims(sub: "nobody@example.com", exp: good.exp), signer, "invalid_grant"),
                (Claims(iss: "nobody", exp: good.exp), signer, "invalid_client_id"),
            ] {
                let reply = try await ask(claims, by: keys)
                #expect(reply.status == 400)
                #expect(reply.json["error"]?.string == error)
            }
        }
    }

    @Test func `in a browser goes through the login page, a code and its verifier`() async throws {
        try await withOrg { client in
            let verifier = String(repeating: "v", count: 64)
            let challenge = Base64.encode(SHA256.hash(Array(verifier.utf8)), urlSafe: true)
            let request =
                "response_type=code&client_id=emulator-client&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcallback"
                + "&scope=api%20refresh_token&state=s1&code_challenge=\(challenge)&code_challenge_method=S256"
            let page = try await client.get("/services/oauth2/authorize?\(request)")
            #expect(page.status == 200)
            #expect(page.text.contains("name=\"pw\""))
            let wrong = try await client.form(
                "/services/oauth2/authorize?\(request)",
                ["un": "admin@example.com", "pw": "no"]
            )
            #expect(wrong.text.contains("check your username"))
            let home = try await client.call(
                .POST,
                "/services/oauth2/authorize?\(request)",
                Array("un=admin%40example.com&pw=password".utf8),
                type: "application/x-www-form-urlencoded"
            )
            let location = try #require(home.headers.first(name: "Location") ?? home.headers.first(name: "X-Location"))
            let pairs = try #require(formPairs(location.split(separator: "?", maxSplits: 1)[1]))
            let code = try #require(pairs.first { $0.name == "code" }?.value)
            #expect(pairs.first { $0.name == "state" }?.value == "s1")
            func exchange(_ verifier: String) async throws -> Reply {
                try await client.form(
                    "/services/oauth2/token",
                    [
                        "grant_type": "authorization_code", "client_id": "emulator-client", "code": code,
                        "redirect_uri": "http://127.0.0.1:9/callback", "code_verifier": verifier,
                    ]
                )
            }
            #expect(try await exchange("wrong").json["error"]?.string == "invalid_request")
            let tokens = try await exchange(verifier)
            let refresh = try #require(tokens.json["refresh_token"]?.string)
            #expect(try await exchange(verifier).json["error"]?.string == "invalid_grant")
            let again = try await client.form(
                "/services/oauth2/token",
                ["grant_type": "refresh_token", "client_id": "emulator-client", "refresh_token": refresh]
            )
            #expect(again.json["access_token"]?.string != tokens.json["access_token"]?.string)
            #expect(again.json["refresh_token"] == nil)
        }
    }

    @Test func `is shown by userinfo, identity and introspection`() async throws {
        try await withOrg { client in
            let info = try await client.get("/services/oauth2/userinfo")
            #expect(info.json["preferred_username"]?.string == "admin@example.com")
            let id = try #require(info.json["sub"]?.string)
            let path = String(id.dropFirst(client.base.count))
            #expect(try await client.get(path).json["organization_id"]?.string == "00D5g0000000001EAA")
            let seen = try await client.form(
                "/services/oauth2/introspect",
                ["token": client.token ?? "", "client_id": "emulator-client", "client_secret": "emulator-secret"]
            )
            #expect(seen.json["active"] == .bool(true))
            let unknown = try await client.form(
                "/services/oauth2/introspect",
                ["token": "x", "client_id": "emulator-client", "client_secret": "emulator-secret"]
            )
            #expect(unknown.json == .members(["active": .bool(false)]))
        }
    }

    @Test func `lasts two hours from the last call`() async throws {
        try await withOrg { client in
            _ = try await client.send(.POST, "/emulator/clock", #"{"freeze":true}"#)
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":7000000}"#)
            #expect(try await client.get("\(OrgClient.data)/limits").status == 200)
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":7200000}"#)
            #expect(try await client.get("\(OrgClient.data)/limits").status == 401)
        }
    }

    @Test(arguments: [("xml", "application/xml"), ("urlencoded", "application/x-www-form-urlencoded")])
    func `answers in the form that is asked for`(_ format: String, _ type: String) async throws {
        try await withOrg { client in
            let reply = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "client_credentials", "client_id": "emulator-client",
                    "client_secret": "emulator-secret",
                    "format": format,
                ]
            )
            #expect(reply.headers.first(name: "content-type")?.hasPrefix(type) == true)
            let token =
                format == "xml"
                ? try XMLReader.read(reply.bytes)["access_token"]?.value
                : formPairs(reply.text)?.first { $0.name == "access_token" }?.value
            var other = client
            other.token = token
            #expect(try await other.get("\(OrgClient.data)/limits").status == 200)
        }
    }

    @Test func `with the scope openid gives an id token that the published key has signed`() async throws {
        try await withOrg { client in
            let back = "http://localhost:1717/OauthRedirect"
            let signedIn = try await client.form(
                "/services/oauth2/authorize",
                [
                    "response_type": "code", "client_id": "emulator-client", "redirect_uri": back,
                    "scope": "api openid", "nonce": "n-1", "un": "admin@example.com", "pw": "password",
                ]
            )
            let address = signedIn.headers.first(name: "Location") ?? ""
            let code = try #require(address.firstMatch(of: /code=([^&]+)/)).1
            let token = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "authorization_code", "client_id": "emulator-client",
                    "client_secret": "emulator-secret", "redirect_uri": back,
                    "code": percentDecoded(code, plusIsBlank: false) ?? "",
                ]
            )
            let text = try #require(token.json["id_token"]?.string, "\(token.text)")
            let discovery = try await client.get("/.well-known/openid-configuration").json
            let keysAddress = try #require(discovery["jwks_uri"]?.string)
            #expect(keysAddress == client.base + "/id/keys")
            let keys = JWTKeyCollection()
            try await keys.add(jwksJSON: try await client.get("/id/keys").text)
            let claims = try await keys.verify(text, as: IdentityClaims.self)
            #expect(claims.iss == client.base && claims.aud == "emulator-client" && claims.nonce == "n-1")
            #expect(claims.sub == token.json["id"]?.string)
            let spoilt = text.prefix { $0 != "." } + ".e30." + (text.split(separator: ".").last ?? "")
            await #expect(throws: (any Error).self) {
                _ = try await keys.verify(String(spoilt), as: IdentityClaims.self)
            }
            let without = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "client_credentials", "client_id": "emulator-client",
                    "client_secret": "emulator-secret",
                ]
            )
            #expect(without.json["id_token"] == nil)
        }
    }

    @Test func `tells who is signed in with every part that clients insist on`() async throws {
        try await withOrg { client in
            let user = try await client.get("/services/oauth2/userinfo").json
            #expect(user.at("photos.thumbnail").string?.hasPrefix(client.base) == true)
            #expect(user["picture"] == user.at("photos.picture"))
            #expect(user.at("urls.rest") == .string("\(client.base)/services/data/v{version}/"))
            #expect(user.at("urls.profile") == user["profile"])
            let path = String((user["sub"]?.string ?? "").dropFirst(client.base.count))
            let identity = try await client.get(path + "?version=latest").json
            #expect(identity.at("urls.rest") == .string("\(client.base)/services/data/v67.0/"))
            #expect(identity["mobile_phone"] == .null && identity.at("status.body") == .null)
            #expect(identity["photos"] == user["photos"])
        }
    }
}

private struct Claims: JWTPayload {
    var iss = "emulator-client"
    var sub = "admin@example.com"
    var aud = "https://login.salesforce.com"
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// What an id token says.
private struct IdentityClaims: JWTPayload {
    var iss: String
    var sub: String
    var aud: String
    var nonce: String
    var exp: Int

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
