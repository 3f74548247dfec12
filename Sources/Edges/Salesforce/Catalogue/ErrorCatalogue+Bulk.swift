extension ErrorCatalogue {
    /// The codes of the original Bulk API, which Bulk 2.0 writes in capitals (reference 03-bulk-v1, 7).
    static let bulk: [CatalogueEntry] = [
        CatalogueEntry(
            "InvalidSessionId",
            [.authentication],
            "the session ended",
            "nothing",
            own: "signs in again once"
        ),
        CatalogueEntry(
            "ClientInputError",
            [.defect],
            "Bulk could not read what it was sent",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "ExceededQuota",
            [.window],
            "the org's bulk batches of the last 24 hours are used up",
            "larger batches, fewer runs; raise the reserve",
            own: "waits for the window; `why` says until when"
        ),
        CatalogueEntry(
            "FeatureNotEnabled",
            [.configuration],
            "Bulk, or deleting for good by Bulk, is not open to this user",
            "the permissions \"API Enabled\" and \"Bulk API Hard Delete\""
        ),
        CatalogueEntry(
            "InvalidBatch",
            [.configuration, .defect],
            when: "Field name not found",
            "a field is not there, or hidden from this user: the whole batch was refused",
            "field-level security of the integration user; the name in `fields`",
            own: "`check --live` finds it"
        ),
        CatalogueEntry(
            "InvalidBatch",
            [.defect],
            "Bulk could not read the batch",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "InvalidJob",
            [.defect],
            "no such job, or one that Bulk cannot read",
            "nothing, if it is older than seven days; else tell us",
            own: "rows whose results are gone are in doubt"
        ),
        CatalogueEntry(
            "InvalidJobState",
            [.defect],
            "the job is in another state than the call needs",
            "nothing",
            own: "asks the job how it stands"
        ),
        CatalogueEntry(
            "InvalidOperation",
            [.defect],
            "the call does not fit the address",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "InvalidUrl",
            [.defect],
            "no such address, most often because of the version",
            "mend `api_version` of the destination"
        ),
        CatalogueEntry(
            "InvalidVersion",
            [.defect],
            "the org does not know this version of the API",
            "mend `api_version` of the destination"
        ),
        CatalogueEntry(
            "InvalidUser",
            [.configuration],
            "this user may not do that, or the job is another user's",
            "profile of the integration user; keep one user for a destination"
        ),
        CatalogueEntry(
            "InvalidXML",
            [.defect],
            "Bulk could not read the request",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "InvalidXml",
            [.defect],
            "Bulk could not read the request",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "InvalidEntity",
            [.configuration],
            "Bulk does not serve this object",
            "`api: rest`"
        ),
        CatalogueEntry(
            "Timeout",
            [.shape],
            "the batch ran for too long, again and again",
            "make triggers and flows on the object cheaper, or the batch smaller",
            own: "smaller batches"
        ),
        CatalogueEntry(
            "TooManyLockFailure",
            [.shape, .transient],
            "other transactions held the batch's records, again and again",
            "find what writes the same parents (`inspect`); a quiet window for it",
            own: "fewer batches, then serial"
        ),
        CatalogueEntry(
            "InternalServerError",
            [.transient],
            "an internal error at Salesforce",
            "if it stays, tell Salesforce's support the time and the job",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "Unknown",
            [.transient],
            "an internal error at Salesforce",
            "if it stays, tell Salesforce's support the time and the job",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            "ApiError",
            [.transient],
            "an internal error at Salesforce",
            "if it stays, tell Salesforce's support the time and the job",
            own: "a request again until its deadline"
        ),
        CatalogueEntry("HttpsRequired", [.defect], "Bulk is served over https only", "mend the destination's address"),
        CatalogueEntry(
            "UnsupportedContentType",
            [.defect],
            "Bulk does not take this kind of data",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            "Gone",
            [.defect],
            "this version of the API is retired",
            "mend `api_version` of the destination"
        ),
        CatalogueEntry(
            "TransactionSecurityNoAccess",
            [.configuration],
            "a transaction security policy of the org refused it",
            "exempt the integration user from the policy"
        ),
        CatalogueEntry(
            "TransactionSecurityError",
            [.configuration],
            "a transaction security policy of the org failed while it ran",
            "mend the policy"
        ),
    ]
}
