/// Notes, attachments and files, and what they hang on.
extension StandardObjects {
    private static let bearers = [
        "Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "Task", "Event", "Asset", "Contract", "Order",
        "Product2",
    ]

    static func files() -> [ObjectType] {
        [
            standalone(
                .standard(
                    "Attachment",
                    "00P",
                    [
                        bearer("ParentId", children: "Attachments"), .name(255, "File Name"),
                        .flag("IsPrivate", "Private"),
                        .text("ContentType", 120), .whole("BodyLength", "Body Length").readOnly, .blob("Body").required,
                        .text("Description", 500),
                    ]
                )
            ),
            standalone(
                .standard(
                    "Note",
                    "002",
                    [
                        bearer("ParentId", children: "Notes"),
                        .text("Title", 80).required.changed { $0.nameField = true }, .flag("IsPrivate", "Private"),
                        .area("Body"),
                    ]
                )
            ),
            contentDocument(),
            contentVersion(),
            standalone(
                .standard(
                    "ContentDocumentLink",
                    "06A",
                    owned: false,
                    [
                        .lookup("LinkedEntityId", children: "ContentDocumentLinks").required.createOnly.changed {
                            $0.referenceTo = bearers + ["User"]
                            $0.deletesWithParent = true
                        },
                        .lookup(
                            "ContentDocumentId",
                            "ContentDocument",
                            children: "ContentDocumentLinks",
                            cascade: true
                        ).required.createOnly,
                        .pick("ShareType", ["V", "C", "I"]).restricted.changed { $0.length = 40 },
                        .pick("Visibility", ["AllUsers", "InternalUsers", "SharedUsers"]).restricted.changed {
                            $0.length = 40
                        },
                    ]
                )
            ),
        ]
    }

    // MARK: - Implementation

    private static func contentDocument() -> ObjectType {
        let type = ObjectType.standard(
            "ContentDocument",
            "069",
            [
                .name(255, "Title").changed { $0.name = "Title" }, .pick("PublishStatus", ["P", "R", "U"]).readOnly,
                .lookup("LatestPublishedVersionId", "ContentVersion").readOnly, .whole("ContentSize", "Size").readOnly,
                .text("FileType", 20).readOnly, .text("FileExtension", 40).readOnly, .area("Description", 1_000),
                .moment("ContentModifiedDate").readOnly,
            ]
        )
        type.createable = false
        return type
    }

    private static func contentVersion() -> ObjectType {
        let type = ObjectType.standard(
            "ContentVersion",
            "068",
            [
                .lookup("ContentDocumentId", "ContentDocument", children: "ContentVersions", cascade: true).createOnly,
                .flag("IsLatest").readOnly, .text("VersionNumber", 20).readOnly,
                .text("Title", 255).required.changed {
                    $0.nameField = true
                    // The file's own name, where nothing else is said.
                    $0.defaultedOnCreate = true
                },
                .area("Description", 1_000), .area("ReasonForChange", 1_000).createOnly,
                .text("PathOnClient", 500).required.createOnly,
                .lookup("FirstPublishLocationId").createOnly.changed { $0.referenceTo = bearers + ["User"] },
                .text("FileType", 20).readOnly, .pick("PublishStatus", ["P", "R", "U"]).readOnly,
                .blob("VersionData").createOnly, .whole("ContentSize", "Size").readOnly,
                .text("FileExtension", 40).readOnly,
                .pick("Origin", ["C", "H"], "Content Origin").restricted.createOnly.defaulted(.text("C")),
                .pick("ContentLocation", ["S", "E", "L"]).restricted.createOnly.defaulted(.text("S")),
                .moment("ContentModifiedDate").readOnly,
            ]
        )
        type.deletable = false
        type.undeletable = false
        return type
    }

    private static func bearer(_ name: String, children: String) -> Field {
        .lookup(name, children: children).required.createOnly.changed {
            $0.referenceTo = bearers
            $0.deletesWithParent = true
        }
    }

    private static func standalone(_ type: ObjectType) -> ObjectType {
        type.traitsOfUse = [.subordinate]
        return type
    }
}
