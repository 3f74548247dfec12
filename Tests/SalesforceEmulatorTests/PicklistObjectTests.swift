import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A dependent picklist` {
    static let org = """
        objects:
          Shipment__c:
            fields:
              Region__c: { type: Picklist, values: [North, { name: Gone, active: false }, South] }
              Town__c:
                type: Picklist
                restricted: true
                values: [Oslo, Rome, Nowhere]
                controllingField: Region__c
                valueSettings: { Oslo: [North], Rome: [North, South] }
              Frail__c: { type: Checkbox }
              Care__c: { type: Picklist, values: [Much], controllingField: Frail__c, valueSettings: { Much: ["true"] } }
        """

    @Test func `says beside which values it offers its own`() async throws {
        try await withOrg(Self.org) { client in
            let described = try await client.get("\(OrgClient.data)/sobjects/Shipment__c/describe")
            let fields = described.json["fields"]?.array ?? []
            func field(_ name: String) -> JSONValue { fields.first { $0["name"] == .string(name) } ?? .null }
            let town = field("Town__c")
            #expect(town["dependentPicklist"] == .bool(true))
            #expect(town["controllerName"] == .string("Region__c"))
            // One bit for each active controlling value, North first.
            let bits = town["picklistValues"]?.array?.map { $0["validFor"]?.string }
            #expect(bits == ["gAAA", "wAAA", "AAAA"])
            #expect(field("Care__c").at("picklistValues.0.validFor") == .string("QAAA"))
            #expect(field("Region__c")["dependentPicklist"] == .bool(false))
            #expect(field("Region__c").at("picklistValues.0.validFor") == .null)
        }
    }

    @Test func `shows and takes its settings as metadata`() async throws {
        try await withOrg(Self.org) { client in
            let found = try await client.get(
                "\(OrgClient.data)/tooling/query?q="
                    + percentEncoded("SELECT Id FROM CustomField WHERE DeveloperName = 'Town'")
            )
            let path = "\(OrgClient.data)/tooling/sobjects/CustomField/\(found.json.at("records.0.Id").string ?? "")"
            var metadata = try await client.get(path).json["Metadata"] ?? .null
            #expect(metadata.at("valueSet.controllingField") == .string("Region__c"))
            #expect(metadata.at("valueSet.valueSettings.1.valueName") == .string("Rome"))
            #expect(metadata.at("valueSet.valueSettings.1.controllingFieldValue.1") == .string("South"))
            var set = metadata["valueSet"] ?? .null
            set.set(
                "valueSettings",
                .array([
                    .members(["controllingFieldValue": .array([.string("South")]), "valueName": .string("Nowhere")])
                ])
            )
            metadata.set("valueSet", set)
            let body = JSONValue.members(["Metadata": metadata]).encoded()
            let changed = try await client.call(.PATCH, path, body)
            #expect(changed.status == 204, "\(changed.text)")
            let described = try await client.get("\(OrgClient.data)/sobjects/Shipment__c/describe")
            let town = described.json["fields"]?.array?.first { $0["name"] == .string("Town__c") } ?? .null
            // What was set stays: dependencies are only added.
            #expect(town["picklistValues"]?.array?.map { $0["validFor"]?.string } == ["gAAA", "wAAA", "QAAA"])
            let soap = try await client.call(
                .POST,
                "/services/Soap/m/62.0",
                Array(
                    """
                    <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata">
                    <e:Header><SessionHeader><sessionId>\(client.token ?? "")</sessionId></SessionHeader></e:Header>
                    <e:Body><readMetadata><type>CustomField</type><fullNames>Shipment__c.Town__c</fullNames></readMetadata></e:Body></e:Envelope>
                    """.utf8
                ),
                type: "text/xml",
                headers: [("SOAPAction", "\"\"")]
            )
            let shown = try XMLReader.read(soap.bytes)["Body"]?["readMetadataResponse"]?["result"]?["records"]?[
                "valueSet"
            ]
            #expect(shown?["controllingField"]?.value == "Region__c")
            #expect(shown?.all("valueSettings").map { $0["valueName"]?.value } == ["Oslo", "Rome", "Nowhere"])
        }
    }

    @Test(arguments: [
        ("controllingField: Nope__c", "Nope__c"),
        ("controllingField: Region__c, valueSettings: { Paris: [North] }", "Paris"),
        ("controllingField: Region__c, valueSettings: { Oslo: [West] }", "West"),
        ("valueSettings: { Oslo: [North] }", "controllingField"),
    ])
    func `is refused when it depends on what is not there`(_ keys: String, _ word: String) async {
        let org = """
            objects:
              Shipment__c:
                fields:
                  Region__c: { type: Picklist, values: [North] }
                  Town__c: { type: Picklist, values: [Oslo], \(keys) }
            """
        let error = await #expect(throws: EmulatorError.self) { try await withOrg(org) { _ in } }
        #expect("\(error.map { "\($0)" } ?? "")".contains(word))
    }
}

@Suite struct `A status` {
    @Test func `tells what its values mean, also when they change`() async throws {
        try await withOrg { client in
            let converted = try await client.query(
                "SELECT Id, MasterLabel FROM LeadStatus WHERE IsConverted = true"
            )
            #expect(converted.json["totalSize"] == .number("1"))
            #expect(converted.json.at("records.0.MasterLabel") == .string("Closed - Converted"))
            let stages = try await client.query(
                "SELECT ApiName, DefaultProbability FROM OpportunityStage WHERE IsWon = true"
            )
            #expect(stages.json.at("records.0.ApiName") == .string("Closed Won"))
            #expect(stages.json.at("records.0.DefaultProbability").double == 100)
            let closed = try await client.query("SELECT ApiName FROM CaseStatus WHERE IsClosed = true")
            #expect(closed.json.at("records.0.ApiName") == .string("Closed"))
            let found = try await client.get(
                "\(OrgClient.data)/tooling/query?q="
                    + percentEncoded("SELECT Metadata FROM StandardValueSet WHERE DurableId = 'LeadStatus'")
            )
            var metadata = found.json.at("records.0.Metadata")
            let kept = (metadata["standardValue"]?.array ?? []).filter {
                $0["valueName"] != .string("Working - Contacted")
            }
            metadata.set("standardValue", .array(kept.reversed()))
            let changed = try await client.call(
                .PATCH,
                "\(OrgClient.data)/tooling/sobjects/StandardValueSet/LeadStatus",
                JSONValue.members(["Metadata": metadata]).encoded()
            )
            #expect(changed.status == 204, "\(changed.text)")
            let after = try await client.query("SELECT Id, MasterLabel FROM LeadStatus ORDER BY SortOrder")
            #expect(
                after.json["records"]?.array?.compactMap { $0["MasterLabel"]?.string }
                    == ["Closed - Not Converted", "Closed - Converted", "Open - Not Contacted"]
            )
            #expect(after.json.at("records.1.Id") == converted.json.at("records.0.Id"))
        }
    }
}
