/// Short ways to say what a standard field is.
extension Field {
    static func text(_ name: String, _ length: Int, _ label: String? = nil) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .string)
        field.length = length
        return field
    }

    static func area(_ name: String, _ length: Int = 32_000, _ label: String? = nil) -> Field {
        var field = Field.text(name, length, label)
        field.type = .textarea
        field.extraTypeInfo = "plaintextarea"
        if length > 255 {
            field.filterable = false
            field.sortable = false
            field.groupable = false
            field.aggregatable = false
        }
        return field
    }

    /// Bytes, written in base64 and read at an address of their own.
    static func blob(_ name: String, _ label: String? = nil) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .base64)
        field.filterable = false
        field.sortable = false
        field.groupable = false
        field.aggregatable = false
        field.isUnpermissioned = true
        return field
    }

    static func phone(_ name: String, _ label: String? = nil) -> Field { text(name, 40, label).typed(.phone) }
    static func url(_ name: String, _ label: String? = nil) -> Field { text(name, 255, label).typed(.url) }
    static func email(_ name: String, _ label: String? = nil) -> Field {
        var field = text(name, 80, label).typed(.email)
        field.idLookup = true
        return field
    }

    static func flag(_ name: String, _ label: String? = nil, default value: Bool = false) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .boolean)
        field.nillable = false
        field.defaultedOnCreate = true
        field.aggregatable = false
        field.defaultValue = .bool(value)
        return field
    }

    static func whole(_ name: String, _ label: String? = nil, digits: Int = 8) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .int)
        field.digits = digits
        return field
    }

    static func decimal(
        _ name: String,
        _ precision: Int,
        _ scale: Int,
        _ label: String? = nil,
        type: FieldType = .double
    ) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: type)
        field.precision = precision
        field.scale = scale
        field.groupable = false
        return field
    }

    static func money(_ name: String, _ label: String? = nil) -> Field { decimal(name, 18, 0, label, type: .currency) }

    static func day(_ name: String, _ label: String? = nil) -> Field {
        Field(name: name, label: label ?? spelled(name), type: .date)
    }

    static func moment(_ name: String, _ label: String? = nil) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .datetime)
        field.groupable = false
        return field
    }

    static func pick(_ name: String, _ values: [String], _ label: String? = nil, set: String? = nil) -> Field {
        var field = text(name, 255, label).typed(.picklist)
        field.picklist = set.map(PicklistSource.standard) ?? .own(values.map { PicklistValue(name: $0, label: $0) })
        return field
    }

    static func lookup(
        _ name: String,
        _ targets: String...,
        label: String? = nil,
        relation: String? = nil,
        children: String? = nil,
        cascade: Bool = false
    ) -> Field {
        var field = Field(name: name, label: label ?? spelled(name), type: .reference)
        field.length = 18
        field.referenceTo = targets
        field.relationshipName = relation ?? (name.hasSuffix("Id") ? String(name.dropLast(2)) : nil)
        field.childRelationshipName = children
        field.cascadeDelete = cascade
        field.deletesWithParent = cascade
        return field
    }

    func typed(_ type: FieldType) -> Field { changed { $0.type = type } }
    var required: Field { changed { $0.nillable = false } }
    var readOnly: Field {
        changed {
            $0.createable = false
            $0.updateable = false
        }
    }
    /// A child that forbids its parent to be deleted.
    var blocking: Field { changed { $0.restrictedDelete = true } }
    var unpermissioned: Field { changed { $0.isUnpermissioned = true } }
    /// A child that goes with its parent, though describe does not say so.
    var following: Field { changed { $0.deletesWithParent = true } }
    var restricted: Field { changed { $0.restrictedPicklist = true } }
    var createOnly: Field { changed { $0.updateable = false } }

    func defaulted(_ value: Value) -> Field {
        changed {
            $0.defaultValue = value
            $0.defaultedOnCreate = true
        }
    }

    func changed(_ body: (inout Field) -> Void) -> Field {
        var copy = self
        body(&copy)
        return copy
    }
}

/// `NumberOfEmployees` in words: `Number Of Employees`; an id keeps its `ID`.
func spelled(_ name: String) -> String {
    var words = ""
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
        if index > 0, letter.isUppercase, !letters[index - 1].isUppercase { words.append(" ") }
        words.append(letter)
    }
    return words.hasSuffix(" Id") ? String(words.dropLast(2)) + "ID" : words
}
