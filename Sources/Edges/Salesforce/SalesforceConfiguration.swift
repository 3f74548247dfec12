import Foundation

/// How to reach one org and who to be there.
package struct SalesforceConfiguration: Sendable {
    /// How the client proves who it is.
    package enum Grant: Sendable {
        case jwtBearer(clientID: String, username: String, privateKeyPEM: String)
        /// Works on a My Domain host only (reference 01-auth, 1).
        case clientCredentials(clientID: String, clientSecret: String)
        case refreshToken(clientID: String, clientSecret: String?, token: String)
        /// Once, from `BrowserSignIn`; the refresh token that it gives serves from then on.
        case authorizationCode(
            clientID: String,
            clientSecret: String?,
            code: String,
            redirectURI: String,
            verifier: String
        )
    }

    /// `https://login.salesforce.com`, `https://test.salesforce.com` or a My Domain; plain http on loopback only.
    package var loginURL: String
    /// As "62.0".
    package var apiVersion: String
    package var grant: Grant
    /// The `aud` of a JWT assertion where it is not the login address itself.
    package var audience: String?
    /// A PEM file of authorities that are trusted beside the system's own.
    package var caFile: String?
    /// `http://[user:password@]host:port`.
    package var proxy: String?
    /// Calls under way at one time, all callers together.
    package var concurrentRequests: Int
    /// Shows in the org's logs, as "sequenced/1.0".
    package var clientName: String
    package var connectTimeout: Duration
    /// For one attempt at a call that carries no bulk data.
    package var requestTimeout: Duration
    /// For one attempt at an upload or at reading a result set.
    package var transferTimeout: Duration
    /// How long a call is tried again after its first attempt began.
    package var retryFor: Duration
    /// Of a request or an answer, the bytes that a `CallRecord` keeps.
    package var recordedBodyLimit: Int

    package init(
        loginURL: String,
        apiVersion: String = "62.0",
        grant: Grant,
        audience: String? = nil,
        caFile: String? = nil,
        proxy: String? = nil,
        concurrentRequests: Int = 10,
        clientName: String = "sequenced",
        connectTimeout: Duration = .seconds(10),
        requestTimeout: Duration = .seconds(120),
        transferTimeout: Duration = .seconds(1_200),
        retryFor: Duration = .seconds(300),
        recordedBodyLimit: Int = 1 << 20
    ) {
        self.loginURL = loginURL
        self.apiVersion = apiVersion
        self.grant = grant
        self.audience = audience
        self.caFile = caFile
        self.proxy = proxy
        self.concurrentRequests = concurrentRequests
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.requestTimeout = requestTimeout
        self.transferTimeout = transferTimeout
        self.retryFor = retryFor
        self.recordedBodyLimit = recordedBodyLimit
    }
}

extension SalesforceConfiguration {
    /// The configuration with its login address in canonical form.
    ///
    /// - Throws: `SalesforceError` of kind `refusedHere` that names the setting at fault.
    func checked() throws -> SalesforceConfiguration {
        var checked = self
        checked.loginURL = try Self.checkedAddress(loginURL, setting: "login_url")
        let parts = apiVersion.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), (20...999).contains(major), parts[1] == "0" else {
            throw Self.fault("api_version is \"\(apiVersion)\", where a version like \"62.0\" is meant")
        }
        guard concurrentRequests > 0 else {
            throw Self.fault("concurrent_requests is \(concurrentRequests), must be at least 1")
        }
        if let caFile, !FileManager.default.isReadableFile(atPath: caFile) {
            throw Self.fault("ca_file \(caFile) is not there or cannot be read")
        }
        return checked
    }

    /// Scheme, host and port of an address that may be talked to: https anywhere, http on loopback.
    static func checkedAddress(_ text: String, setting: String) throws -> String {
        guard let address = URLComponents(string: text), let scheme = address.scheme?.lowercased(),
            let host = address.host,
            !host.isEmpty, address.user == nil, address.query == nil, address.fragment == nil,
            ["", "/"].contains(address.path)
        else { throw fault("\(setting) is not an address of the form https://HOST: \(text.prefix(200))") }
        guard scheme == "https" || (scheme == "http" && isLoopback(host)) else {
            throw fault("\(setting) must be https (http is for loopback only): \(text.prefix(200))")
        }
        let bareHost = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host.lowercased()
        return "\(scheme)://\(bareHost)" + (address.port.map { ":\($0)" } ?? "")
    }

    private static func isLoopback(_ host: String) -> Bool {
        let bare = host.trimmingCharacters(in: ["[", "]"]).lowercased()
        if bare == "localhost" || bare == "::1" { return true }
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func fault(_ message: String) -> SalesforceError {
        SalesforceError(
            kind: .refusedHere,
            code: SalesforceError.Code.invalidConfiguration,
            message: message,
            action: "use destination"
        )
    }
}
