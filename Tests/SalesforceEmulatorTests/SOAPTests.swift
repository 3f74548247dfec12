import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `Partner SOAP` {
    private func soap(
        _ client: OrgClient,
        _ body: String,
        session: String? = nil,
        action: Bool = true
    ) async throws -> Reply {
        try await client.call(
            .POST,
            "/services/Soap/u/62.0",
            Array(
                "<?xml version=\"1.0\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:urn=\"urn:partner.soap.sforce.com\" xmlns:ens=\"urn:sobject.partner.soap.sforce.com\"><soapenv:Header><urn:SessionHeader><urn:sessionId>\(session ?? client.token ?? "")</urn:sessionId></urn:SessionHeader></soapenv:Header><soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>"
                    .utf8
            ),
            type: "text/xml; charset=UTF-8",
            headers: action ? [("SOAPAction", "\"\"")] : []
        )
    }

    private func merge(_ master: String, _ victims: [String], _ more: String = "") -> String {
        "<urn:request><urn:masterRecord><ens:type>Account</ens:type>\(more)<ens:Id>\(master)</ens:Id></urn:masterRecord>"
            + victims.map { "<urn:recordToMergeIds>\($0)</urn:recordToMergeIds>" }.joined() + "</urn:request>"
    }

    @Test func `merges records, moves their children and leaves a trace`() async throws {
        try await withOrg { client in
            var ids: [String] = []
            for index in 0..<3 {
                ids.append(
                    try await client.create(
                        "Account",
                        "{\"Name\":\"N\(index)\",\"External_Id__c\":\"M-\(index)\",\"Fax\":\"1\"}"
                    )
                )
            }
            let child = try await client.create("Contact", "{\"LastName\":\"Kid\",\"AccountId\":\"\(ids[1])\"}")
            let reply = try await soap(
                client,
                "<urn:merge>\(merge(ids[0], [ids[1], ids[2]], "<ens:fieldsToNull>Fax</ens:fieldsToNull>"))</urn:merge>"
                    .replacing("</urn:masterRecord>", with: "<ens:Phone>+33</ens:Phone></urn:masterRecord>")
            )
            #expect(reply.status == 200)
            #expect(
                reply.text.contains(
                    "<result><id>\(ids[0])</id><mergedRecordIds>\(ids[1])</mergedRecordIds><mergedRecordIds>\(ids[2])</mergedRecordIds><success>true</success><updatedRelatedIds>\(child)</updatedRelatedIds></result>"
                ),
                "\(reply.text)"
            )
            let master = try await client.get("\(OrgClient.data)/sobjects/Account/\(ids[0])").json
            #expect(master["Phone"] == .string("+33"))
            #expect(master["Fax"] == .null)
            #expect(
                try await client.get("\(OrgClient.data)/sobjects/Contact/\(child)").json["AccountId"]?.string == ids[0]
            )
            let victims = try await client.query("SELECT MasterRecordId FROM Account WHERE IsDeleted = true", all: true)
            #expect(victims.json.at("records.0.MasterRecordId").string == ids[0])
            #expect(try await client.get("/emulator/counters").json.at("merged.Account") == .number("2"))
            let again = try await soap(
                client,
                "<urn:merge>\(merge(ids[0], [ids[1]]))\(merge(ids[0], ["0015g0000000099AAA"]))\(merge(ids[0], [ids[0]]))\(merge(ids[0], []))</urn:merge>"
            )
            for code in ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MERGE_FAILED"] {
                #expect(again.text.contains("<statusCode>\(code)</statusCode>"), "\(again.text)")
            }
            let fresh = try await client.send(
                .PATCH,
                "\(OrgClient.data)/sobjects/Account/External_Id__c/M-1",
                #"{"Name":"again"}"#
            )
            #expect(fresh.status == 201)
        }
    }

    @Test func `takes back a merge that fails half-way`() async throws {
        try await withOrg { client in
            let master = try await client.create("Account", #"{"Name":"A"}"#)
            let victim = try await client.create("Account", #"{"Name":"B","External_Id__c":"X"}"#)
            let body = merge(master, [victim]).replacing(
                "</urn:masterRecord>",
                with: "<ens:External_Id__c>X</ens:External_Id__c></urn:masterRecord>"
            )
            let reply = try await soap(client, "<urn:merge>\(body)</urn:merge>")
            #expect(reply.text.contains("<statusCode>DUPLICATE_VALUE</statusCode>"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("2"))
        }
    }

    @Test func `signs in, and says what is wrong`() async throws {
        try await withOrg { client in
            let good = try await soap(
                client,
                "<urn:login><urn:username>admin@example.com</urn:username><urn:password>passwordtoken</urn:password></urn:login>"
            )
            let session = try #require(
                try XMLReader.read(good.bytes)["Body"]?["loginResponse"]?["result"]?["sessionId"]?.value
            )
            #expect(try await soap(client, "<urn:getServerTimestamp/>", session: session).status == 200)
            let bad = try await soap(
                client,
                "<urn:login><urn:username>admin@example.com</urn:username><urn:password>no</urn:password></urn:login>"
            )
            #expect(bad.status == 500)
            #expect(bad.text.contains("<faultcode>sf:INVALID_LOGIN</faultcode>"))
            #expect(try await soap(client, "<urn:merge/>", session: "x").text.contains("sf:INVALID_SESSION_ID"))
            #expect(try await soap(client, "<urn:sing/>").status == 500)
            #expect(try await soap(client, "<urn:getServerTimestamp/>", action: false).status == 500)
            let garbage = try await client.call(
                .POST,
                "/services/Soap/u/62.0",
                Array("<a".utf8),
                type: "text/xml",
                headers: [("SOAPAction", "x")]
            )
            #expect(garbage.status == 500)
        }
    }

    @Test func `converts a lead, which nothing changes afterwards`() async throws {
        try await withOrg { client in
            let lead = try await client.create("Lead", #"{"LastName":"L","Company":"Co","Email":"l@co.com"}"#)
            func convert(_ status: String) async throws -> Reply {
                try await soap(
                    client,
                    "<urn:convertLead><urn:leadConverts><urn:convertedStatus>\(status)</urn:convertedStatus><urn:doNotCreateOpportunity>true</urn:doNotCreateOpportunity><urn:leadId>\(lead)</urn:leadId></urn:leadConverts></urn:convertLead>"
                )
            }
            #expect(try await convert("Working - Contacted").text.contains("INVALID_STATUS"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
            let made = try await convert("Closed - Converted")
            #expect(made.text.contains("<contactId>0035g0000000001AAA</contactId>"), "\(made.text)")
            let later = try await client.send(
                .PATCH,
                "\(OrgClient.data)/composite/sobjects",
                "{\"records\":[{\"attributes\":{\"type\":\"Lead\"},\"id\":\"\(lead)\",\"Title\":\"x\"}]}"
            )
            #expect(
                later.json[0].at("errors.0")
                    == .members([
                        "statusCode": .string("CANNOT_UPDATE_CONVERTED_LEAD"),
                        "message": .string("cannot reference converted lead"), "fields": .array([]),
                    ])
            )
            let contact = try await client.query("SELECT Account.Name, Email FROM Contact")
            #expect(contact.json.at("records.0.Account.Name") == .string("Co"))
        }
    }

    @Test(arguments: ["u", "c", "m"])
    func `says that it has no such operation as its layer does`(_ schema: String) async throws {
        try await withOrg { client in
            let reply = try await client.call(
                .POST,
                "/services/Soap/\(schema)/62.0",
                Array(
                    "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:u=\"urn:x\"><e:Header><u:SessionHeader><u:sessionId>\(client.token ?? "")</u:sessionId></u:SessionHeader></e:Header><e:Body><u:describeTabs/></e:Body></e:Envelope>"
                        .utf8
                ),
                type: "text/xml",
                headers: [("SOAPAction", "\"\"")]
            )
            #expect(reply.status == 500)
            let fault = try XMLReader.read(reply.bytes)["Body"]?["Fault"]
            #expect(fault?["faultcode"]?.value == "soapenv:Client")
            #expect(fault?["faultstring"]?.value.hasPrefix("No operation available for request {") == true)
            #expect(fault?["faultstring"]?.value.contains("}describeTabs,") == true)
        }
    }
}
