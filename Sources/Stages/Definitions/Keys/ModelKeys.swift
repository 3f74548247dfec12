extension KeyTable {
    /// `models/NAME.yaml`.
    static let model = KeyTable(
        noun: "a model",
        keys: [
            description,
            Key("source", .reference(.source), required: true, "where it is read from"),
            Key("query", .text, "an SQL file beside it"),
            Key("sql", .text, "inline SQL"),
            Key("table", .text, "a table or view"),
            Key("file", .text, "a file in the folder of a csv source"),
            Key("primary_key", .oneOrMore(.column), required: true, "one column or a list; not null and unique"),
            Key("timezone", .zone, "zone of datetimes that have none"),
        ],
        exactlyOne: [["query", "sql", "table", "file"]],
        later: ["diff", "incremental"],
        otherNames: ["key": "primary_key", "id": "primary_key"]
    )
}
