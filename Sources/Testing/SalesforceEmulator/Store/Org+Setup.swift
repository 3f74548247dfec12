extension Org {
    var organizationId: RecordID { RecordID(prefix: KeyPrefix("00D"), number: 1) }
    var administrator: RecordID { RecordID(prefix: KeyPrefix("005"), number: 1) }

    /// Fills the org: organization, profiles, users, the built-in app, then what `org.yaml` adds.
    func setUp() throws {
        try seed()
        if let folder = options.dataFolder { try restoreKept(in: folder) }
    }

    func seed() throws {
        plant(
            "Organization",
            [
                "Name": .text("Emulated Org"), "OrganizationType": .text(edition), "InstanceName": .text("EM1"),
                "DefaultLocaleSidKey": .text("en_US"), "LanguageLocaleKey": .text("en_US"),
                "TimeZoneSidKey": .text("GMT"),
                "Country": .text("US"), "PrimaryContact": .text("Admin User"), "FiscalYearStartMonth": .number(1),
                "ReceivesInfoEmails": .bool(true), "ReceivesAdminInfoEmails": .bool(true),
                "PreferencesLightningLoginEnabled": .bool(true), "DefaultAccountAccess": .text("Edit"),
                "DefaultContactAccess": .text("ControlledByParent"), "DefaultOpportunityAccess": .text("Edit"),
                "DefaultLeadAccess": .text("ReadEditTransfer"), "DefaultCaseAccess": .text("ReadEditTransfer"),
                "DefaultCalendarAccess": .text("HideDetailsInsert"), "DefaultPricebookAccess": .text("ReadSelect"),
                "DefaultCampaignAccess": .text("All"), "UiSkin": .text("Theme3"), "SignupCountryIsoCode": .text("US"),
                "NumKnowledgeService": .number(2), "WebToCaseDefaultOrigin": .text("Web"),
                "MonthlyPageViewsUsed": .number(0), "MonthlyPageViewsEntitlement": .number(0),
            ]
        )
        for name in ["System Administrator", "Standard User", "Minimum Access - API Only Integrations", "Read Only"] {
            plant("Profile", ["Name": .text(name), "UserType": .text("Standard")])
        }
        addUser("admin@example.com", password: "password", token: "token", first: "Admin", last: "User", profile: 1)
        apps["emulator-client"] = ConnectedApp(
            id: "emulator-client",
            secret: "emulator-secret",
            certificates: options.jwtCertificates,
            redirectURIs: [
                "http://localhost:*/OauthRedirect", "http://127.0.0.1:*/OauthRedirect", "http://127.0.0.1:*/callback",
                "http://localhost:*/callback", "http://localhost:*/", "http://127.0.0.1:*/",
            ],
            users: ["admin@example.com"],
            runAs: "admin@example.com",
            requiresSecret: false
        )
        for pem in options.jwtCertificates { try check(certificate: pem) }
        if let text = options.org { try OrgFile(text: text, folder: options.orgFolder).apply(to: self) }
        plantSetup()
    }

    func check(certificate pem: String) throws {
        do {
            _ = try publicKey(pem)
        } catch {
            throw EmulatorError(
                .badCertificate,
                "cannot use a certificate: it is neither an X.509 certificate nor a public RSA key in PEM"
            )
        }
    }

    @discardableResult
    func addUser(
        _ username: String,
        password: String,
        token: String,
        first: String,
        last: String,
        profile: Int
    ) -> Credentials {
        let id = plant(
            "User",
            [
                "Username": .text(username), "FirstName": .text(first), "LastName": .text(last),
                "Email": .text(username.lowercased()),
                "Alias": .text(String(username.prefix(8))), "TimeZoneSidKey": .text("GMT"),
                "LocaleSidKey": .text("en_US"),
                "EmailEncodingKey": .text("UTF-8"), "LanguageLocaleKey": .text("en_US"), "UserType": .text("Standard"),
                "ProfileId": .reference(RecordID(prefix: KeyPrefix("00e"), number: profile)), "IsActive": .bool(true),
            ]
        )
        let credentials = Credentials(user: id, username: username, password: password, token: token)
        users[username.lowercased()] = credentials
        return credentials
    }

    /// Puts a record in place without any of the rules of saving.
    @discardableResult
    func plant(_ object: String, _ values: [String: Value]) -> RecordID {
        guard let type = schema[object] else { return administrator }
        let table = table(of: type)
        var record = Record(
            values: [],
            createdAt: clock.now,
            modifiedAt: clock.now,
            createdBy: administrator,
            modifiedBy: administrator
        )
        for (position, field) in type.fields.enumerated() {
            if let value = values[field.name] { table.store(value, in: position, of: &record) }
        }
        return table.id(table.append(record))
    }
}
