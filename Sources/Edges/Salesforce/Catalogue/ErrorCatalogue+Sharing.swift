extension ErrorCatalogue {
    /// Locks, and trouble at Salesforce that passes.
    static let sharing: [CatalogueEntry] = [
        CatalogueEntry(
            "UNABLE_TO_LOCK_ROW",
            [.transient, .shape],
            "another transaction held this record or its parent",
            "find the trigger, flow or load that writes the same parents (`inspect`); a quiet window for it; fewer batches",
            own: "parents kept together; fewer batches, then serial; retried up to 5 times"
        ),
        CatalogueEntry(
            "UNKNOWN_EXCEPTION",
            [.transient],
            "an internal error at Salesforce",
            "keep the ErrorId in the message for Salesforce's support",
            own: "a request again until its deadline, a row at most twice, then listed"
        ),
        CatalogueEntry(
            "INTERNAL_ERROR",
            [.transient],
            "an internal error at Salesforce",
            "if it stays, tell Salesforce's support the time and the message",
            own: "a request again until its deadline, a row at most twice, then listed"
        ),
        CatalogueEntry(
            "SERVER_UNAVAILABLE",
            [.transient],
            "a server that this needs is down",
            "wait; status.salesforce.com says what is known",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "REQUEST_RUNNING_TOO_LONG",
            [.transient, .shape],
            "the request ran for more than ten minutes and was stopped",
            "make triggers and flows on the object cheaper, or the batch smaller",
            own: "sent again in a smaller batch"
        ),
        CatalogueEntry(
            "QUERY_TIMEOUT",
            [.transient, .shape],
            "the query ran for too long",
            "look up by an indexed field (an external id); ask Salesforce's support for an index",
            own: "asked once more, then with fewer keys at a time"
        ),
        CatalogueEntry(
            "API_CURRENTLY_DISABLED",
            [.transient],
            "trouble at Salesforce keeps its API closed",
            "wait; status.salesforce.com says what is known",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE",
            [.transient],
            "the org is in read-only mode, or the function is switched off for a while",
            "wait for the end of the maintenance",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
            [.transient],
            "the org may only be read while Salesforce maintains it",
            "wait for the end of the maintenance (minutes to hours); a quiet window over announced ones",
            own: "rows are tried again in later runs"
        ),
        CatalogueEntry(
            "INVALID_READ_ONLY_USER_DML",
            [.transient],
            "the org may only be read while Salesforce maintains it",
            "wait for the end of the maintenance (minutes to hours)",
            own: "rows are tried again in later runs"
        ),
        CatalogueEntry(
            "ORG_IN_MAINTENANCE",
            [.transient],
            "Salesforce maintains the org",
            "wait; status.salesforce.com says until when",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "SSO_SERVICE_DOWN",
            [.transient],
            "Salesforce's single sign-on service is down",
            "wait; status.salesforce.com says what is known",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "TERRITORY_REALIGN_IN_PROGRESS",
            [.transient],
            "the org is moving records between territories or owners",
            "let it finish (Setup says so by mail), then run again",
            own: "rows are tried again in later runs"
        ),
        CatalogueEntry(
            "RECORD_IN_USE_BY_WORKFLOW",
            [.transient],
            "a workflow or an approval was working on the record",
            "if it stays, look at the approvals and time-based workflows of the object",
            own: "the row again, later"
        ),
        CatalogueEntry(
            "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
            [.transient],
            "the record was changed by somebody else in the meantime",
            "nothing; if it stays, two systems write the same records",
            own: "the row again, later"
        ),
        CatalogueEntry(
            "BATCH_PROCESSING_HALTED",
            [.consequence],
            "an earlier part of the same request failed, so this one was not looked at",
            "mend what the other row's error names",
            own: "the row again, without the one that failed"
        ),
        CatalogueEntry(
            "PROCESSING_HALTED",
            [.consequence],
            "an earlier part of the same request failed, so this one was not looked at",
            "mend what the other row's error names",
            own: "the row again, without the one that failed"
        ),
        CatalogueEntry(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            [.consequence],
            "another record of the same call failed, and the call was all or nothing",
            "mend what the other row's error names",
            own: "the row again, without the one that failed"
        ),
        CatalogueEntry(
            "PLATFORM_EVENT_PUBLISHING_UNAVAILABLE",
            [.transient],
            "Salesforce's event bus takes no events at the moment",
            "wait; status.salesforce.com says what is known",
            own: "the event again, later"
        ),
        CatalogueEntry(
            "PLATFORM_EVENT_PUBLISH_FAILED",
            [.transient],
            "Salesforce's event bus failed to take the event",
            "wait; status.salesforce.com says what is known",
            own: "the event again, later"
        ),
        CatalogueEntry(
            "OPERATION_ENQUEUED",
            [.none],
            "the event was taken; the message is its EventUuid",
            "nothing",
            own: "counts as published"
        ),
    ]
}
