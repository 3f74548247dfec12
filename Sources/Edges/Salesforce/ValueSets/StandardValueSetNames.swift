/// Which standard value set a standard picklist field takes its values from (reference 06, B1).
enum StandardValueSetNames {
    /// The set's name; nil for a field that has none, or that is not known here.
    static func name(object: String, field: String) -> String? {
        let own = "\(object).\(field)".lowercased()
        return byField[own] ?? everywhere[field.lowercased()]
    }

    /// One set for the field on whatever object.
    private static let everywhere = [
        "industry": "Industry", "leadsource": "LeadSource", "salutation": "Salutation",
    ]

    private static let byField = [
        "account.type": "AccountType", "account.rating": "AccountRating", "account.ownership": "AccountOwnership",
        "accountcontactrole.role": "AccountContactRole", "asset.status": "AssetStatus",
        "campaign.type": "CampaignType", "campaign.status": "CampaignStatus",
        "campaignmember.status": "CampaignMemberStatus", "case.type": "CaseType", "case.status": "CaseStatus",
        "case.reason": "CaseReason", "case.priority": "CasePriority", "case.origin": "CaseOrigin",
        "casecontactrole.role": "CaseContactRole", "contract.status": "ContractStatus",
        "contractcontactrole.role": "ContractContactRole", "entitlement.type": "EntitlementType",
        "event.subject": "EventSubject", "event.type": "EventType", "lead.status": "LeadStatus",
        "lead.rating": "AccountRating", "opportunity.stagename": "OpportunityStage",
        "opportunity.type": "OpportunityType", "opportunitycompetitor.strengths": "OpportunityCompetitor",
        "opportunitycontactrole.role": "ContactRole", "order.status": "OrderStatus", "order.type": "OrderType",
        "partner.role": "PartnerRole", "product2.family": "Product2Family", "quote.status": "QuoteStatus",
        "solution.status": "SolutionStatus", "task.priority": "TaskPriority", "task.status": "TaskStatus",
        "task.subject": "TaskSubject", "task.type": "TaskType", "workorder.status": "WorkOrderStatus",
        "workorder.priority": "WorkOrderPriority", "workorderlineitem.status": "WorkOrderLineItemStatus",
    ]
}
