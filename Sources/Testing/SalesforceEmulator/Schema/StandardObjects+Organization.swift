extension StandardObjects {
    /// The one record that says what the org is.
    static func organization() -> ObjectType {
        var fields: [Field] = [.name(80, "Name"), .text("Division", 80)]
        fields += Field.address("")
        fields += [
            .phone("Phone"), .phone("Fax"), .text("PrimaryContact", 80),
            .pick("DefaultLocaleSidKey", ["en_US"], "Locale"), .pick("TimeZoneSidKey", ["GMT"], "Time Zone"),
            .pick("LanguageLocaleKey", ["en_US"], "Language"),
            .flag("ReceivesInfoEmails", "Info Emails", default: true),
            .flag("ReceivesAdminInfoEmails", "Info Emails Admin", default: true),
            .flag("PreferencesRequireOpportunityProducts"), .flag("PreferencesTransactionSecurityPolicy"),
            .flag("PreferencesTerminateOldestSession"), .flag("PreferencesConsentManagementEnabled"),
            .flag("PreferencesAutoSelectIndividualOnMerge"), .flag("PreferencesLightningLoginEnabled", default: true),
            .flag("PreferencesOnlyLLPermUserAllowed"),
            .whole("FiscalYearStartMonth", "Fiscal Year Starts In", digits: 2),
            .flag("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start"),
        ]
        let access = [
            ("Account", "Edit"), ("Contact", "ControlledByParent"), ("Opportunity", "Edit"),
            ("Lead", "ReadEditTransfer"),
            ("Case", "ReadEditTransfer"), ("Calendar", "HideDetailsInsert"), ("Pricebook", "ReadSelect"),
            ("Campaign", "All"),
        ]
        fields += access.map { name, value in
            Field.pick("Default\(name)Access", [value]).changed { $0.length = 40 }
        }
        fields += [
            .url("DelegatedAuthenticationServiceUrl"), .email("ComplianceBccEmail"),
            .pick("UiSkin", ["Theme3"], "User Interface Skin"), .text("SignupCountryIsoCode", 2),
            .moment("TrialExpirationDate"), .whole("NumKnowledgeService", "Knowledge Licenses"),
            .pick(
                "OrganizationType",
                ["Developer Edition", "Enterprise Edition", "Unlimited Edition", "Professional Edition"],
                "Edition"
            ),
            .text("NamespacePrefix", 15), .text("InstanceName", 5), .flag("IsSandbox"),
            .pick("WebToCaseDefaultOrigin", ["Web"], "Web to Cases Default Origin"), .whole("MonthlyPageViewsUsed"),
            .whole("MonthlyPageViewsEntitlement", "Monthly Page Views Allowed"), .flag("IsReadOnly"),
        ]
        let type = setup(.standard("Organization", "00D", owned: false, fields))
        return type
    }
}
