internal import SyncModel

extension KeyTable {
    /// `quiet-windows/NAME.yaml`.
    static let window = KeyTable(
        noun: "a quiet window",
        keys: [
            description,
            Key("destination", .reference(.destination), required: true, "the org"),
            Key(
                "objects",
                .either([.word("*"), .oneOrMore(.apiName("an object"))]),
                required: true,
                "what is left alone; `\"*\"`: all of the org"
            ),
            Key("calendar", .oneOrMore(.calendar), required: true, "when it opens"),
            Key("duration", .span(least: .seconds(1)), required: true, "how long it lasts, on the wall clock"),
            Key(
                "timezone",
                .either([.word("org"), .zone]),
                note: "that of sequenced.yaml",
                "zone of a calendar that names none; `org`: the org's own"
            ),
            Key("except", .oneOrMore(.calendar), standard: "[]", "calendar events whose elapses are taken away"),
            Key(
                "lead",
                .either([.word("auto"), .span(least: .zero)]),
                standard: "0",
                "nothing new starts on these objects this long before it opens"
            ),
            Key(
                "running",
                .choice(WindowBehaviour.allCases.map(\.rawValue)),
                standard: "pause",
                "what becomes of a step that is pushing when it opens"
            ),
            Key(
                "grace",
                .span(least: .zero),
                standard: "15min",
                "a job that still runs after this is reported as an overrun"
            ),
            Key("reason", .text, "shown to whoever waits"),
        ]
    )
}
