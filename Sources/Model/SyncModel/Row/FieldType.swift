/// The type of a Salesforce field, as describe names it.
package enum FieldType: String, Sendable, CaseIterable, Codable {
    case id
    case reference
    case string
    case textarea
    case phone
    case url
    case email
    case encryptedstring
    case picklist
    case combobox
    case multipicklist
    case boolean
    case int
    case long
    case double
    case currency
    case percent
    case date
    case datetime
    case time
    case base64
    case address
    case location
    case anyType
    case complexvalue
}

/// What describe says of one field, as far as shaping and checking need it.
package struct FieldDescription: Sendable, Equatable, Codable {
    package struct PicklistValue: Sendable, Equatable, Codable {
        package var value: String
        package var label: String
        package var isActive: Bool

        package init(value: String, label: String, isActive: Bool) {
            self.value = value
            self.label = label
            self.isActive = isActive
        }
    }

    package var name: String
    package var label: String
    package var type: FieldType
    /// Characters, of text types.
    package var length: Int
    /// Digits in all, of decimal types.
    package var precision: Int
    /// Digits after the point.
    package var scale: Int
    /// Digits, of `int`.
    package var digits: Int
    package var isNillable: Bool
    package var isCreateable: Bool
    package var isUpdateable: Bool
    package var isDefaultedOnCreate: Bool
    package var isExternalID: Bool
    package var isIDLookup: Bool
    package var isUnique: Bool
    package var isCaseSensitive: Bool
    package var isRestrictedPicklist: Bool
    package var picklistValues: [PicklistValue]
    package var referenceTo: [String]
    package var relationshipName: String?
    package var isCascadeDelete: Bool
    package var isCalculated: Bool

    package init(
        name: String,
        label: String? = nil,
        type: FieldType,
        length: Int = 0,
        precision: Int = 0,
        scale: Int = 0,
        digits: Int = 0,
        isNillable: Bool = true,
        isCreateable: Bool = true,
        isUpdateable: Bool = true,
        isDefaultedOnCreate: Bool = false,
        isExternalID: Bool = false,
        isIDLookup: Bool = false,
        isUnique: Bool = false,
        isCaseSensitive: Bool = false,
        isRestrictedPicklist: Bool = false,
        picklistValues: [PicklistValue] = [],
        referenceTo: [String] = [],
        relationshipName: String? = nil,
        isCascadeDelete: Bool = false,
        isCalculated: Bool = false
    ) {
        self.name = name
        self.label = label ?? name
        self.type = type
        self.length = length
        self.precision = precision
        self.scale = scale
        self.digits = digits
        self.isNillable = isNillable
        self.isCreateable = isCreateable
        self.isUpdateable = isUpdateable
        self.isDefaultedOnCreate = isDefaultedOnCreate
        self.isExternalID = isExternalID
        self.isIDLookup = isIDLookup
        self.isUnique = isUnique
        self.isCaseSensitive = isCaseSensitive
        self.isRestrictedPicklist = isRestrictedPicklist
        self.picklistValues = picklistValues
        self.referenceTo = referenceTo
        self.relationshipName = relationshipName
        self.isCascadeDelete = isCascadeDelete
        self.isCalculated = isCalculated
    }

    /// Must be given when a record is created.
    package var isRequiredOnCreate: Bool { isCreateable && !isNillable && !isDefaultedOnCreate }
}

/// What describe says of one object, as far as shaping and checking need it.
package struct ObjectDescription: Sendable, Equatable, Codable {
    package var name: String
    package var label: String
    package var keyPrefix: String?
    package var isCreateable: Bool
    package var isUpdateable: Bool
    package var isDeletable: Bool
    /// By API name, in lower case: Salesforce folds case.
    package private(set) var fieldsByFoldedName: [String: FieldDescription]

    package init(
        name: String,
        label: String? = nil,
        keyPrefix: String? = nil,
        isCreateable: Bool = true,
        isUpdateable: Bool = true,
        isDeletable: Bool = true,
        fields: [FieldDescription]
    ) {
        self.name = name
        self.label = label ?? name
        self.keyPrefix = keyPrefix
        self.isCreateable = isCreateable
        self.isUpdateable = isUpdateable
        self.isDeletable = isDeletable
        fieldsByFoldedName = Dictionary(fields.map { ($0.name.lowercased(), $0) }) { first, _ in first }
    }

    /// The field with this API name, case folded.
    package func field(_ name: String) -> FieldDescription? {
        fieldsByFoldedName[name.lowercased()]
    }
}
