extension StandardObjects {
    static func activities() -> [ObjectType] {
        let links: [Field] = [
            .lookup("WhoId", "Contact", "Lead", label: "Name ID", cascade: true),
            .lookup(
                "WhatId",
                "Account",
                "Opportunity",
                "Campaign",
                "Case",
                "Order",
                "Contract",
                label: "Related To ID",
                cascade: true
            ),
        ]
        let task: [Field] = [
            .text("Subject", 255).typed(.combobox), .day("ActivityDate", "Due Date Only"),
            .pick("Status", [], set: "TaskStatus").required.defaulted(.text("Not Started")),
            .pick("Priority", [], set: "TaskPriority").required.defaulted(.text("Normal")),
            .flag("IsHighPriority", "High Priority").readOnly,
            .area("Description"), .flag("IsClosed", "Closed").readOnly,
            .whole("CallDurationInSeconds", "Call Duration"),
            .pick("CallType", ["Internal", "Inbound", "Outbound"]), .text("CallDisposition", 255, "Call Result"),
            .pick("TaskSubtype", ["Task", "Email", "List Email", "Cadence", "Call"]).createOnly,
            .moment("ReminderDateTime"),
            .flag("IsReminderSet", "Reminder Set"), .moment("CompletedDateTime").readOnly,
        ]
        let event: [Field] = [
            .text("Subject", 255).typed(.combobox), .text("Location", 255), .flag("IsAllDayEvent", "All-Day Event"),
            .moment("ActivityDateTime", "Due Date Time"), .day("ActivityDate", "Due Date Only"),
            .whole("DurationInMinutes", "Duration"), .moment("StartDateTime", "Start Date Time"),
            .moment("EndDateTime", "End Date Time"), .area("Description"), .flag("IsPrivate", "Private"),
            .pick("ShowAs", ["Busy", "OutOfOffice", "Free"], "Show Time As").restricted.defaulted(.text("Busy")),
        ]
        return [.standard("Task", "00T", links + task), .standard("Event", "00U", links + event)]
    }

