extension SalesforceConfiguration.Grant: CustomStringConvertible, CustomReflectable {
    /// The kind of grant and whose it is; no key, secret, code or token.
    package var description: String {
        switch self {
        case .jwtBearer(let clientID, let username, _): "key of \(username) for app \(clientID)"
        case .clientCredentials(let clientID, _): "client credentials of app \(clientID)"
        case .refreshToken(let clientID, _, _): "refresh token for app \(clientID)"
        case .authorizationCode(let clientID, _, _, _, _): "browser code for app \(clientID)"
        }
    }

    /// Nothing for a debugger's dump, or a log that shows whole values, to find.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Session: CustomStringConvertible, CustomReflectable {
    var description: String { "session of \(identity.userID) in \(identity.orgID)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
