extension ErrorCatalogue {
    /// What the integration user may not do.
    static let permissions: [CatalogueEntry] = [
        CatalogueEntry(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            [.configuration],
            "the field is read-only for this user or record type",
            "field-level security of the integration user; with record types, a default one for its profile",
            own: "`check --live` finds it; create-only fields are left out by themselves"
        ),
        CatalogueEntry(
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            [.configuration],
            "the integration user has no right on the record that this one points to",
            "give the user's profile or a permission set the linked object, and look at the record's sharing; `doctor` checks",
            own: "`doctor` shows each missing right"
        ),
        CatalogueEntry(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            [.configuration],
            "the integration user may not edit this record",
            "give the user's profile or a permission set edit on the object, and look at the record's sharing; `doctor` checks",
            own: "`doctor` shows each missing right"
        ),
        CatalogueEntry(
            "INSUFFICIENT_ACCESS",
            [.configuration],
            "the integration user has no right on the object",
            "give the user's profile or a permission set the object; `doctor` checks",
            own: "`doctor` shows each missing right"
        ),
        CatalogueEntry(
            "ENTITY_IS_LOCKED",
            [.configuration],
            "an approval process has locked the record",
            "finish or recall the approval, or let the integration user edit locked records",
            own: "the row again in later runs"
        ),
        CatalogueEntry(
            "INVALID_OPERATION",
            [.configuration],
            "the record's state does not allow this, as while it is being approved",
            "read the message; finish or recall the approval"
        ),
        CatalogueEntry(
            "UNAVAILABLE_RECORDTYPE_EXCEPTION",
            [.configuration],
            "the integration user has no default record type for the object",
            "give the user's profile a default record type, or map `record_type`"
        ),
        CatalogueEntry(
            "INVALID_ASSIGNMENT_RULE",
            [.configuration],
            "no active assignment rule has this Id",
            "mend `assignment_rule`"
        ),
        CatalogueEntry(
            "API_DISABLED_FOR_ORG",
            [.configuration],
            "the org's edition has no API",
            "another edition, or the API add-on"
        ),
        CatalogueEntry(
            "FUNCTIONALITY_NOT_ENABLED",
            [.configuration],
            "the function is not switched on in this org",
            "switch it on in Setup; the message names it"
        ),
        CatalogueEntry("TRIAL_EXPIRED", [.configuration], "the org's trial is over", "a paid edition"),
        CatalogueEntry("ORG_LOCKED", [.configuration], "Salesforce has locked the org", "ask Salesforce's support"),
        CatalogueEntry(
            "CUSTOM_APEX_ERROR",
            [.configuration],
            "Apex of the org refused it, in its own words",
            "the owner of that code knows"
        ),
        CatalogueEntry(
            "TXN_SECURITY_NO_ACCESS",
            [.configuration],
            "a transaction security policy of the org refused it",
            "exempt the integration user from the policy"
        ),
        CatalogueEntry(
            "TXN_SECURITY_RUNTIME_ERROR",
            [.configuration],
            "a transaction security policy of the org failed while it ran",
            "mend the policy"
        ),
    ]
}
