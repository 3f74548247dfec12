extension ErrorCatalogue {
    /// Ids, parents, and records that are gone.
    static let references: [CatalogueEntry] = [
        CatalogueEntry(
            "INVALID_CROSS_REFERENCE_KEY",
            [.data],
            "an Id that is not in this org: deleted, of another object, or of a sandbox",
            "check where the Id column comes from",
            own: "checks prefix and checksum before sending"
        ),
        CatalogueEntry(
            "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD",
            [.data],
            "the Id of a record of another object than the field links to",
            "check where the Id column comes from",
            own: "checks the prefix before sending"
        ),
        CatalogueEntry(
            "MALFORMED_ID",
            [.data],
            "not a Salesforce Id, or of another object",
            "check where the Id column comes from; a tool may have changed its case",
            own: "checks prefix and checksum before sending"
        ),
        CatalogueEntry(
            "INVALID_FIELD",
            [.data],
            when: "Foreign key external ID",
            "no parent with this value",
            "deliver the parent first; mend the column",
            own: "holds the row if the parent is ours and was never delivered"
        ),
        CatalogueEntry(
            "INVALID_FIELD",
            [.data],
            when: "More than one record found",
            "several parents have this value",
            "merge them, or make the field unique",
            own: "never guesses which"
        ),
        CatalogueEntry(
            "INVALID_FIELD",
            [.defect],
            when: "Cannot specify both",
            "one row names its parent by Id and by external id",
            "tell us: sequenced should not have sent this"
        ),
        CatalogueEntry(
            "INVALID_FIELD",
            [.configuration, .defect],
            "the field is not there, or hidden from this user",
            "field-level security of the integration user; the name in `fields`",
            own: "`check --live` finds it"
        ),
        CatalogueEntry(
            "ENTITY_IS_DELETED",
            [.data],
            "the record is in the recycle bin, or was merged away",
            "restore it, or let it go",
            own: "a removal of it is done; a merged one is followed"
        ),
        CatalogueEntry(
            "ENTITY_IS_ARCHIVED",
            [.data],
            "the activity is archived and cannot be written any more",
            "leave it out of the model"
        ),
        CatalogueEntry(
            "NOT_FOUND",
            [.data, .defect],
            "no such record or resource",
            "the record was deleted, or this user may not see it or its object",
            own: "a removal of it is done"
        ),
        CatalogueEntry(
            "CANNOT_UPDATE_CONVERTED_LEAD",
            [.data],
            "the lead became a contact; it can't be written any more",
            "write to `objects:` (Contact or Account, else Lead), which follows the lead, or leave leads out once converted",
            own: "`converted: follow` writes the contact or account instead"
        ),
        CatalogueEntry(
            "CANNOT_REPARENT_RECORD",
            [.data],
            "the master-detail field does not allow another parent",
            "allow reparenting on the field, or leave it out of updates"
        ),
        CatalogueEntry(
            "INACTIVE_OWNER_OR_USER",
            [.data],
            "the owner, or a user that the record names, is inactive",
            "name an active user, or grant \"Update Records with Inactive Owners\""
        ),
        CatalogueEntry(
            "INVALID_OWNER",
            [.data, .configuration],
            "the user or queue cannot own records of this object",
            "name another owner; add the object to the queue"
        ),
        CatalogueEntry(
            "INVALID_EMPTY_KEY_OWNER",
            [.data, .configuration],
            "the record needs an owner",
            "map OwnerId, or leave it out"
        ),
        CatalogueEntry(
            "TRANSFER_REQUIRES_READ",
            [.data, .configuration],
            "the new owner may not read records of this object",
            "give that user the right to read, or name another owner"
        ),
        CatalogueEntry(
            "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
            [.data, .configuration],
            "a user of this kind cannot do or own this",
            "name a user with another licence"
        ),
        CatalogueEntry(
            "DELETE_FAILED",
            [.data],
            "records that hang on this one keep it from being deleted",
            "delete or unlink those first; the message names them"
        ),
        CatalogueEntry(
            "DEPENDENCY_EXISTS",
            [.data],
            "something in the org depends on this",
            "remove the dependency first; the message names it"
        ),
        CatalogueEntry(
            "DELETE_REQUIRED_ON_CASCADE",
            [.data],
            "deleting it would delete records that this user may not delete",
            "give the right to delete those, or delete them first"
        ),
        CatalogueEntry(
            "DELETE_OPERATION_TOO_LARGE",
            [.data],
            "too many records hang on this one to be deleted with it at once",
            "delete those first"
        ),
        CatalogueEntry(
            "UNDELETE_FAILED",
            [.data],
            "the record cannot be brought back",
            "it was deleted too long ago, or its parent is gone"
        ),
        CatalogueEntry(
            "MERGE_FAILED",
            [.data],
            "Salesforce refused to merge these records",
            "the message says why; accounts that share a contact must lose the double link first"
        ),
    ]
}