    static func commerce() -> [ObjectType] {
        [
            .standard(
                "Product2",
                "01t",
                plural: "Products",
                owned: false,
                [
                    .name(255, "Product Name"), .text("ProductCode", 255),
                    .area("Description", 4_000, "Product Description"),
                    .flag("IsActive", "Active"), .pick("Family", [], "Product Family", set: "Product2Family"),
                    .url("DisplayUrl", "Display URL"),
                    .text("QuantityUnitOfMeasure", 20), .text("StockKeepingUnit", 180, "Product SKU"),
                    .text("ExternalId", 255),
                ]
            ),
            .standard(
                "Pricebook2",
                "01s",
                plural: "Price Books",
                owned: false,
                [
                    .name(255, "Price Book Name"), .flag("IsActive", "Active"),
                    .flag("IsStandard", "Is Standard Price Book").readOnly,
                    .text("Description", 255),
                ]
            ),
            .standard(
                "PricebookEntry",
                "01u",
                plural: "Price Book Entries",
                owned: false,
                [
                    .text("Name", 255, "Product Name").readOnly,
                    .lookup("Pricebook2Id", "Pricebook2", children: "PricebookEntries", cascade: true).required
                        .createOnly,
                    .lookup("Product2Id", "Product2", children: "PricebookEntries", cascade: true).required.createOnly,
                    .decimal("UnitPrice", 18, 2, "List Price", type: .currency).required, .flag("IsActive", "Active"),
                    .flag("UseStandardPrice"),
                    .text("ProductCode", 255).readOnly,
                ]
            ),
            .standard(
                "OpportunityLineItem",
                "00k",
                plural: "Opportunity Product",
                owned: false,
                [
                    .lookup("OpportunityId", "Opportunity", children: "OpportunityLineItems", cascade: true).required
                        .createOnly,
                    .lookup("PricebookEntryId", "PricebookEntry").createOnly,
                    .lookup("Product2Id", "Product2").createOnly,
                    .decimal("Quantity", 12, 2).required, .decimal("TotalPrice", 18, 2, type: .currency),
                    .decimal("UnitPrice", 18, 2, "Sales Price", type: .currency), .day("ServiceDate", "Date"),
                    .text("Description", 255, "Line Description"),
                ]
            ),
            .standard(
                "OpportunityContactRole",
                "00K",
                plural: "Opportunity Contact Role",
                owned: false,
                [
                    .lookup("OpportunityId", "Opportunity", children: "OpportunityContactRoles", cascade: true).required
                        .createOnly,
                    .lookup("ContactId", "Contact", children: "OpportunityContactRoles", cascade: true).required
                        .createOnly,
                    .pick(
                        "Role",
                        ["Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Other"]
                    ).changed { $0.length = 40 },
                    .flag("IsPrimary", "Primary"),
                ]
            ),
            .standard(
                "Contract",
                "800",
                [
                    .lookup("AccountId", "Account", children: "Contracts", cascade: true).required,
                    .numbered("ContractNumber", "{00000000}"),
                    .lookup("Pricebook2Id", "Pricebook2"), .day("StartDate", "Contract Start Date"),
                    .day("EndDate", "Contract End Date").readOnly,
                    .whole("ContractTerm", digits: 4),
                    .pick("Status", ["In Approval Process", "Activated", "Draft"]).required.defaulted(.text("Draft")),
                    .area("Description"), .area("SpecialTerms", 4_000),
                ] + Field.address("Billing")
            ),
            .standard(
                "Order",
                "801",
                [
                    .lookup("ContractId", "Contract", children: "Orders"),
                    .lookup("AccountId", "Account", children: "Orders", cascade: true),
                    .lookup("Pricebook2Id", "Pricebook2", children: "Orders"),
                    .day("EffectiveDate", "Order Start Date").required,
                    .day("EndDate", "Order End Date"), .pick("Status", ["Draft", "Activated"]).required,
                    .area("Description"),
                    .pick("Type", [], "Order Type", set: "OrderType"), .numbered("OrderNumber", "{00000000}"),
                    .decimal("TotalAmount", 18, 2, "Order Amount", type: .currency).readOnly,
                    .text("OrderReferenceNumber", 80), .text("PoNumber", 80, "PO Number"),
                ] + Field.address("Billing") + Field.address("Shipping")
            ),
            .standard(
                "OrderItem",
                "802",
                plural: "Order Products",
                owned: false,
                [
                    .lookup("OrderId", "Order", children: "OrderItems", cascade: true).required.createOnly,
                    .lookup("PricebookEntryId", "PricebookEntry").createOnly,
                    .lookup("Product2Id", "Product2").createOnly,
                    .numbered("OrderItemNumber", "{0000000000}"), .decimal("Quantity", 18, 2).required,
                    .decimal("UnitPrice", 18, 2, type: .currency), .day("ServiceDate", "Start Date"),
                    .text("Description", 255, "Line Description"),
                ]
            ),
            .standard(
                "Asset",
                "02i",
                [
                    .name(255, "Asset Name"), .lookup("ContactId", "Contact", children: "Assets").following,
                    .lookup("AccountId", "Account", children: "Assets", cascade: true),
                    .lookup("Product2Id", "Product2", children: "Assets"), .text("SerialNumber", 80),
                    .day("InstallDate"), .day("PurchaseDate"),
                    .pick("Status", ["Shipped", "Installed", "Registered", "Obsolete", "Purchased"]),
                    .decimal("Price", 18, 0, type: .currency),
                    .decimal("Quantity", 12, 2), .area("Description"),
                ]
            ),
        ]
    }

