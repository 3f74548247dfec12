internal import SyncModel

extension KeyTable {
    /// `syncs/NAME.yaml`.
    static let sync = KeyTable(
        noun: "a sync",
        keys: [
            description,
            Key("model", .reference(.model), required: true, "the rows"),
            Key("destination", .reference(.destination), required: true, "the org"),
            Key("object", .apiName("an object"), "the object that the rows become"),
            Key("objects", .mapping(objects), "two objects: a record is looked for in both"),
            Key("event", .apiName("a platform event"), "the platform event that each new row becomes"),
            Key("picklist", .mapping(picklist), "the picklist whose values the rows become"),
            Key("mode", .choice(SyncMode.allCases.map(\.rawValue)), required: true, "what becomes of a row"),
            Key(
                "match",
                .mapping(match),
                "how a row finds its record; required for update, upsert, archive, merge and `objects`"
            ),
            Key(
                "fields",
                .named(.apiName("a field"), fieldValue),
                "field → column; required for insert, update and upsert"
            ),
            Key(
                "only",
                .named(.apiName("an object"), .named(.apiName("a field"), fieldValue)),
                "object → fields for that one of the two `objects`"
            ),
            Key(
                "when_removed",
                .choice(RemovalBehaviour.allCases.map(\.rawValue)),
                standard: "nothing",
                "what becomes of the record when its row leaves the model"
            ),
            Key(
                "api",
                .choice(APIChoice.allCases.map(\.rawValue)),
                standard: "auto",
                "which of Salesforce's APIs carries the rows"
            ),
            Key(
                "batch",
                .mapping(batch),
                standard: "{ size: 1000, parallel: 10, serial: false, adaptive: true }",
                "how rows are sent"
            ),
            Key(
                "retry",
                .mapping(retry),
                standard: "{ split: true, attempts: 5 }",
                "rows refused for a passing reason"
            ),
            Key(
                "guard",
                .mapping(guards),
                note: "none, but a model of no rows removes nothing until approved",
                "what needs a person's approval"
            ),
            Key(
                "headers",
                .mapping(headers),
                standard: "{ allow_duplicates: false }",
                "what Salesforce is told with each request"
            ),
            Key(
                "converted",
                .choice(SyncDefinition.Converted.allCases.map(\.rawValue)),
                standard: "follow",
                "what becomes of a row whose lead was converted"
            ),
            Key(
                "local_checks",
                .flag,
                standard: "true",
                "`false`: let Salesforce decide what it would refuse (objects whose automation completes rows)"
            ),
            Key("was", .nameOf("a sync that is no more"), "the sync's former name: keeps its state over a rename"),
            Key("merge", .mapping(merge), "rows that are one record are merged"),
        ],
        exactlyOne: [["object", "objects", "event", "picklist"]],
        later: ["diff", "canary", "before_images", "undo", "audit", "drift_audit"],
        otherNames: ["mapping": "fields", "mappings": "fields", "on_removed": "when_removed", "external_id": "match"]
    )

    private static let objects = KeyTable(
        noun: "the two objects",
        keys: [
            Key("first", .apiName("an object"), required: true, "where a record is looked for first"),
            Key("else", .apiName("an object"), required: true, "where it is looked for then"),
            Key(
                "create",
                .either([.word("none"), .apiName("an object")]),
                "what is created if it is in neither, or `none`; required for upsert"
            ),
        ]
    )

    private static let picklist = KeyTable(
        noun: "the picklist",
        keys: [
            Key("object", .apiName("an object"), required: true, "the object that has it"),
            Key("field", .apiName("a field"), required: true, "the picklist field"),
            Key("value", .column, required: true, "column of the values' API names"),
            Key("label", .column, note: "the value", "column of the labels"),
            Key("default", .column, "column that says which value is the default"),
        ]
    )

    private static let match = KeyTable(
        noun: "the match",
        keys: [
            Key("column", .column, required: true, "column of the model"),
            Key("field", .apiName("a field"), required: true, "field of the object"),
        ]
    )

    private static let batch = KeyTable(
        noun: "the batch",
        keys: [
            Key(
                "size",
                .whole(1...10_000),
                standard: "1000",
                "rows a batch; `rest`: at most 200 a call; `bulk2`: not used"
            ),
            Key("parallel", .whole(1...50), standard: "10", "batches at a time; `bulk2`: jobs at a time"),
            Key("serial", .flag, standard: "false", "original Bulk only: Salesforce takes one batch after the other"),
            Key("adaptive", .flag, standard: "true", "smaller and fewer batches under pressure"),
        ],
        otherNames: ["parallelism": "parallel", "concurrency": "parallel"]
    )

    private static let retry = KeyTable(
        noun: "the retry",
        keys: [
            Key("split", .flag, standard: "true", "refused rows are sent again by themselves"),
            Key("attempts", .whole(1...100), standard: "5", "how often a row is sent at most"),
        ]
    )

    private static let guards = KeyTable(
        noun: "the guard",
        keys: [
            Key("max_deletes", .bound, "rows to delete, clear or archive, or values to deactivate; `0`: always ask"),
            Key("max_changed", .bound, "share of what was delivered that changes"),
            Key("max_shrink", .bound, "how much smaller the model is than at the last success"),
        ]
    )

    private static let headers = KeyTable(
        noun: "the headers",
        keys: [
            Key("assignment_rule", .text, note: "none", "Id of the assignment rule that is to run"),
            Key("allow_duplicates", .flag, standard: "false", "save in spite of duplicate rules; needs REST"),
        ]
    )

    private static let merge = KeyTable(
        noun: "the merge",
        keys: [
            Key("shared_id", .column, required: true, "column that is equal in rows that are one record"),
            Key("is_child", .column, "column that is false in a group's parent"),
            Key("merge_id", .column, "column that is empty in a group's parent; may hold the Id to merge"),
        ],
        exactlyOne: [["is_child", "merge_id"]]
    )
}
