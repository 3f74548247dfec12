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
        case ("id", "keys") where parts.count == 2: return ("oauth", identityKeys())
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
}
