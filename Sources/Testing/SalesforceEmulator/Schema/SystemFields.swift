/// The fields that nearly every object has.
extension ObjectType {
    /// A standard object: system fields first and, before the dates of visits, last, as describe lists them.
    static func standard(
        _ name: String,
        _ prefix: String,
        plural: String? = nil,
        owned: Bool = true,
        merged: Bool = false,
        _ fields: [Field]
    ) -> ObjectType {
        let type = ObjectType(name: name, label: spelled(name), plural: plural, prefix: prefix)
        type.mergeable = merged
        type.addLeadingFields()
        if merged { type.add(.masterRecord(name)) }
        let tail = fields.firstIndex { ["LastActivityDate", "LastViewedDate"].contains($0.name) } ?? fields.count
        for field in fields[..<tail] { type.add(field) }
        if owned { type.add(.ownerField) }
        type.addAuditFields()
        for field in fields[tail...] { type.add(field) }
        return type
    }

    func addLeadingFields() {
        add(.idField(label))
        add(Field.flag("IsDeleted", "Deleted").readOnly.changed { $0.computation = .isDeleted })
    }

    func addAuditFields() {
        add(.audit("CreatedDate", .createdDate))
        add(.auditor("CreatedById", .createdById))
        add(.audit("LastModifiedDate", .lastModifiedDate))
        add(.auditor("LastModifiedById", .lastModifiedById))
        add(.audit("SystemModstamp", .systemModstamp))
    }
}

extension Field {
    static func idField(_ label: String) -> Field {
        var field = Field(name: "Id", label: "\(label) ID", type: .id).readOnly
        field.length = 18
        field.nillable = false
        field.defaultedOnCreate = true
        field.idLookup = true
        field.computation = .id
        return field
    }

    static func masterRecord(_ object: String) -> Field {
        lookup("MasterRecordId", object).readOnly.changed { $0.computation = .masterRecordId }
    }

    static var ownerField: Field {
        lookup("OwnerId", "User").changed {
            $0.nillable = false
            $0.defaultedOnCreate = true
            $0.computation = .owner
        }
    }

    static func audit(_ name: String, _ computation: Computation) -> Field {
        moment(name).readOnly.changed {
            $0.nillable = false
            $0.defaultedOnCreate = true
            $0.computation = computation
        }
    }

    static func auditor(_ name: String, _ computation: Computation) -> Field {
        lookup(name, "User").readOnly.changed {
            $0.nillable = false
            $0.defaultedOnCreate = true
            $0.computation = computation
        }
    }

    /// The parts of an address and their compound.
    static func address(_ prefix: String) -> [Field] {
        let compound = "\(prefix)Address"
        let label = prefix.isEmpty ? "" : "\(spelled(prefix)) "
        let parts: [Field] = [
            area("\(prefix)Street", 255, "\(label)Street"), text("\(prefix)City", 40, "\(label)City"),
            text("\(prefix)State", 80, "\(label)State/Province"),
            text("\(prefix)PostalCode", 20, "\(label)Zip/Postal Code"), text("\(prefix)Country", 80, "\(label)Country"),
            decimal("\(prefix)Latitude", 18, 15, "\(label)Latitude"),
            decimal("\(prefix)Longitude", 18, 15, "\(label)Longitude"),
            pick(
                "\(prefix)GeocodeAccuracy",
                [
                    "Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip", "Neighborhood", "City", "County",
                    "State", "Unknown",
                ],
                "\(label)Geocode Accuracy"
            ).restricted.changed { $0.length = 40 },
        ].map { part in part.changed { $0.compoundFieldName = compound } }
        var whole = Field(name: compound, label: "\(label)Address", type: .address).readOnly
        whole.sortable = false
        whole.groupable = false
        whole.aggregatable = false
        whole.computation = .address(prefix: prefix)
        return parts + [whole]
    }

    /// The parts of a person's name and their compound.
    static func person(_ label: String = "Full Name") -> [Field] {
        let parts = [
            text("LastName", 80).required, text("FirstName", 40),
            pick("Salutation", ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."]).changed { $0.length = 40 },
        ].map { part in
            part.changed {
                $0.compoundFieldName = "Name"
                $0.extraTypeInfo = "personname"
            }
        }
        var name = text("Name", 121, label).readOnly
        name.nillable = false
        name.nameField = true
        name.extraTypeInfo = "personname"
        name.computation = .personName
        return parts + [name]
    }

    static func name(_ length: Int, _ label: String) -> Field {
        text("Name", length, label).required.changed { $0.nameField = true }
    }

    static func numbered(_ name: String, _ format: String, _ label: String? = nil) -> Field {
        text(name, 30, label).readOnly.changed {
            $0.nillable = false
            $0.defaultedOnCreate = true
            $0.autoNumber = true
            $0.nameField = true
            $0.idLookup = true
            $0.displayFormat = format
        }
    }

    static var photo: Field {
        url("PhotoUrl", "Photo URL").readOnly.changed {
            $0.extraTypeInfo = "imageurl"
            $0.computation = .photoUrl
        }
    }

    /// The two fields that loaders use for keys, on Account, Contact and Lead.
    static var keyFields: [Field] {
        let external = text("External_Id__c", 255, "External Id").changed {
            $0.custom = true
            $0.externalId = true
            $0.idLookup = true
            $0.unique = true
        }
        let unique = text("Unique_Key__c", 255, "Unique Key").changed {
            $0.custom = true
            $0.unique = true
        }
        return [external, unique]
    }
}
