/// What a user signs in with and may do.
struct Credentials: Sendable {
    var user: RecordID
    var username: String
    var password: String
    var token: String
    var isActive = true
    /// Objects this user can only read, and fields (`Account.Phone`) hidden or only readable.
    var readOnly: Set<String> = []
    var hiddenFields: Set<String> = []
    var hiddenObjects: Set<String> = []
    /// Per object, what the user may not do to its records.
    var denied: [String: Set<RecordRight>] = [:]
    /// Permissions that an administrator has and this user has not.
    var lacks: Set<String> = []

    /// The permissions that can be lacking.
    static let permissions: Set<String> = [
        "api_enabled", "view_setup", "customize", "hard_delete", "manage_data_integrations",
    ]
}

/// What a user may do to the records of an object.
enum RecordRight: String, Sendable, CaseIterable {
    case read, create, edit, delete
}

/// An app that may ask for tokens.
struct ConnectedApp: Sendable {
    var id: String
    var secret: String?
    /// PEM texts whose keys may sign assertions.
    var certificates: [String] = []
    var redirectURIs: [String] = []
    /// Users who are pre-authorized; empty for everybody.
    var users: Set<String>?
    /// The user that client credentials stand for.
    var runAs: String?
    var requiresSecret = true
    var allowedGrants: Set<String>?
    var scopes: Set<String> = [
        "api", "id", "refresh_token", "offline_access", "openid", "full", "web", "profile", "email", "address", "phone",
    ]
}

/// A session: what an access token stands for.
struct Session: Sendable {
    var token: String
    var user: String
    var app: String
    var scope: String
    var issuedAt: Instant
    var lastUsed: Instant
    var refreshToken: String?
}

/// What a refresh token stands for.
struct Grant: Sendable {
    var user: String
    var app: String
    var scope: String
    /// Which of all approvals this was.
    var number: Int
}

/// A code of the browser flow, good for one exchange.
struct AuthorizationCode: Sendable {
    var user: String
    var app: String
    var scope: String
    var redirectURI: String
    var challenge: String?
    var nonce: String?
    var issuedAt: Instant
    var isSpent = false
}
