internal import SyncModel

/// One mapped field, worked out against describe once, so that a row needs no look at a name.
///
/// A class, since rows only ever borrow it.
final class ShapedField: Sendable {
    enum Source: Sendable {
        case column(Int)
        /// Already in the field's text form; empty is a null.
        case constant([UInt8])
        case template([Part])

        /// The columns that it reads.
        var columns: [Int] {
            switch self {
            case .column(let column): [column]
            case .constant: []
            case .template(let parts):
                parts.compactMap { part in
                    if case .column(let column) = part { column } else { nil }
                }
            }
        }
    }

    enum Part: Sendable {
        case text([UInt8])
        case column(Int)
    }

    enum Link: Sendable {
        case none
        /// Sent as the linked record's external id.
        case relationship
        /// Sent as the Id that answers the question.
        case resolved(question: Int)
    }

    enum Presence: Sendable {
        case always
        /// Createable, not updateable.
        case onCreate
        /// Updateable, not createable.
        case onUpdate
    }

    let name: String
    let label: String
    let type: FieldType
    let source: Source
    let columns: [String]
    /// Of the value that the column holds: for a link, of the linked object's field.
    let form: ValueForm
    let link: Link
    /// Which bit of a layout, and which of `linkHashes`; nil: no link.
    let linkIndex: Int?
    let linkObject: String
    let linkField: String
    let isLinkCaseSensitive: Bool
    let linksToOwn: Bool
    let presence: Presence
    let whenNull: NullPolicy
    let isNillable: Bool
    let isRequiredOnCreate: Bool
    /// Which bit of `filled`; nil: written always.
    let ifEmptyBit: Int?
    let nameHash: UInt64
    /// `Name`, or `Account.Ext__c`.
    let header: String
    /// `"Name":`, or `"Account":{"Ext__c":`.
    let opening: [UInt8]
    /// Empty, or `}`.
    let closing: [UInt8]
    /// `"AccountId":null`.
    let null: [UInt8]

    init(
        description: FieldDescription,
        mapping: FieldMapping,
        source: Source,
        form: ValueForm,
        presence: Presence,
        ifEmptyBit: Int?,
        nameHash: UInt64,
        compiledLink: CompiledLink?
    ) {
        name = description.name
        label = description.label
        type = description.type
        self.source = source
        columns = mapping.columns
        self.form = form
        link = compiledLink?.link ?? .none
        linkIndex = compiledLink?.index
        linkObject = compiledLink?.object ?? ""
        linkField = compiledLink?.field ?? ""
        isLinkCaseSensitive = compiledLink?.isCaseSensitive ?? true
        linksToOwn = compiledLink?.linksToOwn ?? false
        self.presence = presence
        whenNull = mapping.whenNull
        isNillable = description.isNillable
        isRequiredOnCreate = description.isRequiredOnCreate
        self.ifEmptyBit = ifEmptyBit
        self.nameHash = nameHash
        header = compiledLink?.header ?? description.name
        opening = compiledLink?.opening ?? PayloadWriting.quoted(description.name) + [UInt8(ascii: ":")]
        closing = compiledLink?.closing ?? []
        null = PayloadWriting.quoted(description.name) + Array(":null".utf8)
    }
}

/// What a link adds to a field.
struct CompiledLink {
    var link: ShapedField.Link
    var index: Int
    var object: String
    var field: String
    var isCaseSensitive: Bool
    var linksToOwn: Bool
    var header: String?
    var opening: [UInt8]?
    var closing: [UInt8]
}
