import Foundation
import Testing

@testable import Salesforce

@Suite struct `The error catalogue` {
    /// Every code of reference 08, A3, with the letters of its class there; where our own table of errors says otherwise, ours.
    private static let classes: [(codes: String, classes: String)] = [
        ("UNABLE_TO_LOCK_ROW TOO_MANY_APEX_REQUESTS REQUEST_RUNNING_TOO_LONG QUERY_TIMEOUT", "TS"),
        (
            """
            SERVER_UNAVAILABLE API_CURRENTLY_DISABLED FUNCTIONALITY_TEMPORARILY_UNAVAILABLE INTERNAL_ERROR UNKNOWN_EXCEPTION
            INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE INVALID_READ_ONLY_USER_DML ORG_IN_MAINTENANCE SSO_SERVICE_DOWN
            TERRITORY_REALIGN_IN_PROGRESS RECORD_IN_USE_BY_WORKFLOW ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE
            PLATFORM_EVENT_PUBLISHING_UNAVAILABLE PLATFORM_EVENT_PUBLISH_FAILED InternalServerError Unknown unknown_error
            """, "T"
        ),
        ("BATCH_PROCESSING_HALTED PROCESSING_HALTED ALL_OR_NONE_OPERATION_ROLLED_BACK", "F"),
        ("REQUEST_LIMIT_EXCEEDED ExceededQuota EXCEEDEDQUOTA rate_limit_exceeded", "W"),
        ("LIMIT_EXCEEDED", "WD"),
        (
            """
            STORAGE_LIMIT_EXCEEDED EXCEEDED_QUOTA LICENSE_LIMIT_EXCEEDED INVALID_FIELD_FOR_INSERT_UPDATE
            INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY INSUFFICIENT_ACCESS_OR_READONLY INSUFFICIENT_ACCESS ENTITY_IS_LOCKED
            UNAVAILABLE_RECORDTYPE_EXCEPTION INVALID_ASSIGNMENT_RULE CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY
            CANNOT_EXECUTE_FLOW_TRIGGER FLOW_EXCEPTION MAX_DEPTH_IN_FLOW_EXECUTION SELF_REFERENCE_FROM_TRIGGER
            SELF_REFERENCE_FROM_FLOW INVALID_OPERATION INVALID_LOGIN LOGIN_MUST_USE_SECURITY_TOKEN LOGIN_DURING_RESTRICTED_TIME
            LOGIN_DURING_RESTRICTED_DOMAIN PASSWORD_LOCKOUT CLIENT_NOT_ACCESSIBLE_FOR_USER API_DISABLED_FOR_ORG
            FUNCTIONALITY_NOT_ENABLED TRIAL_EXPIRED ORG_LOCKED CUSTOM_APEX_ERROR TXN_SECURITY_NO_ACCESS
            TXN_SECURITY_RUNTIME_ERROR OAUTH_APP_BLOCKED invalid_app_access inactive_user inactive_org invalid_client
            invalid_client_id invalid_client_credentials invalid_grant unsupported_grant_type redirect_uri_mismatch invalid_scope
            wrong_version FeatureNotEnabled InvalidUser InvalidEntity INVALIDENTITY PLATFORM_EVENT_ENCRYPTION_ERROR
            """, "C"
        ),
        ("DUPLICATE_EXTERNAL_ID DUPLICATES_DETECTED", "CD"),
        ("DUPLICATE_VALUE", "DS"),
        (
            """
            DUPLICATE_USERNAME DUPLICATE_DEVELOPER_NAME INVALID_CROSS_REFERENCE_KEY INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD
            INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST INVALID_TYPE_ON_FIELD_IN_RECORD CANNOT_UPDATE_CONVERTED_LEAD
            ENTITY_IS_DELETED ENTITY_IS_ARCHIVED MALFORMED_ID FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION
            FIELD_INTEGRITY_EXCEPTION REQUIRED_FIELD_MISSING STRING_TOO_LONG NUMBER_OUTSIDE_VALID_RANGE INVALID_EMAIL_ADDRESS
            INVALID_CURRENCY_ISO INVALID_STATUS TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET TOO_MANY_ENUM_VALUE INACTIVE_OWNER_OR_USER
            CIRCULAR_DEPENDENCY MAXIMUM_HIERARCHY_LEVELS_REACHED CANNOT_REPARENT_RECORD DELETE_FAILED DEPENDENCY_EXISTS
            DELETE_REQUIRED_ON_CASCADE DELETE_OPERATION_TOO_LARGE UNDELETE_FAILED MERGE_FAILED PAYLOAD_SIZE_EXCEEDED
            """, "D"
        ),
        ("NOT_FOUND", "DB"),
        ("INVALID_OWNER INVALID_EMPTY_KEY_OWNER TRANSFER_REQUIRES_READ OP_WITH_INVALID_USER_TYPE_EXCEPTION", "DC"),
        ("INVALID_FIELD", "CB"),
        ("MIXED_DML_OPERATION Timeout", "S"),
        ("TooManyLockFailure TOOMANYLOCKFAILURE", "ST"),
        ("INVALID_TYPE INVALID_TYPE_FOR_OPERATION INVALID_ENTITY_FOR_UPSERT", "BC"),
        ("JSON_PARSER_ERROR XML_PARSER_ERROR POST_BODY_PARSE_ERROR", "BD"),
        (
            """
            INVALID_ID_FIELD MISSING_ARGUMENT MALFORMED_QUERY INVALID_QUERY_FILTER_OPERATOR INVALID_QUERY_LOCATOR
            QUERY_TOO_COMPLICATED OPERATION_TOO_LARGE EXCEEDED_ID_LIMIT EXCEEDED_MAX_SIZE_REQUEST INVALID_BATCH_SIZE
            INVALID_BATCH_REQUEST INVALID_MULTIPART_REQUEST UNSUPPORTED_MEDIA_TYPE NOT_ACCEPTABLE METHOD_NOT_ALLOWED
            UNSUPPORTED_API_VERSION INVALID_AUTH_HEADER INVALID_HEADER_TYPE ClientInputError CLIENTINPUTERROR InvalidBatch
            InvalidJob INVALIDJOB InvalidJobState INVALIDJOBSTATE InvalidOperation InvalidUrl InvalidVersion InvalidXML InvalidXml
            HttpsRequired UnsupportedContentType Gone invalid_request
            """, "B"
        ),
        ("INVALID_SESSION_ID InvalidSessionId INVALIDSESSIONID", "A"),
        ("OPERATION_ENQUEUED", "–"),
    ]

