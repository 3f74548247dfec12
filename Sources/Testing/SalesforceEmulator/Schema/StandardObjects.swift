/// What a new org holds: the sales and service objects, users and their kin.
enum StandardObjects {
    static func all() -> [ObjectType] {
        let types =
            [account(), contact(), lead(), opportunity(), caseObject(), campaign(), campaignMember(), individual()]
            + activities() + commerce() + people() + files()
        for type in types {
            if ["Account", "Contact", "Lead"].contains(type.name) {
                for field in Field.keyFields { type.add(field) }
            }
            if let use = uses[type.name] { type.traitsOfUse = use }
            if type.isSubordinate { type.undeletable = false }
        }
        return types
    }

    private static let uses: [String: Set<ObjectUse>] = [
        "Account": [.fed], "Contact": [.fed], "Lead": [.fed], "Case": [.fed], "Event": [.fed], "Task": [.fed],
        "User": [.fed], "Opportunity": [.fed, .cloned], "Campaign": [.cloned], "CampaignMember": [.subordinate],
        "OpportunityContactRole": [.subordinate], "UserRole": [.bare],
    ]

    static let cleanStatuses = [
        "Matched", "Different", "Acknowledged", "NotFound", "Inactive", "Pending", "SelectMatch", "Skipped",
    ]

    private static var cleanStatus: Field {
        Field.pick("CleanStatus", cleanStatuses).restricted.changed { $0.length = 40 }
    }

    private static var visits: [Field] {
        [
            Field.day("LastActivityDate", "Last Activity").readOnly, Field.moment("LastViewedDate").readOnly,
            Field.moment("LastReferencedDate").readOnly,
        ]
    }

    private static func account() -> ObjectType {
        var fields: [Field] = [
            .name(255, "Account Name").changed {
                $0.extraTypeInfo = "switchablepersonname"
                $0.compoundFieldName = "Name"
            },
            .pick("Type", [], "Account Type", set: "AccountType").changed { $0.length = 40 },
            .lookup("ParentId", "Account", label: "Parent Account ID", children: "ChildAccounts"),
        ]
        fields += Field.address("Billing") + Field.address("Shipping")
        fields += [
            .phone("Phone", "Account Phone"), .phone("Fax", "Account Fax"), .text("AccountNumber", 40), .url("Website"),
            .photo, .text("Sic", 20, "SIC Code"), .pick("Industry", [], set: "Industry").changed { $0.length = 40 },
            .money("AnnualRevenue"), .whole("NumberOfEmployees", "Employees"),
            .pick("Ownership", [], set: "AccountOwnership").changed { $0.length = 40 }, .text("TickerSymbol", 20),
            .area("Description", 32_000, "Account Description"),
            .pick("Rating", [], "Account Rating", set: "AccountRating").changed { $0.length = 40 },
            .text("Site", 80, "Account Site"),
        ]
        fields += visits
        fields += [
            .text("Jigsaw", 20, "Data.com Key"),
            .text("JigsawCompanyId", 20, "Jigsaw Company ID").readOnly.changed {
                $0.relationshipName = "JigsawCompany"
            },
            cleanStatus,
            .pick("AccountSource", [], set: "AccountSource").changed { $0.length = 40 },
            .text("DunsNumber", 9, "D-U-N-S Number"),
            .text("Tradestyle", 255), .text("NaicsCode", 8, "NAICS Code"), .text("NaicsDesc", 120, "NAICS Description"),
            .text("YearStarted", 4), .text("SicDesc", 80, "SIC Description"),
            .lookup("DandbCompanyId", "DandBCompany", label: "D&B Company ID", children: "Accounts"),
            .lookup("OperatingHoursId", "OperatingHours", label: "Operating Hour ID", children: "Accounts"),
        ]
        return .standard("Account", "001", merged: true, fields)
    }

