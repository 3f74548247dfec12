/// What describe says of one object, in Salesforce's words (reference 02-rest, 3).
package struct SObjectDescribe: Sendable, Equatable {
    package var summary: SObjectSummary
    package var fields: [SObjectField]
    package var recordTypes: [SObjectRecordType]
    /// What refers to records of this object.
    package var childRelationships: [SObjectChildRelationship] = []
    /// The `Last-Modified` of the answer, for a conditional request.
    package var lastModified: String?
}

/// A field of another object that refers to this one.
package struct SObjectChildRelationship: Sendable, Equatable {
    package var object: String
    package var field: String
    /// Deleting the record deletes those that refer to it.
    package var cascadeDelete: Bool
    package var restrictedDelete: Bool
}

/// An object as the list of all objects has it.
package struct SObjectSummary: Sendable, Equatable {
    package var name: String
    package var label: String
    package var labelPlural: String
    package var keyPrefix: String?
    package var custom: Bool
    package var customSetting: Bool
    package var createable: Bool
    package var updateable: Bool
    package var deletable: Bool
    package var undeletable: Bool
    package var mergeable: Bool
    package var queryable: Bool
    package var triggerable: Bool
    package var deprecatedAndHidden: Bool

    /// A platform event, by its name (reference 07, A1).
    package var isPlatformEvent: Bool { name.hasSuffix("__e") }
}

/// A field as describe has it; a field that the user may not see is not listed at all.
package struct SObjectField: Sendable, Equatable {
    package struct PicklistValue: Sendable, Equatable {
        package var value: String
        package var label: String
        package var active: Bool
        package var defaultValue: Bool
        /// A bitmap over the controlling field's values, in base64.
        package var validFor: String?
    }

    package var name: String
    package var label: String
    /// As describe has it: `string`, `picklist`, `reference` and so on.
    package var type: String
    package var extraTypeInfo: String?
    package var length: Int
    package var byteLength: Int
    package var precision: Int
    package var scale: Int
    package var digits: Int
    package var nillable: Bool
    package var createable: Bool
    package var updateable: Bool
    package var defaultedOnCreate: Bool
    package var calculated: Bool
    package var autoNumber: Bool
    package var custom: Bool
    package var externalId: Bool
    package var idLookup: Bool
    package var unique: Bool
    package var caseSensitive: Bool
    package var filterable: Bool
    package var nameField: Bool
    package var encrypted: Bool
    package var htmlFormatted: Bool
    package var restrictedPicklist: Bool
    package var dependentPicklist: Bool
    package var controllerName: String?
    package var picklistValues: [PicklistValue]
    package var referenceTo: [String]
    package var relationshipName: String?
    package var relationshipOrder: Int?
    package var referenceTargetField: String?
    package var polymorphicForeignKey: Bool
    package var cascadeDelete: Bool
    package var restrictedDelete: Bool
    package var writeRequiresMasterRead: Bool
    package var compoundFieldName: String?
    /// The default as text, where there is a fixed one.
    package var defaultValue: String?
    package var inlineHelpText: String?
}

/// A record type as the user has it.
package struct SObjectRecordType: Sendable, Equatable {
    package var recordTypeID: String
    package var name: String
    package var developerName: String
    package var active: Bool
    package var available: Bool
    package var master: Bool
    package var defaultRecordTypeMapping: Bool
}
