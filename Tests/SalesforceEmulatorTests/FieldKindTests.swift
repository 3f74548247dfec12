import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A field of the org's file` {
    private let yaml = """
        objects:
          Account:
            record_types:
              - { name: Household, default: true, picklists: { Tier__c: [Gold] } }
              - { name: Business, label: Business Account }
              - { name: Old, active: false }
            fields:
              Tier__c: { type: Picklist, restricted: true, values: [Gold, Silver] }
              Place__c: { type: Location }
              Contacts__c: { type: Summary, summaryForeignKey: Contact.AccountId, summaryOperation: count }
              Worth__c: { type: Summary, summaryForeignKey: Contact.AccountId, summaryOperation: sum, summarizedField: Contact.Worth__c }
              Title__c: { type: Text, formula: "IF(ISBLANK(Phone), UPPER(Name), Name & ' ' & Phone)" }
              Double__c: { type: Number, precision: 10, scale: 1, formula: "AnnualRevenue * 2 + 1 / 3" }
            validation_rules:
              - { name: Fax_needed, when: "AND(ISPICKVAL(Tier__c, 'Silver'), ISBLANK(Fax))", message: Give a fax }
          Contact: { fields: { Worth__c: { type: Number, precision: 10, scale: 2 } } }
        """

    @Test func `that is a location has two parts and a compound`() async throws {
        try await withOrg(yaml) { client in
            let id = try await client.create(
                "Account",
                #"{"Name":"A","Place__Latitude__s":48.85,"Place__Longitude__s":2.35}"#
            )
            let record = try await client.get("\(OrgClient.data)/sobjects/Account/\(id)").json
            #expect(record["Place__c"] == .members(["latitude": .number("48.85"), "longitude": .number("2.35")]))
            let fields = try await client.get("\(OrgClient.data)/sobjects/Account/describe").json["fields"]?.array ?? []
            let compound = fields.first { $0["name"]?.string == "Place__c" }
            #expect(compound?["type"] == .string("location"))
            #expect(compound?["soapType"] == .string("urn:location"))
            #expect(compound?["createable"] == .bool(false))
            let part = fields.first { $0["name"]?.string == "Place__Latitude__s" }
            #expect(part?["compoundFieldName"] == .string("Place__c"))
            let whole = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                #"{"Name":"B","Place__c":"1,2"}"#
            )
            #expect(whole.status == 400)
        }
    }

    @Test func `that is computed follows what it is computed from, and takes no value`() async throws {
        try await withOrg(yaml) { client in
            let id = try await client.create("Account", #"{"Name":"Acme","AnnualRevenue":10}"#)
            for worth in ["1.5", "2"] {
                _ = try await client.create(
                    "Contact",
                    "{\"LastName\":\"C\",\"Worth__c\":\(worth),\"AccountId\":\"\(id)\"}"
                )
            }
            let found = try await client.query(
                "SELECT Title__c, Double__c, Contacts__c, Worth__c FROM Account WHERE Contacts__c = 2"
            )
            #expect(found.json.at("records.0.Title__c") == .string("ACME"))
            #expect(found.json.at("records.0.Double__c") == .number("20.3"))
            #expect(found.json.at("records.0.Contacts__c") == .number("2.0"))
            #expect(found.json.at("records.0.Worth__c") == .number("3.5"))
            _ = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Phone":"12"}"#)
            #expect(
                try await client.query("SELECT Title__c FROM Account").json.at("records.0.Title__c")
                    == .string("Acme 12")
            )
            let refused = try await client.send(
                .PATCH,
                "\(OrgClient.data)/sobjects/Account/\(id)",
                #"{"Title__c":"x"}"#
            )
            #expect(refused.json.at("0.errorCode") == .string("INVALID_FIELD_FOR_INSERT_UPDATE"))
            let fields = try await client.get("\(OrgClient.data)/sobjects/Account/describe").json["fields"]?.array ?? []
            let formula = fields.first { $0["name"]?.string == "Title__c" }
            #expect(formula?["calculated"] == .bool(true))
            #expect(formula?["calculatedFormula"]?.string?.hasPrefix("IF(") == true)
        }
    }

    @Test func `that is computed from itself is empty`() async throws {
        let circle = """
            objects: { Account: { fields: {
              A__c: { type: Text, formula: "B__c & Name" }, B__c: { type: Text, formula: "A__c & A__c" },
              Up__c: { type: Text, formula: "Parent.Up__c & Name" } } } }
            """
        try await withOrg(circle) { client in
            let id = try await client.create("Account", #"{"Name":"x"}"#)
            _ = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", "{\"ParentId\":\"\(id)\"}")
            let record = try await client.get("\(OrgClient.data)/sobjects/Account/\(id)")
            #expect(record.status == 200)
            #expect(record.json["Up__c"]?.string?.allSatisfy { $0 == "x" } == true)
        }
    }

    @Test func `that is a rule's condition may be a formula`() async throws {
        try await withOrg(yaml) { client in
            let type =
                try await client.query("SELECT Id FROM RecordType WHERE DeveloperName = 'Business'").json.at(
                    "records.0.Id"
                ).string ?? ""
            let body = "{\"Name\":\"A\",\"Tier__c\":\"Silver\",\"RecordTypeId\":\"\(type)\"}"
            let refused = try await client.send(.POST, "\(OrgClient.data)/sobjects/Account", body)
            #expect(refused.json.at("0.message") == .string("Give a fax"))
        }
    }

    @Test func `that narrows a picklist by record type is held to it`() async throws {
        try await withOrg(yaml) { client in
            let types = try await client.query(
                "SELECT Id, DeveloperName, Name, IsActive FROM RecordType WHERE SobjectType = 'Account' ORDER BY Id"
            ).json
            let ids = types["records"]?.array?.compactMap { $0["Id"]?.string } ?? []
            #expect(types.at("records.1.Name") == .string("Business Account"))
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            let record = try await client.get("\(OrgClient.data)/sobjects/Account/\(id)?fields=RecordTypeId").json
            #expect(record["RecordTypeId"]?.string == ids[0])
            let path = "\(OrgClient.data)/sobjects/Account"
            let narrow = try await client.send(.POST, path, #"{"Name":"B","Tier__c":"Silver"}"#)
            #expect(narrow.json.at("0.errorCode") == .string("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"))
            let old = try await client.send(.POST, path, "{\"Name\":\"B\",\"RecordTypeId\":\"\(ids[2])\"}")
            #expect(
                old.json.at("0.message") == .string("Record Type ID: this ID value isn't valid for the user: \(ids[2])")
            )
            let infos = try await client.get("\(path)/describe").json["recordTypeInfos"]?.array ?? []
            #expect(infos.compactMap { $0["developerName"]?.string } == ["Household", "Business", "Old", "Master"])
            #expect(
                infos.map { $0["defaultRecordTypeMapping"] } == [.bool(true), .bool(false), .bool(false), .bool(false)]
            )
            let bulk = try await client.ingest(
                "Account",
                "insert",
                "Name,Tier__c,RecordTypeId\nC,Gold,\(ids[1])\nD,Lead,\n"
            )
            #expect(bulk.job["numberRecordsFailed"] == .number("1"))
        }
    }

    @Test(arguments: [
        "objects: { Account: { fields: { F__c: { type: Text, formula: 'IF(' } } } }",
        "objects: { Account: { fields: { F__c: { type: Text, formula: 'Nope__c & Name' } } } }",
        "objects: { Account: { fields: { F__c: { type: Text, formula: 'VLOOKUP(Name)' } } } }",
        "objects: { Account: { fields: { S__c: { type: Summary } } } }",
        "objects: { Account: { record_types: [ { label: x } ] } }",
        "users: [ { username: a@b.c, lacks: [everything] } ]",
    ])
    func `that makes no sense stops the start`(_ yaml: String) async throws {
        await #expect(throws: EmulatorError.self) { try await withOrg(yaml) { _ in } }
    }
}