    private static func contact() -> ObjectType {
        var fields: [Field] = [.lookup("AccountId", "Account", children: "Contacts").following] + Field.person()
        fields += Field.address("Other") + Field.address("Mailing")
        fields += [
            .phone("Phone", "Business Phone"), .phone("Fax", "Business Fax"), .phone("MobilePhone"),
            .phone("HomePhone"),
            .phone("OtherPhone"), .phone("AssistantPhone", "Asst. Phone"),
            .lookup("ReportsToId", "Contact", relation: "ReportsTo"), .email("Email"), .text("Title", 128),
            .text("Department", 80), .text("AssistantName", 40, "Assistant's Name"),
            .pick("LeadSource", [], set: "LeadSource"), .day("Birthdate"),
            .area("Description", 32_000, "Contact Description"),
            .flag("HasOptedOutOfEmail", "Email Opt Out"), .flag("HasOptedOutOfFax", "Fax Opt Out"), .flag("DoNotCall"),
        ]
        fields.append(visits[0])
        fields += [
            .moment("LastCURequestDate", "Last Stay-in-Touch Request Date").readOnly,
            .moment("LastCUUpdateDate", "Last Stay-in-Touch Save Date").readOnly,
        ]
        fields += visits.dropFirst()
        fields += [
            .text("EmailBouncedReason", 255).unpermissioned, .moment("EmailBouncedDate").unpermissioned,
            .flag("IsEmailBounced").readOnly, .photo,
            .text("Jigsaw", 20, "Data.com Key"),
            .text("JigsawContactId", 20, "Jigsaw Contact ID").readOnly.changed {
                $0.relationshipName = "JigsawContact"
            },
            cleanStatus, .lookup("IndividualId", "Individual", children: "Contacts").unpermissioned,
        ]
        return .standard("Contact", "003", merged: true, fields)
    }

    private static func lead() -> ObjectType {
        var fields = Field.person() + [.text("Title", 128), .text("Company", 255).required]
        fields += Field.address("")
        fields += [
            .phone("Phone"), .phone("MobilePhone"), .phone("Fax"), .email("Email"), .url("Website"), .photo,
            .area("Description"), .pick("LeadSource", [], set: "LeadSource"),
            .pick("Status", [], set: "LeadStatus").required.defaulted(.text("Open - Not Contacted")),
            .pick("Industry", [], set: "Industry"), .pick("Rating", [], set: "AccountRating"), .money("AnnualRevenue"),
            .whole("NumberOfEmployees", "Employees"), .flag("HasOptedOutOfEmail", "Email Opt Out"),
            .flag("IsConverted", "Converted").readOnly, .day("ConvertedDate").readOnly,
            .lookup("ConvertedAccountId", "Account").readOnly, .lookup("ConvertedContactId", "Contact").readOnly,
            .lookup("ConvertedOpportunityId", "Opportunity").readOnly, .flag("IsUnreadByOwner", "Unread By Owner"),
        ]
        fields += visits
        fields += [
            .text("Jigsaw", 20, "Data.com Key"), cleanStatus, .flag("DoNotCall"),
            .lookup("IndividualId", "Individual", children: "Leads"), .text("EmailBouncedReason", 255),
            .moment("EmailBouncedDate"), .flag("HasOptedOutOfFax", "Fax Opt Out"),
            .day("LastTransferDate").readOnly, .text("CompanyDunsNumber", 9, "Company D-U-N-S Number"),
        ]
        return .standard("Lead", "00Q", merged: true, fields)
    }

    private static func opportunity() -> ObjectType {
        let fields: [Field] = [
            .lookup("AccountId", "Account", children: "Opportunities").following, .name(120, "Name"),
            .area("Description"),
            .pick("StageName", [], "Stage", set: "OpportunityStage").required,
            .decimal("Amount", 18, 2, type: .currency),
            .decimal("Probability", 3, 0, "Probability (%)", type: .percent),
            .decimal("TotalOpportunityQuantity", 18, 2, "Quantity"), .day("CloseDate").required,
            .pick("Type", [], "Opportunity Type", set: "OpportunityType"), .text("NextStep", 255),
            .pick("LeadSource", [], set: "LeadSource"), .flag("IsClosed", "Closed").readOnly,
            .flag("IsWon", "Won").readOnly,
            .pick(
                "ForecastCategoryName",
                ["Omitted", "Pipeline", "Best Case", "Commit", "Closed"],
                "Forecast Category"
            ),
            .lookup("CampaignId", "Campaign", children: "Opportunities"), .flag("HasOpportunityLineItem").readOnly,
            .lookup("Pricebook2Id", "Pricebook2", children: "Opportunities"),
            .lookup("ContactId", "Contact").createOnly,
            .decimal("ExpectedRevenue", 18, 2, "Expected Amount", type: .currency).readOnly,
            .pick("ForecastCategory", ["Omitted", "Pipeline", "BestCase", "Forecast", "Closed"]).readOnly.changed {
                $0.length = 40
            },
            .text("Fiscal", 6, "Fiscal Period").readOnly, .whole("FiscalQuarter", digits: 1).readOnly,
            .whole("FiscalYear", digits: 4).readOnly,
        ]
        return .standard("Opportunity", "006", plural: "Opportunities", fields + visits)
    }

