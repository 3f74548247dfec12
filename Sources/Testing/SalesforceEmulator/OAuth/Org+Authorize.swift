extension Org {
    /// `GET /services/oauth2/authorize` shows the login page; `POST` to it signs in and goes back to the app.
    func authorize(_ call: Call) -> Answer {
        let request: Form
        let app: ConnectedApp
        let redirect: String
        do throws(OAuthError) {
            request = try Form(call)
            guard let id = request["client_id"], let known = apps[id] else {
                throw OAuthError("invalid_client_id", "client identifier invalid")
            }
            app = known
            redirect = try request.require("redirect_uri")
            guard app.redirectURIs.contains(where: { matches(redirect, $0) }) else {
                throw OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
            }
        } catch {
            return page("error=\(error.error)&error_description=\(error.description)", status: error.status)
        }
        let state = request["state"]
        guard request["response_type"] == "code" else {
            return back(
                to: redirect,
                ["error": "unsupported_response_type", "error_description": "response type not supported"],
                state
            )
        }
        let scope = request["scope"].map { $0.isEmpty ? "api id refresh_token" : $0 } ?? "api id refresh_token"
        guard scope.split(separator: " ").allSatisfy({ app.scopes.contains(String($0)) }) else {
            return back(
                to: redirect,
                ["error": "invalid_scope", "error_description": "the requested scope is not allowed"],
                state
            )
        }
        if let method = request["code_challenge_method"], method != "S256" {
            return back(
                to: redirect,
                ["error": "invalid_request", "error_description": "code challenge method must be S256"],
                state
            )
        }
        guard call.method == "POST" else { return loginPage(request, message: nil) }
        if request["deny"] != nil {
            return back(
                to: redirect,
                ["error": "access_denied", "error_description": "end-user denied authorization"],
                state
            )
        }
        guard let name = request["un"] ?? request["username"], let given = request["pw"] ?? request["password"],
            let user = users[name.lowercased()], user.isActive,
            given == user.password || given == user.password + user.token
        else { return loginPage(request, message: "Please check your username and password.") }
        if let approved = app.users, !approved.contains(user.username.lowercased()) {
            return back(
                to: redirect,
                ["error": "invalid_app_access", "error_description": "user is not admin approved to access this app"],
                state
            )
        }
        let code = "aPrx\(random.word(60))=="
        codes[code] = AuthorizationCode(
            user: user.username,
            app: app.id,
            scope: scope,
            redirectURI: redirect,
            challenge: request["code_challenge"],
            nonce: request["nonce"],
            issuedAt: clock.now
        )
        return back(to: redirect, ["code": code], state)
    }

    /// The exchange of a code for tokens.
    func exchange(_ call: Call, _ form: Form) throws(OAuthError) -> Answer {
        let code = try form.require("code")
        guard let kept = codes[code] else { throw OAuthError("invalid_grant", "invalid authorization code") }
        let app = try client(call, form, grant: "authorization_code", secretNeeded: kept.challenge == nil)
        guard kept.app == app.id else { throw OAuthError("invalid_grant", "invalid authorization code") }
        guard !kept.isSpent, clock.now.milliseconds - kept.issuedAt.milliseconds < 900_000 else {
            throw OAuthError("invalid_grant", "expired authorization code")
        }
        guard try form.require("redirect_uri") == kept.redirectURI else {
            throw OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        }
        if let challenge = kept.challenge {
            guard let verifier = form["code_verifier"] else {
                throw OAuthError("invalid_grant", "code verifier is required")
            }
            guard Base64.encode(SHA256.hash(Array(verifier.utf8)), urlSafe: true) == challenge else {
                throw OAuthError("invalid_request", "invalid code verifier")
            }
        }
        codes[code]?.isSpent = true
        let user = try active(kept.user)
        let scopes = Set(kept.scope.split(separator: " ").map(String.init))
        guard scopes.contains("refresh_token") || scopes.contains("offline_access") else {
            return grant(user, app, scope: kept.scope, call, nonce: kept.nonce)
        }
        let token = "5Aep861\(random.word(76))"
        keep(token, user, app, kept.scope)
        return grant(
            user,
            app,
            scope: kept.scope,
            call,
            refreshToken: token,
            returnsRefreshToken: true,
            nonce: kept.nonce
        )
    }

    // MARK: - Implementation

    /// A user has at most five approvals of an app; a sixth takes the place of the oldest (reference 01 §2.4).
    private func keep(_ token: String, _ user: Credentials, _ app: ConnectedApp, _ scope: String) {
        let others = refreshTokens.filter { $0.value.user == user.username && $0.value.app == app.id }
        if others.count >= 5, let oldest = others.min(by: { $0.value.number < $1.value.number }) {
            refreshTokens[oldest.key] = nil
        }
        let number = (refreshTokens.values.map(\.number).max() ?? 0) + 1
        refreshTokens[token] = Grant(user: user.username, app: app.id, scope: scope, number: number)
    }

    /// Exactly the same, but for a `*` in the place of the registered port.
    private func matches(_ uri: String, _ registered: String) -> Bool {
        guard let star = registered.firstRange(of: ":*") else { return uri == registered }
        let head = registered[..<star.lowerBound]
        guard uri.hasPrefix(head) else { return false }
        let rest = uri.dropFirst(head.count)
        let path = rest.first == ":" ? rest.dropFirst().drop { $0.isNumber } : rest
        return path == registered[star.upperBound...]
    }

    private func back(to redirect: String, _ values: KeyValuePairs<String, String>, _ state: String?) -> Answer {
        var pairs = values.map { "\($0.key)=\(percentEncoded($0.value))" }
        if let state { pairs.append("state=\(percentEncoded(state))") }
        let mark = redirect.contains("?") ? "&" : "?"
        return Answer(status: 302, headers: [("Location", redirect + mark + pairs.joined(separator: "&"))])
    }

    private func loginPage(_ request: Form, message: String?) -> Answer {
        let names = [
            "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
            "nonce",
            "display", "prompt",
        ]
        let hidden = names.compactMap { name in
            request[name].map { "<input type=\"hidden\" name=\"\(name)\" value=\"\(escapedXML($0))\">" }
        }.joined(separator: "\n")
        let note = message.map { "<p id=\"error\" role=\"alert\">\(escapedXML($0))</p>" } ?? ""
        let hint = escapedXML(request["login_hint"] ?? "")
        return page(
            """
            <form id="login_form" method="post" action="/services/oauth2/authorize">
            \(note)\(hidden)
            <label>Username <input id="username" name="un" type="text" value="\(hint)"></label>
            <label>Password <input id="password" name="pw" type="password"></label>
            <button id="Login" name="Login" type="submit">Log In</button>
            <button name="deny" value="1" type="submit">Deny</button>
            </form>
            """,
            status: 200
        )
    }

    private func page(_ body: String, status: Int) -> Answer {
        .text(
            "<!DOCTYPE html>\n<html><head><title>Login | Salesforce</title></head><body>\n\(body)\n</body></html>\n",
            status: status,
            type: "text/html;charset=UTF-8"
        )
    }
}
