import Fingerprinting
import SyncModel

@testable import Shaping

/// A sync, an object and rows of text, for tests.
struct ShapingBench {
    var object = ObjectDescription(
        name: "Contact",
        keyPrefix: "003",
        fields: [
            FieldDescription(
                name: "Id",
                type: .id,
                length: 18,
                isNillable: false,
                isCreateable: false,
                isUpdateable: false
            ),
            FieldDescription(
                name: "Ext__c",
                label: "Ext",
                type: .string,
                length: 40,
                isExternalID: true,
                isUnique: true
            ),
            FieldDescription(name: "LastName", label: "Last Name", type: .string, length: 80, isNillable: false),
            FieldDescription(name: "Email", type: .email, length: 80, isIDLookup: true),
            FieldDescription(name: "Score__c", label: "Score", type: .double, precision: 6, scale: 2),
            FieldDescription(name: "Seats__c", label: "Seats", type: .int, digits: 8),
            FieldDescription(
                name: "Active__c",
                label: "Active",
                type: .boolean,
                isNillable: false,
                isDefaultedOnCreate: true
            ),
            FieldDescription(name: "Birthdate", type: .date),
            FieldDescription(name: "Seen__c", label: "Seen", type: .datetime),
            FieldDescription(
                name: "Tier__c",
                label: "Tier",
                type: .picklist,
                length: 255,
                isRestrictedPicklist: true,
                picklistValues: ["Gold", "Silver"].map { .init(value: $0, label: $0, isActive: true) }
                    + [.init(value: "Bronze", label: "Bronze", isActive: false)]
            ),
            FieldDescription(name: "Notes__c", label: "Notes", type: .textarea, length: 10),
            FieldDescription(name: "Origin__c", label: "Origin", type: .string, length: 20, isUpdateable: false),
            FieldDescription(
                name: "Formula__c",
                type: .string,
                isCreateable: false,
                isUpdateable: false,
                isCalculated: true
            ),
            FieldDescription(
                name: "AccountId",
                type: .reference,
                referenceTo: ["Account"],
                relationshipName: "Account"
            ),
            FieldDescription(
                name: "ReportsToId",
                type: .reference,
                referenceTo: ["Contact"],
                relationshipName: "ReportsTo"
            ),
            FieldDescription(
                name: "OwnerId",
                type: .reference,
                referenceTo: ["Group", "User"],
                relationshipName: "Owner"
            ),
            FieldDescription(
                name: "RecordTypeId",
                type: .reference,
                referenceTo: ["RecordType"],
                relationshipName: "RecordType"
            ),
            FieldDescription(name: "Photo__c", type: .base64),
            FieldDescription(name: "MailingAddress", type: .address),
        ]
    )
    var related: [String: ObjectDescription] = [
        "Account": ObjectDescription(
            name: "Account",
            keyPrefix: "001",
            fields: [
                FieldDescription(name: "Id", type: .id),
                FieldDescription(name: "Ext__c", type: .string, length: 40, isExternalID: true, isUnique: true),
                FieldDescription(name: "Number__c", type: .double, precision: 18, scale: 0, isExternalID: true),
                FieldDescription(name: "Site", type: .string, length: 80),
            ]
        ),
        "User": ObjectDescription(
            name: "User",
            keyPrefix: "005",
            fields: [FieldDescription(name: "Badge__c", type: .string, length: 20, isExternalID: true)]
        ),
        "Group": ObjectDescription(name: "Group", keyPrefix: "00G", fields: []),
    ]
    var mode = SyncMode.upsert
    var match: SyncDefinition.Match? = .init(column: "id", field: "Ext__c")
    var fields: [FieldMapping] = [FieldMapping(field: "LastName", value: .column("name"))]
    var primaryKey = ["id"]
    var localChecks = true
    var zone: LocalZone?
    var recordTypes: [String: String] = [:]

    var sync: SyncDefinition {
        var sync = SyncDefinition(
            name: "contacts",
            model: "contacts",
            destination: "org",
            target: .object("Contact"),
            mode: mode,
            match: match,
            fields: fields
        )
        sync.localChecks = localChecks
        return sync
    }

    var model: ModelDefinition {
        ModelDefinition(name: "contacts", source: "db", reading: .table("contacts"), primaryKey: primaryKey)
    }

    var columns: MappedColumns { MappedColumns(sync: sync, model: model) }

    func shaper(_ form: PayloadForm) throws -> Shaper {
        try Shaper(
            sync: sync,
            model: model,
            columns: columns,
            object: object,
            related: related,
            recordTypes: recordTypes,
            zone: zone,
            form: form
        )
    }

    /// A change whose cells are found by column name; columns not named are null.
    func change(
        _ cells: [String: String],
        _ changeClass: ChangeClass = .added,
        known: SnapshotEntry? = nil
    ) -> Change {
        Change(
            changeClass: changeClass,
            key: Hash128(high: 1, low: 2),
            keyText: cells["id"] ?? "",
            raw: 7,
            known: known,
            cells: ChangeCells(columns.names.map { Array((cells[$0] ?? "").utf8) })
        )
    }

    /// What one row becomes: the payload's text, and the result.
    func shaped(
        _ cells: [String: String],
        _ form: PayloadForm,
        answers: LookupAnswers? = nil
    ) throws -> (String, ShapingResult) {
        var shaper = try shaper(form)
        var payload: [UInt8] = []
        let result = shaper.shape(
            change(cells),
            answers: answers ?? LookupAnswers(questions: shaper.questions),
            into: &payload
        )
        return (String(decoding: payload, as: UTF8.self), result)
    }

    func faults(_ form: PayloadForm) -> [ShapingError.Fault] {
        do {
            _ = try shaper(form)
            return []
        } catch let error as ShapingError {
            return error.faults
        } catch {
            return []
        }
    }

    static func delivered(_ shaped: UInt64, flags: SnapshotEntry.Flags = .delivered) -> SnapshotEntry {
        SnapshotEntry(key: Hash128(high: 1, low: 2), raw: 1, shaped: shaped, flags: flags, fields: [])
    }
}

extension ShapingResult {
    var row: ShapedRow? {
        switch self {
        case .shaped(let row), .nothingToSend(let row): row
        case .unchanged, .unmatched, .onlyByREST, .refused: nil
        }
    }

    var refusal: Refusal? {
        switch self {
        case .refused(let refusal): refusal
        case .shaped, .unchanged, .nothingToSend, .unmatched, .onlyByREST: nil
        }
    }
}