    private static func caseObject() -> ObjectType {
        let fields: [Field] = [
            .numbered("CaseNumber", "{00000000}"), .lookup("ContactId", "Contact", children: "Cases").blocking,
            .lookup("AccountId", "Account", children: "Cases").blocking, .lookup("ParentId", "Case", children: "Cases"),
            .text("SuppliedName", 80, "Name"), .email("SuppliedEmail", "Email Address"),
            .text("SuppliedPhone", 40, "Phone"),
            .text("SuppliedCompany", 80, "Company"), .pick("Type", [], "Case Type", set: "CaseType"),
            .pick("Status", [], set: "CaseStatus").defaulted(.text("New")),
            .pick("Reason", [], "Case Reason", set: "CaseReason"),
            .pick("Origin", [], "Case Origin", set: "CaseOrigin"),
            .text("Subject", 255), .pick("Priority", [], set: "CasePriority").defaulted(.text("Medium")),
            .area("Description"), .flag("IsClosed", "Closed").readOnly, .moment("ClosedDate").readOnly,
            .flag("IsEscalated", "Escalated"),
        ]
        return .standard("Case", "500", merged: false, fields + Array(visits.dropFirst()))
    }

    private static func campaign() -> ObjectType {
        let fields: [Field] = [
            .name(80, "Name"), .lookup("ParentId", "Campaign", relation: "Parent", children: "ChildCampaigns"),
            .pick("Type", [], set: "CampaignType"), .pick("Status", [], set: "CampaignStatus"), .day("StartDate"),
            .day("EndDate"),
            .money("ExpectedRevenue"), .money("BudgetedCost"), .money("ActualCost"),
            .decimal("ExpectedResponse", 10, 2, "Expected Response (%)", type: .percent), .decimal("NumberSent", 18, 0),
            .flag("IsActive", "Active"), .area("Description"),
        ]
        return .standard("Campaign", "701", fields + visits)
    }

    private static func campaignMember() -> ObjectType {
        let fields: [Field] = [
            .lookup("CampaignId", "Campaign", children: "CampaignMembers", cascade: true).required.createOnly,
            .lookup("LeadId", "Lead", children: "CampaignMembers", cascade: true).createOnly,
            .lookup("ContactId", "Contact", children: "CampaignMembers", cascade: true).createOnly,
            .pick("Status", ["Sent", "Responded"]).changed { $0.length = 40 }.defaulted(.text("Sent")),
            .flag("HasResponded", "Responded").readOnly,
            .day("FirstRespondedDate").readOnly,
        ]
        return .standard("CampaignMember", "00v", owned: false, fields)
    }

    private static func individual() -> ObjectType {
        let fields: [Field] =
            Field.person("Name") + [
                .flag("HasOptedOutTracking", "Don't Track"), .flag("HasOptedOutProfiling", "Don't Profile"),
                .flag("HasOptedOutProcessing", "Don't Process"), .flag("HasOptedOutSolicit", "Don't Market"),
                .flag("ShouldForget", "Forget this Individual"),
                .flag("SendIndividualData", "Export Individual's Data"),
                .flag("CanStorePiiElsewhere", "OK to Store PII Data Elsewhere"), .day("BirthDate"), .day("DeathDate"),
            ]
        return .standard("Individual", "0PK", merged: true, fields + [Field.moment("LastViewedDate").readOnly])
    }
}
