internal import SyncModel

extension KeyTable {
    /// `sequences/NAME.yaml`.
    static let sequence = KeyTable(
        noun: "a sequence",
        keys: [
            description,
            Key("steps", .list(.mapping(step), least: 1), required: true, "what is done, in order"),
            Key("schedule", .either([.word("manual"), .mapping(schedule)]), standard: "manual", "when it is due"),
            Key("randomized_delay", .span(least: .zero), standard: "0", "spread: stable for a sequence on a host"),
            Key(
                "catch_up",
                .choice(SequenceDefinition.CatchUp.allCases.map(\.rawValue)),
                standard: "once",
                "what to do about runs missed while off"
            ),
            Key(
                "catch_up_deadline",
                .span(least: .zero),
                note: "half the time between the missed elapse and the next",
                "later than this a missed run is recorded as missed"
            ),
            Key(
                "overlap",
                .choice(SequenceDefinition.Overlap.allCases.map(\.rawValue)),
                standard: "queue-one",
                "what a start while running does"
            ),
            Key(
                "timeout",
                .either([.word("none"), .span(least: .seconds(1))]),
                standard: "none",
                "most time running, waiting not counted"
            ),
            Key("max_wait", .span(least: .zero), standard: "12h", "a wait longer than this makes the run missed"),
            Key(
                "pause_after_failures",
                .either([.word("off"), .whole(1...1_000)]),
                standard: "off",
                "after so many failures in a row the schedule is paused"
            ),
            Key("notify", .list(.mapping(notification), least: 0), standard: "[]", "who is told what"),
        ],
        later: ["canary", "undo"],
        otherNames: ["cron": "schedule", "calendar": "schedule", "syncs": "steps"]
    )

    private static let step = KeyTable(
        noun: "a step",
        keys: [
            Key("sync", .oneOrMore(.reference(.sync)), required: true, "one sync, or several that run side by side"),
            Key(
                "after",
                .oneOrMore(.nameOf("a sync of another step")),
                note: "the step before",
                "the steps that must have ended, named by their syncs; `[]`: none"
            ),
            Key(
                "on_failure",
                .choice(StepDefinition.FailureBehaviour.allCases.map(\.rawValue)),
                standard: "stop",
                "`stop`: a fatal error or too many rejected rows end the sequence; `stop-on-fatal`: only a fatal error; `continue`: nothing"
            ),
            Key(
                "max_rejected",
                .bound,
                note: "10%, and never for fewer than 50 rows",
                "what \"too many\" means; `0`: one is too many"
            ),
            Key("attempts", .whole(1...100), standard: "1", "tries after a fatal transient cause"),
        ],
        otherNames: ["syncs": "sync", "depends_on": "after", "needs": "after"]
    )

    private static let schedule = KeyTable(
        noun: "the schedule",
        keys: [
            Key("calendar", .oneOrMore(.calendar), "a systemd calendar event; several are a union"),
            Key("every", .span(least: .seconds(60)), "elapsed time, aligned, immune to clock changes"),
            Key("cron", .cron, "five fields"),
            Key("timezone", .zone, note: "that of sequenced.yaml", "zone of a calendar that names none"),
            Key("except", .oneOrMore(.calendar), standard: "[]", "calendar events whose elapses are taken away"),
            Key(
                "dst_gap",
                .choice(ScheduleDefinition.Gap.allCases.map(\.rawValue)),
                standard: "next",
                "a time that a clock change skips"
            ),
            Key(
                "dst_fold",
                .choice(ScheduleDefinition.Fold.allCases.map(\.rawValue)),
                standard: "auto",
                "a time that a clock change repeats"
            ),
        ],
        exactlyOne: [["calendar", "every", "cron"]]
    )
}