    static func people() -> [ObjectType] {
        let user: [Field] =
            [
                .text("Username", 80).required.changed {
                    $0.unique = true
                    $0.idLookup = true
                }
            ] + Field.person() + [
                .text("CompanyName", 80), .text("Division", 80), .text("Department", 80), .text("Title", 80),
            ]
            + Field.address("") + [
                .email("Email").required, .phone("Phone"), .phone("MobilePhone", "Cell"), .text("Alias", 8).required,
                .text("CommunityNickname", 40, "Nickname"), .flag("IsActive", "Active", default: true),
                .pick(
                    "TimeZoneSidKey",
                    [
                        "GMT", "Europe/London", "Europe/Paris", "Europe/Berlin", "America/New_York",
                        "America/Los_Angeles",
                    ],
                    "Time Zone"
                ).required,
                .pick("LocaleSidKey", ["en_US", "en_GB", "de_DE", "fr_FR"], "Locale").required,
                .pick("EmailEncodingKey", ["UTF-8", "ISO-8859-1"], "Email Encoding").required,
                .pick("LanguageLocaleKey", ["en_US", "de", "fr"], "Language").required,
                .lookup("ProfileId", "Profile", children: "Users").required,
                .lookup("UserRoleId", "UserRole", children: "Users"),
                .pick("UserType", ["Standard"]).readOnly.changed { $0.defaultValue = .text("Standard") },
                .lookup("ManagerId", "User"), .moment("LastLoginDate", "Last Login").readOnly,
                .text("FederationIdentifier", 512, "SAML Federation ID").changed {
                    $0.idLookup = true
                    $0.externalId = false
                },
                .text("EmployeeNumber", 20),
            ]
        let people: [ObjectType] = [
            .standard("User", "005", owned: false, user),
            setup(
                .standard(
                    "Profile",
                    "00e",
                    owned: false,
                    [.name(255, "Name"), .text("UserType", 40), .text("Description", 255)]
                )
            ),
            .standard(
                "UserRole",
                "00E",
                owned: false,
                [
                    .name(80, "Name"), .text("DeveloperName", 80),
                    .lookup("ParentRoleId", "UserRole", relation: "ParentRole"),
                ]
            ),
            setup(
                .standard(
                    "PermissionSet",
                    "0PS",
                    owned: false,
                    [
                        .name(80, "Permission Set Name"), .text("Label", 80), .flag("IsCustom"),
                        .lookup("ProfileId", "Profile"),
                    ]
                )
            ),
            organization(),
            .standard(
                "DandBCompany",
                "06E",
                plural: "D&B Companies",
                owned: false,
                [.name(255, "Primary Business Name"), .text("DunsNumber", 9, "D-U-N-S Number").required]
            ),
            .standard(
                "OperatingHours",
                "0OH",
                plural: "Operating Hours",
                owned: false,
                [
                    .name(255, "Name"), .area("Description", 255),
                    .pick(
                        "TimeZone",
                        ["GMT", "Europe/London", "Europe/Paris", "America/New_York", "America/Los_Angeles"]
                    )
                    .required,
                ]
            ),
            .standard(
                "Group",
                "00G",
                owned: false,
                [
                    .name(40, "Name"), .text("DeveloperName", 80),
                    .pick("Type", ["Regular", "Queue", "Role", "Organization"]), .email("Email"),
                ]
            ),
            setup(
                .standard(
                    "RecordType",
                    "012",
                    owned: false,
                    [
                        .name(80, "Name"), .text("DeveloperName", 80), .text("NamespacePrefix", 15),
                        .text("Description", 255), .text("BusinessProcessId", 18, "Business Process ID"),
                        .text("SobjectType", 40), .flag("IsActive"),
                    ]
                )
            ),
        ]
        for type in people where type.name == "User" || type.name == "UserRole" {
            type.undeletable = false
            type.deletable = type.name != "User"
            type.triggerable = type.name == "User"
            if type.name == "UserRole" {
                type.label = "Role"
                type.plural = "Role"
            }
        }
        return people
    }

    /// Marks an object as one that data calls can only read.
    static func setup(_ type: ObjectType) -> ObjectType {
        type.isSetup = true
        type.createable = false
        type.updateable = false
        type.deletable = false
        type.undeletable = false
        type.triggerable = false
        type.isBulkSupported = false
        return type
    }
}