    private static let expected: [(code: String, classes: String)] = classes.flatMap { group in
        group.codes.split(whereSeparator: \.isWhitespace).map {
            (String($0), group.classes)
        }
    }

    @Test(arguments: expected)
    func `covers every code of the reference, with its classes`(code: String, classes: String) {
        let entry = ErrorCatalogue.entry(for: code, message: "")
        #expect(ErrorCatalogue.all.contains { $0.code.uppercased() == code.uppercased() }, "not listed")
        #expect(Set(entry.classes.map(\.rawValue)) == Set(classes.map(String.init)))
    }

    @Test(arguments: [
        ("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded", "T"),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "W"),
        ("DUPLICATE_VALUE", "Duplicate external id specified: A-17", "S"),
        ("DUPLICATE_VALUE", "duplicate value found: Ext__c duplicates value on record with id: 0015g00000XyZaB", "D"),
        ("INVALID_FIELD", "Foreign key external ID: A-99 not found for field Ext__c in entity Account", "D"),
        ("INVALID_FIELD", "No such column 'foo' on sobject of type Account", "C"),
        ("INVALID_FIELD", "Cannot specify both an external ID reference Account and a salesforce id, AccountId", "B"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "MyTrigger: System.LimitException: Too many SOQL queries: 101", "S"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: execution of AfterUpdate caused by: … UNABLE_TO_LOCK_ROW …", "T"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: execution of BeforeInsert caused by: System.DmlException", "C"),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "Too many retries of batch save in the presence of Apex triggers with failures", "S"
        ),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record … UNABLE_TO_LOCK_ROW: unable to obtain", "T"),
        ("InvalidBatch", "Field name not found : Foo__c", "C"),
    ])
    func `reads the message where the code does not tell`(code: String, message: String, first: String) {
        #expect(ErrorCatalogue.entry(for: code, message: message).classes.first?.rawValue == first)
    }

    @Test func `takes a code that it does not know as a fault of the data`() {
        let entry = ErrorCatalogue.entry(for: "SOMETHING_NEW", message: "in its own words")
        #expect(entry.code == "SOMETHING_NEW")
        #expect(entry.classes == [.data])
        #expect(!entry.explanation.isEmpty && !entry.remedy.isEmpty)
    }

    @Test(arguments: ErrorCatalogue.all)
    func `explains, and names a remedy`(entry: CatalogueEntry) {
        #expect(!entry.explanation.isEmpty && !entry.remedy.isEmpty && !entry.classes.isEmpty)
        // A cell of a table must stay one.
        for text in [entry.explanation, entry.remedy, entry.ownAction] {
            #expect(!text.contains("|") && !text.contains("\n") && text.last != ".")
        }
    }

    @Test func `lists nothing twice, and what has a mark first`() {
        var seen: Set<String> = []
        var plain: Set<String> = []
        for entry in ErrorCatalogue.all {
            #expect(seen.insert(entry.code + "/" + (entry.mark ?? "")).inserted, "\(entry.code) stands twice")
            if entry.mark == nil { plain.insert(entry.code) } else { #expect(!plain.contains(entry.code)) }
        }
    }

    @Test func `is what the documentation shows`() throws {
        let page = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/errors.md")
        if ProcessInfo.processInfo.environment["SEQUENCED_WRITE_DOCS"] != nil {
            try Data(ErrorCatalogue.page.utf8).write(to: page)
        }
        let written = try String(contentsOf: page, encoding: .utf8)
        #expect(
            written == ErrorCatalogue.page,
            "docs/errors.md is out of date: run these tests once with SEQUENCED_WRITE_DOCS=1"
        )
    }
}
