extension Org {
    /// Two hours without a call end a session (reference 01 §6).
    static let sessionMilliseconds: Int64 = 7_200_000

    /// The session of a token, its clock put back; nil when there is none or it has expired.
    func session(_ token: String) -> Session? {
        guard var session = sessions[token] else { return nil }
        guard clock.now.milliseconds - session.lastUsed.milliseconds < Self.sessionMilliseconds,
            users[session.user.lowercased()]?.isActive == true
        else {
            sessions[token] = nil
            return nil
        }
        session.lastUsed = clock.now
        sessions[token] = session
        return session
    }

    /// The session a REST call names in its Authorization header.
    func bearer(_ call: Call) throws(RESTError) -> Session {
        guard let header = call.header("authorization") else { throw .badSession }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2 else { throw RESTError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE") }
        guard ["bearer", "oauth"].contains(parts[0].lowercased()) else {
            throw RESTError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        }
        guard let session = session(String(parts[1])) else { throw .badSession }
        return session
    }

    func context(of session: Session, _ call: Call) -> SaveContext {
        let user = users[session.user.lowercased()]
        var context = SaveContext(user: user?.user ?? administrator)
        context.readOnly = user?.readOnly ?? []
        context.hidden = user.map { $0.hiddenFields.union($0.hiddenObjects) } ?? []
        context.denied = user?.denied ?? [:]
        if let header = call.header("sforce-duplicate-rule-header") {
            context.allowsDuplicates = header.lowercased().split(whereSeparator: { ";,".contains($0) }).contains {
                $0.trimmingBlanks().replacing(" ", with: "") == "allowsave=true"
            }
        }
        return context
    }
}
