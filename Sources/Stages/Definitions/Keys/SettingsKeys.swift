internal import SyncModel

extension KeyTable {
    /// `sequenced.yaml`.
    static let settings = KeyTable(
        noun: "the daemon's settings",
        keys: [
            description,
            Key("timezone", .zone, standard: "UTC", "zone of calendars that name none"),
            Key(
                "roles",
                .mapping(roles),
                standard: "{ viewer: [sequenced], operator: [sequenced], admin: [] }",
                "Unix groups and what they may do; root and the daemon's user are admin"
            ),
            Key(
                "retention",
                .mapping(retention),
                standard: "{ age: 30d, size: 2GiB }",
                "how long runs, requests and rejected rows are kept"
            ),
            Key("requests", .mapping(requests), standard: "{ bodies: true, redact: [] }", "what the request log keeps"),
            Key("drain_timeout", .span(least: .zero), standard: "30s", "how long SIGTERM waits for answers"),
            Key(
                "plan_age",
                .span(least: .zero),
                standard: "1h",
                "a plan older than this is read anew before its first batch"
            ),
            Key(
                "notify",
                .list(.mapping(notification), least: 0),
                standard: "[]",
                "who is told what, for all sequences"
            ),
        ],
        later: ["state", "leases", "heartbeat", "web"]
    )

    static let notification = KeyTable(
        noun: "a notification",
        keys: [
            Key(
                "on",
                .oneOrMore(.choice(NotificationDefinition.Event.allCases.map(\.rawValue))),
                required: true,
                "which events"
            ),
            Key("command", .oneOrMore(.text), "program and arguments; gets the event as JSON on its standard input"),
            Key("webhook", .url(.any), "address that the event is posted to as JSON"),
        ],
        exactlyOne: [["command", "webhook"]]
    )

    private static let roles = KeyTable(
        noun: "the roles",
        keys: [
            Key("viewer", .oneOrMore(.nameOf("a Unix group")), standard: "[sequenced]", "groups that may look"),
            Key(
                "operator",
                .oneOrMore(.nameOf("a Unix group")),
                standard: "[sequenced]",
                "groups that may start, stop and approve"
            ),
            Key("admin", .oneOrMore(.nameOf("a Unix group")), standard: "[]", "groups that may do everything"),
        ]
    )

    private static let retention = KeyTable(
        noun: "the retention",
        keys: [
            Key("age", .span(least: .seconds(1)), standard: "30d", "older ones are removed"),
            Key("size", .size, standard: "2GiB", "beyond this the oldest are removed"),
        ]
    )

    private static let requests = KeyTable(
        noun: "the request log",
        keys: [
            Key("bodies", .flag, standard: "true", "whether bodies are kept"),
            Key(
                "redact",
                .oneOrMore(.apiName("a field")),
                standard: "[]",
                "fields replaced in the request log and in `rejected`"
            ),
        ]
    )
}
