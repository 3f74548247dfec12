extension ErrorCatalogue {
    /// Quotas, storage, licences.
    static let limits: [CatalogueEntry] = [
        CatalogueEntry(
            "REQUEST_LIMIT_EXCEEDED",
            [.transient],
            when: "Concurrent",
            "too many long requests at one time in the org",
            "lower `concurrent_requests`, or find who else keeps requests running for more than 20 seconds",
            own: "fewer requests at a time; a request again until its deadline"
        ),
        CatalogueEntry(
            "REQUEST_LIMIT_EXCEEDED",
            [.window],
            "the org's API calls of the last 24 hours are used up",
            "raise the reserve, spread the runs, or buy more calls",
            own: "waits for the window; `why` says until when"
        ),
        CatalogueEntry(
            "LIMIT_EXCEEDED",
            [.window, .data],
            "a limit is used up: events published in this hour, the length of a list, licences",
            "read which one the message names; spread the runs",
            own: "events go again, in this run or the next, once the org has room; other rows are listed"
        ),
        CatalogueEntry(
            "TOO_MANY_APEX_REQUESTS",
            [.shape, .transient],
            "too much Apex ran at one time",
            "make the triggers of the object cheaper, or keep the batch small",
            own: "size to 100, 50 …, raised again slowly"
        ),
        CatalogueEntry(
            "STORAGE_LIMIT_EXCEEDED",
            [.configuration],
            "the org's data storage is full",
            "delete records or buy storage (Setup → Storage Usage)",
            own: "stops the step"
        ),
        CatalogueEntry(
            "EXCEEDED_QUOTA",
            [.configuration],
            "the org's data storage is full",
            "delete records or buy storage (Setup → Storage Usage)",
            own: "stops the step"
        ),
        CatalogueEntry(
            "LICENSE_LIMIT_EXCEEDED",
            [.configuration],
            "no licence of the kind is left",
            "free a licence or buy one"
        ),
        CatalogueEntry(
            "PAYLOAD_SIZE_EXCEEDED",
            [.data],
            "the event is larger than 1 MB",
            "send less in it"
        ),
        CatalogueEntry(
            "EXCEEDED_ID_LIMIT",
            [.defect],
            "more records in one call than Salesforce takes",
            "tell us: sequenced should not have sent this"
        ),
        CatalogueEntry(
            "EXCEEDED_MAX_SIZE_REQUEST",
            [.defect],
            "a request of more than 50 MB",
            "tell us: sequenced should not have sent this"
        ),
    ]
}
