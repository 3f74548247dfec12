/// The standard value sets and the values a new org has in them (reference 06 B1).
enum StandardValues {
    static func all() -> [String: [PicklistValue]] {
        var sets: [String: [PicklistValue]] = [:]
        for (name, values) in plain { sets[name] = values.map { PicklistValue(name: $0, label: $0) } }
        sets["OpportunityStage"] = stages.map { stage in
            PicklistValue(
                name: stage.name,
                label: stage.name,
                extras: [
                    JSONMember(name: "closed", value: .bool(stage.probability == 0 || stage.probability == 100)),
                    JSONMember(name: "forecastCategory", value: .string(stage.forecast)),
                    JSONMember(name: "probability", value: .int(stage.probability)),
                    JSONMember(name: "won", value: .bool(stage.probability == 100)),
                ]
            )
        }
        mark("LeadStatus", "Open - Not Contacted", in: &sets)
        mark("CaseStatus", "New", in: &sets)
        mark("CasePriority", "Medium", in: &sets)
        mark("TaskStatus", "Not Started", in: &sets)
        mark("TaskPriority", "Normal", in: &sets)
        close("CaseStatus", ["Closed"], with: "closed", in: &sets)
        close("LeadStatus", ["Closed - Converted"], with: "converted", in: &sets)
        close("TaskStatus", ["Completed"], with: "closed", in: &sets)
        return sets
    }

    private static func mark(_ set: String, _ name: String, in sets: inout [String: [PicklistValue]]) {
        sets[set] = sets[set]?.map { value in
            var value = value
            value.isDefault = value.name == name
            return value
        }
    }

    private static func close(
        _ set: String,
        _ names: [String],
        with key: String,
        in sets: inout [String: [PicklistValue]]
    ) {
        sets[set] = sets[set]?.map { value in
            var value = value
            value.extras.append(JSONMember(name: key, value: .bool(names.contains(value.name))))
            return value
        }
    }

    private static let stages: [(name: String, probability: Int, forecast: String)] = [
        ("Prospecting", 10, "Pipeline"), ("Qualification", 10, "Pipeline"), ("Needs Analysis", 20, "Pipeline"),
        ("Value Proposition", 50, "Pipeline"), ("Id. Decision Makers", 60, "Pipeline"),
        ("Perception Analysis", 70, "Pipeline"), ("Proposal/Price Quote", 75, "Pipeline"),
        ("Negotiation/Review", 90, "Pipeline"), ("Closed Won", 100, "Closed"), ("Closed Lost", 0, "Omitted"),
    ]

    private static let plain: [String: [String]] = [
        "AccountType": [
            "Prospect", "Customer - Direct", "Customer - Channel", "Channel Partner / Reseller", "Installation Partner",
            "Technology Partner", "Other",
        ],
        "Industry": [
            "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction",
            "Consulting", "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental",
            "Finance",
            "Food & Beverage", "Government", "Healthcare", "Hospitality", "Insurance", "Machinery", "Manufacturing",
            "Media", "Not For Profit", "Recreation", "Retail", "Shipping", "Technology", "Telecommunications",
            "Transportation", "Utilities", "Other",
        ],
        "AccountOwnership": ["Public", "Private", "Subsidiary", "Other"],
        "AccountRating": ["Hot", "Warm", "Cold"],
        "AccountSource": ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"],
        "LeadSource": ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"],
        "LeadStatus": ["Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"],
        "OpportunityType": [
            "Existing Customer - Upgrade", "Existing Customer - Replacement", "Existing Customer - Downgrade",
            "New Customer",
        ],
        "CaseType": ["Mechanical", "Electrical", "Electronic", "Structural", "Other"],
        "CaseStatus": ["New", "Working", "Escalated", "Closed"],
        "CaseReason": [
            "Installation", "Equipment Complexity", "Performance", "Breakdown", "Equipment Design", "Feedback", "Other",
        ],
        "CaseOrigin": ["Phone", "Email", "Web"],
        "CasePriority": ["High", "Medium", "Low"],
        "CampaignType": [
            "Conference", "Webinar", "Trade Show", "Public Relations", "Partners", "Referral Program", "Advertisement",
            "Banner Ads", "Direct Mail", "Email", "Telemarketing", "Other",
        ],
        "CampaignStatus": ["Planned", "In Progress", "Completed", "Aborted"],
        "TaskStatus": ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"],
        "TaskPriority": ["High", "Normal", "Low"],
        "Product2Family": ["None"],
        "OrderType": [],
    ]
}
