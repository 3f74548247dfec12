import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `The setup` {
    static let yaml = """
        objects:
          Shipment__c:
            fields:
              Status__c: { type: Picklist, restricted: true, values: [New, Sent] }
              Region__c: { type: Picklist, value_set: Regions }
          Contact:
            triggers:
              - { name: ContactRollup, on: [insert], cpu_ms: 0, soql: 1, locks: AccountId }
            flows:
              - { name: Scoring, type: Scheduled, cron: "0 0 2 * * ?", active: true }
            validation_rules:
              - { name: Named, when: "FirstName = 'Nobody'", message: "Everybody is somebody", field: FirstName }
        global_value_sets: { Regions: { values: [North, South] } }
        apex_jobs: [ { class: NightlyScore, object: Contact, starts: "2026-01-01T02:00:00Z", runs_for: 20min } ]
        """

    private func tooling(_ client: OrgClient, _ statement: String) async throws -> JSONValue {
        try await client.get("\(OrgClient.data)/tooling/query?q=\(percentEncoded(statement))").json
    }

    @Test func `lets a picklist's values be replaced, and deactivates those that are missing`() async throws {
        try await withOrg(Self.yaml) { client in
            let object =
                try await tooling(client, "SELECT Id FROM CustomObject WHERE DeveloperName = 'Shipment'").at(
                    "records.0.Id"
                ).string ?? ""
            let found = try await tooling(
                client,
                "SELECT Id, Metadata FROM CustomField WHERE TableEnumOrId = '\(object)' AND DeveloperName = 'Status'"
            )
            #expect(found["entityTypeName"] == .string("CustomField"))
            #expect(found.at("records.0.Metadata.valueSet.valueSetDefinition.value.0.valueName") == .string("New"))
            let id = found.at("records.0.Id").string ?? ""
            let change = try await client.send(
                .PATCH,
                "\(OrgClient.data)/tooling/sobjects/CustomField/\(id)",
                #"{"FullName":"Shipment__c.Status__c","Metadata":{"label":"Status","type":"Picklist","valueSet":{"restricted":true,"valueSetDefinition":{"sorted":false,"value":[{"valueName":"Lost","label":"Lost","default":false},{"valueName":"New","label":"New","default":false}]}}}}"#
            )
            #expect(change.status == 204, "\(change.text)")
            let fields =
                try await client.get("\(OrgClient.data)/sobjects/Shipment__c/describe").json["fields"]?.array ?? []
            let values = fields.first { $0["name"]?.string == "Status__c" }?["picklistValues"]?.array?.compactMap {
                $0["value"]?.string
            }
            #expect(values == ["Lost", "New"])
            let refused = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Shipment__c",
                #"{"Status__c":"Sent"}"#
            )
            #expect(refused.json.at("0.message") == .string("Status: bad value for restricted picklist field: Sent"))
            let doubled = try await client.send(
                .PATCH,
                "\(OrgClient.data)/tooling/sobjects/CustomField/\(id)",
                #"{"Metadata":{"label":"Status","type":"Picklist","valueSet":{"restricted":true,"valueSetDefinition":{"value":[{"valueName":"a"},{"valueName":"A"}]}}}}"#
            )
            #expect(doubled.json.at("0.errorCode") == .string("DUPLICATE_VALUE"))
            let broken = try await client.send(
                .PATCH,
                "\(OrgClient.data)/tooling/sobjects/CustomField/\(id)",
                #"{"Metadata":"x"}"#
            )
            #expect(broken.json.at("0.errorCode") == .string("JSON_PARSER_ERROR"))
        }
    }

    @Test func `shows triggers, flows, rules, schedules and running Apex`() async throws {
        try await withOrg(Self.yaml) { client in
            let trigger = try await client.query(
                "SELECT Name, UsageAfterInsert, UsageAfterUpdate FROM ApexTrigger WHERE TableEnumOrId = 'Contact' AND Status = 'Active'"
            )
            #expect(trigger.json.at("records.0.Name") == .string("ContactRollup"))
            #expect(trigger.json.at("records.0.UsageAfterUpdate") == .bool(false))
            let flow = try await client.query(
                "SELECT ApiName, TriggerType FROM FlowDefinitionView WHERE ActiveVersionId != null AND TriggerObjectOrEvent.QualifiedApiName = 'Contact'"
            )
            #expect(flow.json.at("records.0.TriggerType") == .string("Scheduled"))
            let rule = try await tooling(
                client,
                "SELECT ErrorMessage FROM ValidationRule WHERE EntityDefinition.QualifiedApiName = 'Contact' AND Active = true"
            )
            #expect(rule.at("records.0.ErrorMessage") == .string("Everybody is somebody"))
            _ = try await client.send(.POST, "/emulator/clock", #"{"set":"2026-01-01T02:10:00Z","freeze":true}"#)
            let cron = try await client.query(
                "SELECT CronJobDetail.JobType, NextFireTime FROM CronTrigger WHERE State = 'WAITING'"
            )
            #expect(cron.json.at("records.0.NextFireTime") == .string("2026-01-02T02:00:00.000+0000"))
            #expect(cron.json.at("records.0.CronJobDetail.JobType") == .string("6"))
            let running = "SELECT ApexClass.Name, Status FROM AsyncApexJob WHERE Status IN ('Queued','Processing')"
            #expect(try await client.query(running).json.at("records.0.ApexClass.Name") == .string("NightlyScore"))
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":600000}"#)
            #expect(try await client.query(running).json["totalSize"] == .number("0"))
        }
    }

    @Test func `answers metadata by SOAP, and changes shared sets for every field on them`() async throws {
        try await withOrg(Self.yaml) { client in
            func metadata(_ body: String) async throws -> Reply {
                try await client.call(
                    .POST,
                    "/services/Soap/m/62.0",
                    Array(
                        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"http://soap.sforce.com/2006/04/metadata\"><soapenv:Header><SessionHeader><sessionId>\(client.token ?? "")</sessionId></SessionHeader></soapenv:Header><soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>"
                            .utf8
                    ),
                    type: "text/xml",
                    headers: [("SOAPAction", "\"\"")]
                )
            }
            let changed = try await metadata(
                "<updateMetadata><metadata xsi:type=\"GlobalValueSet\"><fullName>Regions</fullName><customValue><fullName>East</fullName><default>false</default><label>East</label></customValue><masterLabel>Regions</masterLabel><sorted>false</sorted></metadata></updateMetadata>"
            )
            #expect(changed.text.contains("<fullName>Regions</fullName><success>true</success>"))
            let read = try await metadata(
                "<readMetadata><type>GlobalValueSet</type><fullNames>Regions</fullNames><fullNames>Nope</fullNames></readMetadata>"
            )
            #expect(read.text.contains("<fullName>North</fullName><default>false</default><isActive>false</isActive>"))
            #expect(read.text.contains("<records xsi:nil=\"true\"/>"))
            let refused = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Shipment__c",
                #"{"Region__c":"North"}"#
            )
            #expect(refused.json.at("0.errorCode") == .string("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"))
            #expect(
                try await client.send(.POST, "\(OrgClient.data)/sobjects/Shipment__c", #"{"Region__c":"East"}"#).status
                    == 201
            )
            let names = (0..<11).map { "<fullNames>N\($0)</fullNames>" }.joined()
            let many = try await metadata("<readMetadata><type>CustomField</type>\(names)</readMetadata>")
            #expect(many.status == 500)
            #expect(
                many.text.contains(
                    "EXCEEDED_ID_LIMIT: record limit reached. cannot submit more than 10 records in this operation"
                )
            )
        }
    }

    @Test func `tells an object's basics`() async throws {
        try await withOrg { client in
            let basics = try await client.get("\(OrgClient.data)/tooling/sobjects/CustomField").json
            #expect(basics.at("objectDescribe.name") == .string("CustomField"))
            #expect(basics["recentItems"] == .array([]))
            let written = try await client.send(.POST, "\(OrgClient.data)/tooling/sobjects/CustomField", "{}")
            #expect(written.status == 405)
        }
    }

    @Test(arguments: [
        ("tooling/query", "SELECT DurableId FROM StandardValueSet WHERE DurableId = 'CaseStatus'", "CaseStatus"),
        ("tooling/query", "SELECT DurableId FROM EntityDefinition WHERE QualifiedApiName = 'Account'", "Account"),
        ("query", "SELECT DurableId FROM EntityDefinition WHERE QualifiedApiName = 'Account'", "Account"),
    ])
    func `names what lasts by its name, by which it is read`(
        _ path: String,
        _ query: String,
        _ name: String
    ) async throws {
        try await withOrg { client in
            let found = try await client.get("\(OrgClient.data)/\(path)?q=\(percentEncoded(query))").json
            let url = found.at("records.0.attributes.url").string ?? "none"
            #expect(url.hasSuffix("/\(name)"), "\(found)")
            #expect(try await client.get(url).json["DurableId"] == .string(name))
        }
    }
}
