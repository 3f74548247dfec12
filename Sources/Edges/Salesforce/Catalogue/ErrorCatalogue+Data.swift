extension ErrorCatalogue {
    /// Values that a record may not have.
    static let data: [CatalogueEntry] = [
        CatalogueEntry(
            "DUPLICATE_VALUE",
            [.shape, .data],
            when: "Duplicate external id specified",
            "two rows of one batch have the same external id",
            "remove the double in the model",
            own: "rows that share a match value are refused before sending"
        ),
        CatalogueEntry(
            "DUPLICATE_VALUE",
            [.shape, .data],
            when: "Duplicate id in list",
            "two rows of one batch name the same record",
            "remove the double in the model",
            own: "rows that share a match value are refused before sending"
        ),
        CatalogueEntry(
            "DUPLICATE_VALUE",
            [.data, .shape],
            "another record, or another row here, has the same unique value",
            "remove the double in the model or in Salesforce",
            own: "rows that share a match value are refused before sending"
        ),
        CatalogueEntry(
            "DUPLICATE_EXTERNAL_ID",
            [.configuration, .data],
            "several records carry this external id",
            "merge them or mend the wrong ones, and make the field unique",
            own: "never guesses which"
        ),
        CatalogueEntry(
            "DUPLICATES_DETECTED",
            [.configuration, .data],
            "a duplicate rule fired",
            "remove the double in the model, or merge it in Salesforce; or change the rule, or `allow_duplicates` (REST)",
            own: "names the rule and the records (REST)"
        ),
        CatalogueEntry(
            "DUPLICATE_USERNAME",
            [.data],
            "another user, in this org or any other, has this username",
            "choose another username"
        ),
        CatalogueEntry(
            "DUPLICATE_DEVELOPER_NAME",
            [.data],
            "another record has this developer name",
            "choose another name"
        ),
        CatalogueEntry(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            [.data],
            "the value is not active on this picklist, or not open to the record type",
            "add it (a picklist sync can), or map another",
            own: "refused before sending"
        ),
        CatalogueEntry(
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            [.data],
            "a value of the wrong type, or a null for a checkbox; a flow that runs before saving can also have set it",
            "cast the column in the model's query; a default for a checkbox; change the flow (`inspect` lists them) that sets it",
            own: "nulls into checkboxes are refused before sending"
        ),
        CatalogueEntry(
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            [.data],
            "a validation rule said no, in its own words",
            "mend the row or the rule",
            own: "names the rule where its text is unique"
        ),
        CatalogueEntry(
            "FIELD_FILTER_VALIDATION_EXCEPTION",
            [.data],
            "the linked record does not pass the filter of the lookup field",
            "link another record, or change the lookup's filter"
        ),
        CatalogueEntry(
            "FIELD_INTEGRITY_EXCEPTION",
            [.data],
            "values that do not fit together: a state and a country, a product and a price book",
            "the message names the field; mend the model"
        ),
        CatalogueEntry(
            "REQUIRED_FIELD_MISSING",
            [.data],
            "a field that must have a value has none",
            "map it, or give its column a default",
            own: "refused before sending"
        ),
        CatalogueEntry(
            "STRING_TOO_LONG",
            [.data],
            "the text is longer than the field",
            "shorten it in the model, or `truncate: true`",
            own: "refused before sending"
        ),
        CatalogueEntry(
            "NUMBER_OUTSIDE_VALID_RANGE",
            [.data],
            "the number has more digits than the field",
            "mend the model, or widen the field",
            own: "refused before sending"
        ),
        CatalogueEntry(
            "INVALID_EMAIL_ADDRESS",
            [.data],
            "not an e-mail address as Salesforce understands it",
            "mend the address, or leave it out in the model",
            own: "refused before sending where it is plain"
        ),
        CatalogueEntry(
            "INVALID_CURRENCY_ISO",
            [.data],
            "a currency that the org does not use",
            "use one of the org's currencies, or activate it"
        ),
        CatalogueEntry(
            "INVALID_STATUS",
            [.data],
            "the status cannot become this one from what it is",
            "mend the value, or the order of the changes"
        ),
        CatalogueEntry(
            "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET",
            [.data],
            "the text holds characters that the field cannot store",
            "remove them in the model"
        ),
        CatalogueEntry(
            "TOO_MANY_ENUM_VALUE",
            [.data],
            "more than 100 values chosen in a multi-select picklist",
            "choose fewer"
        ),
        CatalogueEntry(
            "CIRCULAR_DEPENDENCY",
            [.data],
            "the record would become its own ancestor",
            "mend the parents in the model",
            own: "cycles within the model are shown before sending"
        ),
        CatalogueEntry(
            "MAXIMUM_HIERARCHY_LEVELS_REACHED",
            [.data],
            "the hierarchy would become deeper than Salesforce allows",
            "flatten it in the model"
        ),
        CatalogueEntry(
            "PLATFORM_EVENT_ENCRYPTION_ERROR",
            [.configuration],
            "the event could not be encrypted with the org's key",
            "look at Setup → Encryption"
        ),
    ]
}
