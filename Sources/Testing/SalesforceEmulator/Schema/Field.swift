/// The types of describe (reference 02 §3.5).
enum FieldType: String, Sendable {
    case id, reference, string, textarea, phone, url, email, picklist, combobox, multipicklist, boolean, int, long,
        double,
        currency, percent, date, datetime, time, base64, address, location, encryptedstring, anyType, complexvalue

    var soapType: String {
        switch self {
        case .id, .reference: "tns:ID"
        case .string, .textarea, .phone, .url, .email, .picklist, .combobox, .multipicklist, .encryptedstring:
            "xsd:string"
        case .boolean: "xsd:boolean"
        case .int: "xsd:int"
        case .long: "xsd:long"
        case .double, .currency, .percent: "xsd:double"
        case .date: "xsd:date"
        case .datetime: "xsd:dateTime"
        case .time: "xsd:time"
        case .base64: "xsd:base64Binary"
        case .address: "urn:address"
        case .location: "urn:location"
        case .anyType: "xsd:anyType"
        case .complexvalue: "urn:complexvalue"
        }
    }

    var isText: Bool {
        switch self {
        case .string, .textarea, .phone, .url, .email, .picklist, .combobox, .multipicklist, .encryptedstring, .base64,
            .complexvalue, .anyType:
            true
        case .id, .reference, .boolean, .int, .long, .double, .currency, .percent, .date, .datetime, .time, .address,
            .location:
            false
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .long, .double, .currency, .percent: true
        default: false
        }
    }
}

/// Where a field's value comes from when it is not simply stored.
enum Computation: Sendable, Equatable {
    case id, isDeleted, createdDate, createdById, lastModifiedDate, lastModifiedById, systemModstamp, masterRecordId
    case personName
    /// The compound of the fields with this prefix: `Billing` or, of a whole record, the empty string.
    case address(prefix: String)
    case photoUrl
    /// The user who made the record, until somebody else is named.
    case owner
    /// The compound of a location's two parts.
    case location(latitude: String, longitude: String)
    case formula(Formula)
    case summary(RollUp)
}

/// One value of a picklist.
struct PicklistValue: Sendable, Equatable {
    var name: String
    var label: String
    var isActive = true
    var isDefault = false
    /// What else Metadata says of it (`closed`, `probability`, …), as it was sent.
    var extras: [JSONMember] = []
}

/// Where a picklist's values live (reference 06 B1).
enum PicklistSource: Sendable, Equatable {
    case own([PicklistValue])
    case global(String)
    case standard(String)
}

/// A field as describe shows it.
struct Field: Sendable {
    var name: String
    var label: String
    var type: FieldType
    var length = 0
    var precision = 0
    var scale = 0
    var digits = 0
    var nillable = true
    var createable = true
    var updateable = true
    var defaultedOnCreate = false
    var filterable = true
    var sortable = true
    var groupable = true
    var aggregatable = true
    var custom = false
    var externalId = false
    var idLookup = false
    var unique = false
    var caseSensitive = false
    var nameField = false
    var autoNumber = false
    var displayFormat: String?
    var restrictedPicklist = false
    var picklist: PicklistSource?
    /// Of a dependent picklist: which values the controlling field leaves.
    var dependency: PicklistDependency?
    var referenceTo: [String] = []
    var relationshipName: String?
    var childRelationshipName: String?
    var relationshipOrder: Int?
    /// What describe says; records can go with their parent without it (contacts go with their account).
    var cascadeDelete = false
    var deletesWithParent = false
    var restrictedDelete = false
    var reparentable = true
    var compoundFieldName: String?
    var extraTypeInfo: String?
    var inlineHelpText: String?
    var defaultValue: Value = .null
    var computation: Computation?
    /// What a formula field was defined by.
    var formula: String?
    /// Field-level security has no say, although a user may write it.
    var isUnpermissioned = false

    var isCalculated: Bool {
        switch computation {
        case .formula, .summary: true
        default: false
        }
    }

    var isPermissionable: Bool {
        if type == .address || type == .location || isCalculated { return true }
        return nillable && createable && !isUnpermissioned && compoundFieldName != "Name"
    }

    /// Whether a new record must bring it (reference 02 §3.4).
    var isRequired: Bool { createable && !nillable && !defaultedOnCreate && type != .boolean }
}
