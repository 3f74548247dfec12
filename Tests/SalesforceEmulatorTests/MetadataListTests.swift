import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `The Metadata API's lists` {
    private func ask(_ client: OrgClient, _ body: String) async throws -> Reply {
        let text = """
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata">
            <soapenv:Header><SessionHeader><sessionId>\(client.token ?? "")</sessionId></SessionHeader></soapenv:Header>
            <soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>
            """
        return try await client.call(
            .POST,
            "/services/Soap/m/62.0",
            Array(text.utf8),
            type: "text/xml",
            headers: [("SOAPAction", "\"\"")]
        )
    }

    @Test func `name the types and what there is of each`() async throws {
        try await withOrg("global_value_sets: { Regions: { values: [North] } }") { client in
            let types = try XMLReader.read(
                try await ask(client, "<describeMetadata><asOfVersion>62.0</asOfVersion></describeMetadata>").bytes
            )
            let objects = types["Body"]?["describeMetadataResponse"]?["result"]?.all("metadataObjects") ?? []
            #expect(
                objects.compactMap { $0["xmlName"]?.value } == ["CustomObject", "GlobalValueSet", "StandardValueSet"]
            )
            let answer = try await ask(
                client,
                "<listMetadata><queries><type>CustomField</type></queries><queries><type>GlobalValueSet</type></queries></listMetadata>"
            )
            let listed = try XMLReader.read(answer.bytes)["Body"]?["listMetadataResponse"]?.all("result") ?? []
            let names = listed.map { $0["fullName"]?.value ?? "none" }
            #expect(names.contains("Account.External_Id__c") && names.contains("Regions"), "\(answer.text)")
            // What is listed can be read.
            let read = try await ask(
                client,
                "<readMetadata><type>GlobalValueSet</type><fullNames>Regions</fullNames></readMetadata>"
            )
            #expect(read.text.contains("<fullName>North</fullName>"), "\(read.text)")
        }
    }

    @Test func `refuse an unknown type, and more than three at a time`() async throws {
        try await withOrg { client in
            let query = "<queries><type>CustomField</type></queries>"
            let many = try await ask(client, "<listMetadata>\(String(repeating: query, count: 4))</listMetadata>")
            #expect(many.status == 500 && many.text.contains("<sf:exceptionCode>LIMIT_EXCEEDED"), "\(many.text)")
            let unknown = try await ask(client, "<listMetadata><queries><type>Nope</type></queries></listMetadata>")
            #expect(unknown.status == 500 && unknown.text.contains("INVALID_TYPE"), "\(unknown.text)")
        }
    }
}
