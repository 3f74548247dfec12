extension ErrorCatalogue {
    /// Requests that were built wrongly, or name what is not there.
    static let requests: [CatalogueEntry] =
        [
            CatalogueEntry(
                "INVALID_TYPE",
                [.defect, .configuration],
                "the object is not there, or hidden from this user",
                "the name in `object`; the user's right to the object",
                own: "`check --live` finds it"
            ),
            CatalogueEntry(
                "INVALID_TYPE_FOR_OPERATION",
                [.defect, .configuration],
                "the object does not allow this operation",
                "another mode, or another object"
            ),
            CatalogueEntry(
                "INVALID_ENTITY_FOR_UPSERT",
                [.defect, .configuration],
                "the object does not allow upserts",
                "mode `insert` or `update`"
            ),
            CatalogueEntry(
                "INVALID_ID_FIELD",
                [.defect],
                "an Id is missing or not one of this object",
                "check where the Id column comes from"
            ),
            CatalogueEntry(
                "MISSING_ARGUMENT",
                [.defect],
                "something that the request needs is missing, most often an Id",
                "check where the Id column comes from"
            ),
            CatalogueEntry(
                "JSON_PARSER_ERROR",
                [.defect, .data],
                "a value has a form that Salesforce cannot read; one row spoils the whole request",
                "the message shows the value; mend the model",
                own: "the request is halved until the row is alone"
            ),
            CatalogueEntry(
                "XML_PARSER_ERROR",
                [.defect, .data],
                "a value has a form that Salesforce cannot read",
                "the message shows the value; mend the model"
            ),
            CatalogueEntry(
                "POST_BODY_PARSE_ERROR",
                [.defect, .data],
                "a value has a form that Salesforce cannot read",
                "the message shows the value; mend the model"
            ),
            CatalogueEntry(
                "INVALID_QUERY_LOCATOR",
                [.defect],
                "the rest of a long query's answer is no longer kept",
                "nothing",
                own: "begins the query anew"
            ),
        ] + ours

    /// The requests that only we build: whoever sees these has found a mistake of ours.
    private static let ours: [CatalogueEntry] =
        [
            ("MALFORMED_QUERY", "a query that Salesforce cannot read"),
            ("INVALID_QUERY_FILTER_OPERATOR", "a query that compares a field as it cannot be compared"),
            ("QUERY_TOO_COMPLICATED", "a query that is too complicated"),
            ("OPERATION_TOO_LARGE", "a query that looks at too many records at once"),
            ("INVALID_BATCH_SIZE", "a query for pages of a size that is not allowed"),
            ("INVALID_BATCH_REQUEST", "a request of several parts that Salesforce cannot read"),
            ("INVALID_MULTIPART_REQUEST", "a request of several parts that Salesforce cannot read"),
            ("UNSUPPORTED_MEDIA_TYPE", "a body of a kind that the resource does not take"),
            ("NOT_ACCEPTABLE", "an answer was asked for in a form that Salesforce does not give"),
            ("METHOD_NOT_ALLOWED", "a method that the resource does not take"),
            ("INVALID_INPUT", "a request that lacks something"),
            ("INVALID_AUTH_HEADER", "an authorization header that Salesforce cannot read"),
            ("INVALID_HEADER_TYPE", "an authorization header that Salesforce cannot read"),
        ].map { code, explanation in
            CatalogueEntry(code, [.defect], explanation, "tell us, with the request that `requests` shows")
        } + [
            CatalogueEntry(
                "UNSUPPORTED_API_VERSION",
                [.defect],
                "the org does not know this version of the API",
                "mend `api_version` of the destination"
            )
        ]
}
