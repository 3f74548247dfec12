import Foundation

/// Signing in by browser: the address to open, and what comes back to the loopback (reference 01-auth, 2.3).
package struct BrowserSignIn: Sendable {
    /// Where the browser is sent.
    package let address: String
    /// Where it comes back to; the app must know it to the letter.
    package let redirectURI: String
    private let state: String
    private let verifier: String
    private let clientID: String
    private let clientSecret: String?

    /// Draws a state and a verifier of its own.
    ///
    /// - Throws: `SalesforceError` of kind `refusedHere` for a login address that cannot be used.
    package init(
        loginURL: String,
        clientID: String,
        clientSecret: String?,
        redirectURI: String,
        scopes: [String] = ["api", "refresh_token"]
    ) throws {
        let login = try SalesforceConfiguration.checkedAddress(loginURL, setting: "login_url")
        state = Self.unguessable()
        verifier = Self.unguessable()
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURI = redirectURI
        let query = PercentEncoding.form([
            "response_type": "code",
            "client_id": clientID,
            "redirect_uri": redirectURI,
            "scope": scopes.joined(separator: " "),
            "state": state,
            "code_challenge": Self.base64URL(SHA256.digest(of: Array(verifier.utf8))),
            "code_challenge_method": "S256",
        ])
        address = "\(login)/services/oauth2/authorize?\(query)"
    }

    /// The grant that the address to which the browser came back gives: pasted whole, or only path and query.
    ///
    /// A client with it signs in once with the code, and hands the refresh token to `refreshTokenReplaced`.
    ///
    /// - Throws: `SalesforceError` of kind `authentication` if the person refused, of kind `refusedHere` if the address
    ///   belongs to another attempt or to none.
    package func grant(fromRedirect text: String) throws -> SalesforceConfiguration.Grant {
        let items = URLComponents(string: text.trimmingCharacters(in: .whitespacesAndNewlines))?.queryItems ?? []
        func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
        guard let returned = value("state"), returned == state else {
            throw Self.refused("the address is not the one that this attempt led to; open the new address")
        }
        if let error = value("error") {
            throw SalesforceError(
                kind: .authentication,
                code: SafeExcerpt.safe(error, length: 200),
                // In a query a blank may also be written as a plus.
                message: SafeExcerpt.safe((value("error_description") ?? "").replacing("+", with: " ")),
                action: "sign in by browser"
            )
        }
        guard let code = value("code"), !code.isEmpty else { throw Self.refused("the address holds no code") }
        return .authorizationCode(
            clientID: clientID,
            clientSecret: clientSecret,
            code: code,
            redirectURI: redirectURI,
            verifier: verifier
        )
    }

    // MARK: - Implementation

    private static func refused(_ why: String) -> SalesforceError {
        SalesforceError(
            kind: .refusedHere,
            code: SalesforceError.Code.invalidRequest,
            message: why,
            action: "sign in by browser"
        )
    }

    private static func unguessable() -> String {
        var generator = SystemRandomNumberGenerator()
        return base64URL((0..<48).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
