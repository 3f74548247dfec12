extension Org {
    /// Answers one request, whatever it is.
    func answer(_ call: Call) -> Answer {
        let started = clock.now
        let (kind, answer) = route(call)
        calls.add(call, kind: kind, status: answer.status, at: started)
        return answer
    }

    // MARK: - Implementation

    private func route(_ call: Call) -> (kind: String, Answer) {
        let parts = call.segments
        switch (parts.first, parts.dropFirst().first) {
        case ("emulator", _): return ("admin", administer(call))
        case ("services", "oauth2"): return ("oauth", oauth(call))
        case ("id", _): return ("oauth", identity(call))
        case (".well-known", _): return ("oauth", discovery(call))
        case ("services", "data"): return rest(call)
        case ("services", "async"): return ("bulk1", classic(call))
        case ("services", "Soap"): return ("soap", soap(call))
        case ("services", "apexrest"):
            let error = RESTError(404, "NOT_FOUND", "Could not find a match for URL")
            return ("other", .json(.array([error.json]), status: 404))
        default:
            return (
                "other", .text("<html><head><title>Error 404</title></head></html>", status: 404, type: "text/html")
            )
        }
    }

    private func oauth(_ call: Call) -> Answer {
        switch call.segments.dropFirst(2).first {
        case "token": return token(call)
        case "revoke": return revoke(call)
        case "introspect": return introspect(call)
        case "userinfo": return userInfo(call)
        case "authorize": return authorize(call)
        default: return OAuthError("invalid_request", "unknown endpoint", status: 404).answer
        }
    }

    private func discovery(_ call: Call) -> Answer {
        let base = "\(call.origin)/services/oauth2"
        return .json(
            .members([
                "issuer": .string(call.origin), "authorization_endpoint": .string("\(base)/authorize"),
                "token_endpoint": .string("\(base)/token"), "revocation_endpoint": .string("\(base)/revoke"),
                "userinfo_endpoint": .string("\(base)/userinfo"),
                "introspection_endpoint": .string("\(base)/introspect"),
                "scopes_supported": .array(
                    ["api", "id", "openid", "refresh_token", "full", "web"].map(JSONValue.string)
                ),
                "response_types_supported": .array([.string("code")]),
                "subject_types_supported": .array([.string("public")]),
                "token_endpoint_auth_methods_supported": .array(
                    ["client_secret_post", "client_secret_basic"].map(JSONValue.string)
                ),
                "code_challenge_methods_supported": .array([.string("S256")]),
            ])
        )
    }
}
