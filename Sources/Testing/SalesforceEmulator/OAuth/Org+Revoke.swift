extension Org {
    /// `POST /services/oauth2/revoke`.
    func revoke(_ call: Call) -> Answer {
        do throws(OAuthError) {
            let token = try Form(call).require("token")
            if refreshTokens.removeValue(forKey: token) != nil {
                sessions = sessions.filter { $0.value.refreshToken != token }
                return Answer(status: 200)
            }
            guard sessions.removeValue(forKey: token) != nil else {
                throw OAuthError("invalid_token", "invalid token: \(token)")
            }
            return Answer(status: 200)
        } catch {
            return error.answer
        }
    }

    /// `POST /services/oauth2/introspect` (RFC 7662).
    func introspect(_ call: Call) -> Answer {
        do throws(OAuthError) {
            let form = try Form(call)
            _ = try client(call, form, grant: "introspect")
            let token = try form.require("token")
            let inactive = Answer.json(.members(["active": .bool(false)]))
            if let kept = refreshTokens[token], let user = users[kept.user.lowercased()] {
                return .json(
                    .members([
                        "active": .bool(true), "scope": .string(kept.scope), "client_id": .string(kept.app),
                        "username": .string(user.username), "sub": .string(identityURL(user, call)),
                        "token_type": .string("refresh_token"),
                    ])
                )
            }
            guard let session = sessions[token], let user = users[session.user.lowercased()],
                clock.now.milliseconds - session.lastUsed.milliseconds < Self.sessionMilliseconds
            else { return inactive }
            let issued = Int(session.issuedAt.milliseconds / 1000)
            return .json(
                .members([
                    "active": .bool(true), "scope": .string(session.scope), "client_id": .string(session.app),
                    "username": .string(user.username), "sub": .string(identityURL(user, call)),
                    "token_type": .string("access_token"),
                    "exp": .int(Int((session.lastUsed.milliseconds + Self.sessionMilliseconds) / 1000)),
                    "iat": .int(issued), "nbf": .int(issued),
                ])
            )
        } catch {
            return error.answer
        }
    }
}
