/// A refusal of an OAuth endpoint (reference 01 §4).
struct OAuthError: Error {
    var error: String
    var description: String
    var status = 400

    init(_ error: String, _ description: String, status: Int = 400) {
        self.error = error
        self.description = description
        self.status = status
    }

    var answer: Answer {
        .json(.members(["error": .string(error), "error_description": .string(description)]), status: status)
            .with("Cache-Control", "no-store").with("Pragma", "no-cache")
    }
}

/// The parameters of a form, each counted once.
struct Form {
    private var pairs: [(name: String, value: String)]

    init(_ call: Call) throws(OAuthError) {
        guard let pairs = formPairs(String(decoding: call.body, as: UTF8.self)) else {
            throw OAuthError("invalid_request", "the request body is not form encoded")
        }
        self.pairs = pairs + call.query
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    func require(_ name: String) throws(OAuthError) -> String {
        guard let value = self[name], !value.isEmpty else {
            throw OAuthError("invalid_request", "missing required parameter: \(name)")
        }
        return value
    }
}

extension Org {
    /// `POST /services/oauth2/token`.
    ///
    /// The answer is JSON unless `format` or `Accept` ask for another form (reference 01 §1).
    func token(_ call: Call) -> Answer {
        let answer = tokenAnswer(call)
        let form = try? Form(call)
        let accept = call.header("accept")?.lowercased() ?? ""
        let named = form?["format"]?.lowercased()
        let wanted =
            named
            ?? (accept.hasPrefix("application/xml")
                ? "xml" : accept.hasPrefix("application/x-www-form-urlencoded") ? "urlencoded" : "json")
        guard wanted == "xml" || wanted == "urlencoded", let members = (try? JSONReader.read(answer.body))?.members
        else {
            return answer
        }
        var copy = answer
        let type = wanted == "xml" ? "application/xml;charset=UTF-8" : "application/x-www-form-urlencoded;charset=UTF-8"
        copy.headers = answer.headers.map { $0.name == "Content-Type" ? ($0.name, type) : $0 }
        let pairs = members.map { ($0.name, $0.value.string ?? "") }
        copy.body = Array(
            (wanted == "xml"
                ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OAuth>"
                    + pairs.map { "<\($0)>\(escapedXML($1))</\($0)>" }.joined() + "</OAuth>"
                : pairs.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")).utf8
        )
        return copy
    }

    private func tokenAnswer(_ call: Call) -> Answer {
        do throws(OAuthError) {
            guard call.method == "POST" else { throw OAuthError("invalid_request", "must use HTTP POST") }
            let form = try Form(call)
            switch try form.require("grant_type") {
            case "client_credentials": return try clientCredentials(call, form)
            case "urn:ietf:params:oauth:grant-type:jwt-bearer": return try bearerAssertion(call, form)
            case "refresh_token": return try refresh(call, form)
            case "password": return try password(call, form)
            case "authorization_code": return try exchange(call, form)
            default: throw OAuthError("unsupported_grant_type", "grant type not supported")
            }
        } catch {
            return error.answer
        }
    }

    /// The app that asks, its secret checked unless it need not have one.
    func client(_ call: Call, _ form: Form, grant: String, secretNeeded: Bool = true) throws(OAuthError) -> ConnectedApp
    {
        var id = form["client_id"]
        var secret = form["client_secret"]
        if let header = call.header("authorization"), header.lowercased().hasPrefix("basic "),
            let bytes = Base64.decode(header.dropFirst(6).trimmingBlanks())
        {
            let halves = String(decoding: bytes, as: UTF8.self).split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            id = percentDecoded(halves[0], plusIsBlank: false) ?? String(halves[0])
            if halves.count > 1 { secret = percentDecoded(halves[1], plusIsBlank: false) ?? String(halves[1]) }
        }
        guard let id, !id.isEmpty else { throw OAuthError("invalid_client_id", "client identifier invalid") }
        guard let app = apps[id] else { throw OAuthError("invalid_client_id", "client identifier invalid") }
        if let grants = app.allowedGrants, !grants.contains(grant) {
            throw OAuthError("unsupported_grant_type", "grant type not supported")
        }
        if let expected = app.secret, secret != expected, secret != nil || secretNeeded {
            throw OAuthError("invalid_client", "invalid client credentials")
        }
        return app
    }

    /// A new session, and the answer that hands it out.
    func grant(
        _ user: Credentials,
        _ app: ConnectedApp,
        scope: String,
        _ call: Call,
        refreshToken: String? = nil,
        returnsRefreshToken: Bool = false,
        isSigned: Bool = true,
        nonce: String? = nil
    ) -> Answer {
        let session = startSession(user: user.username, app: app.id, scope: scope, refreshToken: refreshToken)
        let identity = identityURL(user, call)
        let issuedAt = String(clock.now.milliseconds)
        var members = [JSONMember(name: "access_token", value: .string(session.token))]
        func add(_ name: String, _ value: String) { members.append(JSONMember(name: name, value: .string(value))) }
        if returnsRefreshToken, let refreshToken { add("refresh_token", refreshToken) }
        if isSigned {
            let key = Array((app.secret ?? "").utf8)
            add("signature", Base64.encode(SHA256.authenticate(Array((identity + issuedAt).utf8), key: key)))
        }
        if !scope.isEmpty { add("scope", scope) }
        if let token = identityToken(user, app, session, nonce, call) { add("id_token", token) }
        add("instance_url", call.origin)
        add("id", identity)
        add("token_type", "Bearer")
        if isSigned { add("issued_at", issuedAt) }
        return .json(.object(members)).with("Cache-Control", "no-cache, no-store").with("Pragma", "no-cache")
    }

    func startSession(user: String, app: String, scope: String, refreshToken: String? = nil) -> Session {
        let token = "\(organizationId.short)!AQ4AQ\(random.word(88))"
        let session = Session(
            token: token,
            user: user,
            app: app,
            scope: scope,
            issuedAt: clock.now,
            lastUsed: clock.now,
            refreshToken: refreshToken
        )
        sessions[token] = session
        return session
    }

    func identityURL(_ user: Credentials, _ call: Call) -> String {
        "\(call.origin)/id/\(organizationId.long)/\(user.user.long)"
    }

    func active(_ username: String) throws(OAuthError) -> Credentials {
        guard let user = users[username.lowercased()] else {
            throw OAuthError("invalid_grant", "authentication failure")
        }
        guard user.isActive else { throw OAuthError("inactive_user", "user is inactive") }
        return user
    }

    // MARK: - Implementation

    private func clientCredentials(_ call: Call, _ form: Form) throws(OAuthError) -> Answer {
        let host = call.origin.split(separator: "/").last?.prefix { $0 != ":" }.lowercased()
        guard host != "login.salesforce.com", host != "test.salesforce.com" else {
            throw OAuthError("invalid_grant", "request not supported on this domain")
        }
        let app = try client(call, form, grant: "client_credentials")
        guard app.secret != nil, let runAs = app.runAs else {
            throw OAuthError("invalid_grant", "no client credentials user enabled")
        }
        return grant(try active(runAs), app, scope: "api id", call)
    }

    private func password(_ call: Call, _ form: Form) throws(OAuthError) -> Answer {
        let app = try client(call, form, grant: "password")
        let name = try form.require("username")
        let given = try form.require("password")
        guard let user = users[name.lowercased()],
            given == user.password + user.token || given == user.password && user.token.isEmpty
        else { throw OAuthError("invalid_grant", "authentication failure") }
        return grant(try active(name), app, scope: "", call)
    }

    private func refresh(_ call: Call, _ form: Form) throws(OAuthError) -> Answer {
        let app = try client(call, form, grant: "refresh_token", secretNeeded: false)
        let token = try form.require("refresh_token")
        guard let kept = refreshTokens[token], kept.app == app.id else {
            throw OAuthError("invalid_grant", "expired access/refresh token")
        }
        return grant(try active(kept.user), app, scope: kept.scope, call, refreshToken: token)
    }
}
