internal import SyncModel

extension DestinationDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping) {
        guard let address = root.text("login_url"), let authorization = root.mapping("auth").flatMap(Authorization.init)
        else { return nil }
        self.init(name: name, loginURL: Self.withoutSlash(address), authorization: authorization)
        description = root.text("description")
        if let version = root.text("api_version") { apiVersion = version }
        caFile = root.text("ca_file")
        proxy = root.text("proxy")
        if let written = root.mapping("limits") {
            limits.dailyAPICalls = written.whole("daily_api_calls")
            limits.dailyBulkBatches = written.whole("daily_bulk_batches")
            limits.dailyBulkRows = written.whole("daily_bulk_rows")
            if let share = written.share("reserve") { limits.reserve = share }
            if let number = written.whole("concurrent_requests") { limits.concurrentRequests = number }
        }
        if let written = root.mapping("automation") { automation = Automation(written) }
    }

    /// Paths are appended to it.
    private static func withoutSlash(_ address: String) -> String {
        String(address.reversed().drop { $0 == "/" }.reversed())
    }
}

extension DestinationDefinition.Authorization {
    fileprivate init?(_ written: CheckedMapping) {
        guard let client = written.text("client_id") else { return nil }
        let secret = written.textOrSecret("client_secret")
        switch written.text("flow") {
        case "jwt-bearer":
            guard let user = written.text("username"), let key = written.textOrSecret("private_key") else { return nil }
            self = .jwtBearer(clientID: client, username: user, privateKey: key)
        case "client-credentials":
            guard let secret else { return nil }
            self = .clientCredentials(clientID: client, clientSecret: secret)
        case "authorization-code":
            let back = written.text("redirect_uri") ?? "http://localhost:1717/OauthRedirect"
            self = .authorizationCode(clientID: client, clientSecret: secret, redirectURI: back)
        default: return nil
        }
    }
}

extension DestinationDefinition.Automation {
    fileprivate init(_ written: CheckedMapping) {
        self.init()
        if let flag = written.flag("discover") { discover = flag }
        if let span = written.span("poll") { poll = span }
        jobs = (written.list("jobs") ?? []).compactMap { entry in
            guard case .mapping(let job) = entry.value, let name = job.text("name"), let objects = job.texts("objects")
            else { return nil }
            return Job(name: name, objects: objects, lasts: job.span("lasts"))
        }
        for entry in written.named("watch") ?? [] {
            guard case .list(let objects) = entry.value.value else { continue }
            watch[entry.name] = objects.compactMap { object in
                guard case .text(let name) = object.value else { return nil }
                return name
            }
        }
    }
}
