/// A session as signed in for; the token is shown by nothing.
struct Session: Sendable {
    var accessToken: String
    var identity: OrgIdentity
    /// Where refresh tokens rotate: the one to use from now on.
    var newRefreshToken: String?
    var scopes: String?
}

extension Session {
    /// Reads the answer to a token request (reference 01-auth, 3).
    ///
    /// - Throws: `SalesforceError` of kind `malformedAnswer`; it shows no byte of the answer, which may hold a token.
    init(tokenAnswer body: [UInt8], action: String) throws {
        func malformed(_ why: String) -> SalesforceError {
            SalesforceError(
                kind: .malformedAnswer,
                code: SalesforceError.Code.malformedAnswer,
                message: "the token answer \(why)",
                action: action,
                status: 200,
                wasSent: .unknown
            )
        }
        // A body that is no JSON is reported without an excerpt.
        guard let object = (try? JSONValue.parsed(body))?.object else { throw malformed("is no JSON object") }
        guard let token = object["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw malformed("holds no usable access_token") }
        guard let instance = object["instance_url"]?.string,
            let checkedInstance = try? SalesforceConfiguration.checkedAddress(instance, setting: "instance_url")
        else { throw malformed("holds no usable instance_url") }
        let parts = (object["id"]?.string ?? "").split(separator: "/")
        guard parts.count >= 2, let orgID = RecordID.long(String(parts[parts.count - 2])), orgID.hasPrefix("00D"),
            let userID = RecordID.long(String(parts[parts.count - 1])), userID.hasPrefix("005")
        else { throw malformed("holds no identity address of the form …/id/ORG/USER") }
        self.init(
            accessToken: token,
            identity: OrgIdentity(orgID: orgID, userID: userID, instanceURL: checkedInstance),
            newRefreshToken: object["refresh_token"]?.string,
            scopes: object["scope"]?.string
        )
    }
}
