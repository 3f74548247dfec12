internal import Salesforce
internal import SyncModel

extension ObjectDescription {
    /// What shaping needs of a describe, in the model's words.
    init(_ describe: SObjectDescribe) {
        self.init(
            name: describe.summary.name,
            label: describe.summary.label,
            keyPrefix: describe.summary.keyPrefix,
            isCreateable: describe.summary.createable,
            isUpdateable: describe.summary.updateable,
            isDeletable: describe.summary.deletable,
            fields: describe.fields.map(FieldDescription.init)
        )
    }
}

extension FieldDescription {
    init(_ field: SObjectField) {
        self.init(
            name: field.name,
            label: field.label,
            // A type that is unheard of is passed on as text: Salesforce decides.
            type: FieldType(rawValue: field.type) ?? .anyType,
            length: field.length,
            precision: field.precision,
            scale: field.scale,
            digits: field.digits,
            isNillable: field.nillable,
            isCreateable: field.createable,
            isUpdateable: field.updateable,
            isDefaultedOnCreate: field.defaultedOnCreate,
            isExternalID: field.externalId,
            isIDLookup: field.idLookup,
            isUnique: field.unique,
            isCaseSensitive: field.caseSensitive,
            isRestrictedPicklist: field.restrictedPicklist,
            picklistValues: field.picklistValues.map {
                PicklistValue(value: $0.value, label: $0.label, isActive: $0.active)
            },
            referenceTo: field.referenceTo,
            relationshipName: field.relationshipName,
            isCascadeDelete: field.cascadeDelete,
            isCalculated: field.calculated
        )
    }
}
