internal import SyncModel

extension KeyTable {
    /// What a field becomes: a column's name, or more about it.
    static let fieldValue = ValueType.either([.column, .mapping(field)])

    private static let field = KeyTable(
        noun: "a field",
        keys: [
            Key("column", .column, "column of the model"),
            Key("value", .text, "a constant"),
            Key("template", .template, "text with columns between `{{` and `}}`"),
            Key("lookup", .mapping(lookup), "the record whose field equals a column"),
            Key("record_type", .column, "column of a record type's developer name"),
            Key(
                "when_null",
                .choice(NullPolicy.allCases.map(\.rawValue)),
                standard: "clear",
                "what an empty value does"
            ),
            Key(
                "write",
                .choice(WritePolicy.allCases.map(\.rawValue)),
                standard: "always",
                "`if-empty`: only where Salesforce has no value"
            ),
            Key("truncate", .flag, standard: "false", "shorten text that is too long, in place of refusing the row"),
        ],
        exactlyOne: [["column", "value", "template", "lookup", "record_type"]],
        otherNames: ["constant": "value", "static": "value"]
    )

    private static let lookup = KeyTable(
        noun: "a lookup",
        keys: [
            Key("object", .apiName("an object"), required: true, "where to look"),
            Key("field", .apiName("a field"), required: true, "what must be equal"),
            Key("column", .column, required: true, "to this column"),
        ]
    )
}
