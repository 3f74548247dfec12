extension KeyTable {
    /// `destinations/NAME.yaml`.
    static let destination = KeyTable(
        noun: "a destination",
        keys: [
            description,
            Key("type", .choice(["salesforce"]), required: true, "kind of destination"),
            Key(
                "login_url",
                .url(.secureOrLoopback),
                required: true,
                "`https://login.salesforce.com`, `https://test.salesforce.com` for a sandbox, or a My Domain; `http` to loopback only"
            ),
            Key("auth", .variants(.authorization), required: true, "how to sign in"),
            Key(
                "api_version",
                .version,
                standard: "\"62.0\"",
                "version of Salesforce's API, 46.0 or newer; tried up to 67.0"
            ),
            Key("ca_file", .path, note: "the system's", "certificate authorities to trust"),
            Key("proxy", .url(.any), "HTTP proxy"),
            Key(
                "limits",
                .mapping(limits),
                standard: "{ reserve: 20%, concurrent_requests: 20 }",
                "how much of the org's quota may be spent"
            ),
            Key(
                "automation",
                .mapping(automation),
                standard: "{ discover: true, poll: 60s }",
                "what the org does by itself"
            ),
        ],
        later: ["canary", "audit", "drift_audit", "before_images"],
        otherNames: ["url": "login_url", "instance_url": "login_url", "authentication": "auth"]
    )

    private static let limits = KeyTable(
        noun: "the limits",
        keys: [
            Key("daily_api_calls", .whole(0...Int.max), note: "no cap", "most that sequenced itself may spend in 24 h"),
            Key("reserve", .share, standard: "20%", "of the org's own daily limit, left for people and other programs"),
            Key("concurrent_requests", .whole(1...1_000), standard: "20", "across all syncs into this org"),
            Key("daily_bulk_batches", .whole(0...Int.max), note: "no cap", "batches in 24 h"),
            Key("daily_bulk_rows", .whole(0...Int.max), note: "no cap", "rows by the Bulk APIs in 24 h"),
        ]
    )

    private static let automation = KeyTable(
        noun: "the automation",
        keys: [
            Key("discover", .flag, standard: "true", "read triggers, flows and scheduled Apex from the org"),
            Key("poll", .span(least: .seconds(1)), standard: "60s", "how old what is known of the org may be"),
            Key(
                "jobs",
                .list(.mapping(job), least: 0),
                standard: "[]",
                "scheduled jobs, and the objects that they touch"
            ),
            Key(
                "watch",
                .named(.apiName("an Apex class"), .oneOrMore(.apiName("an object"))),
                standard: "{}",
                "Apex classes, and the objects that must be left alone while one runs"
            ),
        ]
    )

    private static let job = KeyTable(
        noun: "a job",
        keys: [
            Key("name", .text, required: true, "its name in the org"),
            Key("objects", .oneOrMore(.apiName("an object")), required: true, "what it touches"),
            Key("lasts", .span(least: .seconds(1)), note: "the p95 of its past runs, else 30min", "how long it runs"),
        ]
    )
}

extension VariantTable {
    static let authorization = VariantTable(
        noun: "the sign-in",
        key: "flow",
        variants: [
            Variant(
                value: "jwt-bearer",
                table: KeyTable(
                    noun: "a jwt-bearer sign-in",
                    keys: [
                        Key("flow", .choice(["jwt-bearer"]), required: true, "the OAuth flow"),
                        Key("client_id", .text, required: true, "the connected app's consumer key"),
                        Key("username", .text, required: true, "the user to act as"),
                        Key("private_key", .secret, required: true, "key that the app's certificate belongs to"),
                    ]
                )
            ),
            Variant(
                value: "client-credentials",
                table: KeyTable(
                    noun: "a client-credentials sign-in",
                    keys: [
                        Key("flow", .choice(["client-credentials"]), required: true, "the OAuth flow"),
                        Key("client_id", .text, required: true, "the connected app's consumer key"),
                        Key("client_secret", .secret, required: true, "the connected app's consumer secret"),
                    ]
                )
            ),
            Variant(
                value: "authorization-code",
                table: KeyTable(
                    noun: "an authorization-code sign-in",
                    keys: [
                        Key("flow", .choice(["authorization-code"]), required: true, "the OAuth flow"),
                        Key("client_id", .text, required: true, "the connected app's consumer key"),
                        Key("client_secret", .secret, "the connected app's consumer secret, if it has one"),
                        Key(
                            "redirect_uri",
                            .url(.secureOrLoopback),
                            standard: "http://localhost:1717/OauthRedirect",
                            "where `login` waits for the answer"
                        ),
                    ]
                )
            ),
        ]
    )
}
