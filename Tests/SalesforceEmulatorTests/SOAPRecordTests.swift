import NIOHTTP1
import Testing

@testable import SalesforceEmulator

/// The results of an answer, one node each.
private func results(_ reply: Reply) -> [XMLNode] {
    let body = (try? XMLReader.read(reply.bytes))?["Body"]
    return body?.children.first?.all("result") ?? []
}

private func sObject(_ type: String, _ fields: String) -> String {
    "<urn:sObjects><ens:type>\(type)</ens:type>\(fields)</urn:sObjects>"
}

@Suite struct `SOAP records` {
    @Test func `are created, changed, upserted and refused each for itself`() async throws {
        try await withOrg { client in
            let made = try await client.soap(
                "<urn:create>"
                    + sObject(
                        "Account",
                        "<ens:Name>A</ens:Name><ens:External_Id__c>A-1</ens:External_Id__c><ens:Fax>1</ens:Fax>"
                    )
                    + sObject(
                        "Contact",
                        "<ens:LastName>C</ens:LastName><ens:Account><ens:type>Account</ens:type><ens:External_Id__c>A-1</ens:External_Id__c></ens:Account>"
                    )
                    + sObject("Contact", "<ens:FirstName>no name</ens:FirstName>") + "</urn:create>"
            )
            let created = results(made)
            #expect(created.map { $0["success"]?.value } == ["true", "true", "false"], "\(made.text)")
            #expect(created[2]["errors"]?["statusCode"]?.value == "REQUIRED_FIELD_MISSING")
            #expect(created[2]["errors"]?["fields"]?.value == "LastName")
            #expect(created[2]["id"]?.isNil == true)
            let id = created[0]["id"]?.value ?? ""
            let changed = try await client.soap(
                "<urn:update>"
                    + sObject(
                        "Account",
                        "<ens:fieldsToNull>Fax</ens:fieldsToNull><ens:Id>\(id)</ens:Id><ens:Phone>2</ens:Phone>"
                    )
                    + "</urn:update>"
            )
            #expect(results(changed).first?["success"]?.value == "true", "\(changed.text)")
            let upserted = try await client.soap(
                "<urn:upsert><urn:externalIDFieldName>External_Id__c</urn:externalIDFieldName>"
                    + sObject("Account", "<ens:External_Id__c>A-1</ens:External_Id__c><ens:Site>s</ens:Site>")
                    + sObject("Account", "<ens:External_Id__c>A-2</ens:External_Id__c><ens:Name>B</ens:Name>")
                    + "</urn:upsert>"
            )
            #expect(results(upserted).map { $0["created"]?.value } == ["false", "true"], "\(upserted.text)")
            let held = try await client.get("/emulator/records/Account").json
            #expect(held[0]["Fax"] == .null)
            #expect(held[0]["Phone"] == .string("2"))
            #expect(held[0]["Site"] == .string("s"))
            #expect(
                try await client.query("SELECT Account.Name FROM Contact").json.at("records.0.Account.Name")
                    == .string("A")
            )
        }
    }

    @Test func `of all or none are taken back together`() async throws {
        try await withOrg { client in
            let reply = try await client.soap(
                "<urn:create>" + sObject("Account", "<ens:Name>A</ens:Name>") + sObject("Account", "")
                    + "</urn:create>",
                header: "<urn:AllOrNoneHeader><urn:allOrNone>true</urn:allOrNone></urn:AllOrNoneHeader>"
            )
            #expect(results(reply).first?["errors"]?["statusCode"]?.value == "ALL_OR_NONE_OPERATION_ROLLED_BACK")
            #expect(try await client.get("/emulator/records/Account").json.array?.isEmpty == true)
        }
    }

    @Test func `come back out of the recycle bin with their children, and never after it was emptied`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A","External_Id__c":"A-1"}"#)
            let child = try await client.create("Contact", "{\"LastName\":\"C\",\"AccountId\":\"\(id)\"}")
            let other = try await client.create("Contact", "{\"LastName\":\"gone before\",\"AccountId\":\"\(id)\"}")
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Contact/\(other)")
            let gone = try await client.soap(
                "<urn:delete><urn:ids>\(id)</urn:ids><urn:ids>\(id)</urn:ids></urn:delete>"
            )
            #expect(results(gone).map { $0["success"]?.value } == ["true", "false"])
            #expect(results(gone)[1]["errors"]?["statusCode"]?.value == "ENTITY_IS_DELETED")
            let back = try await client.soap("<urn:undelete><urn:ids>\(id)</urn:ids></urn:undelete>")
            #expect(results(back).first?["success"]?.value == "true", "\(back.text)")
            let held = try await client.query("SELECT Id, Account.External_Id__c FROM Contact").json
            #expect(held["records"]?.array?.compactMap { $0["Id"]?.string } == [child])
            #expect(held.at("records.0.Account.External_Id__c") == .string("A-1"))
            let living = try await client.soap("<urn:undelete><urn:ids>\(id)</urn:ids></urn:undelete>")
            #expect(results(living).first?["errors"]?["statusCode"]?.value == "UNDELETE_FAILED")
            let emptied = try await client.soap(
                "<urn:emptyRecycleBin><urn:ids>\(other)</urn:ids></urn:emptyRecycleBin>"
            )
            #expect(results(emptied).first?["success"]?.value == "true")
            let lost = try await client.soap("<urn:undelete><urn:ids>\(other)</urn:ids></urn:undelete>")
            #expect(results(lost).first?["errors"]?["statusCode"]?.value == "INVALID_CROSS_REFERENCE_KEY")
            #expect(try await client.query("SELECT COUNT() FROM Contact", all: true).json["totalSize"] == .number("1"))
        }
    }

    @Test func `are not undeleted into the place of another with the same key`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A","External_Id__c":"A-1"}"#)
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(id)")
            _ = try await client.create("Account", #"{"Name":"B","External_Id__c":"A-1"}"#)
            let back = try await client.soap("<urn:undelete><urn:ids>\(id)</urn:ids></urn:undelete>")
            #expect(results(back).first?["errors"]?["statusCode"]?.value == "DUPLICATE_VALUE")
        }
    }

    @Test func `are found page by page, with parents and children`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A & Co","AnnualRevenue":5}"#)
            let csv = "LastName,AccountId\n" + (0..<450).map { "N\($0),\(id)\n" }.joined()
            _ = try await client.ingest("Contact", "insert", csv)
            let header = "<urn:QueryOptions><urn:batchSize>200</urn:batchSize></urn:QueryOptions>"
            var page = try await client.soap(
                "<urn:query><urn:queryString>SELECT Id, LastName, Phone, CreatedDate, Account.Name FROM Contact</urn:queryString></urn:query>",
                header: header
            )
            let first = try #require(results(page).first)
            #expect(first["size"]?.value == "450")
            #expect(first["done"]?.value == "false")
            let record = try #require(first.all("records").first)
            #expect(record.typeName == "sObject")
            #expect(record["type"]?.value == "Contact")
            #expect(record["Account"]?["Name"]?.value == "A & Co")
            #expect(record["Phone"]?.isNil == true)
            #expect(record["CreatedDate"]?.value.hasSuffix("Z") == true)
            var count = first.all("records").count
            while let locator = results(page).first?["queryLocator"], !locator.isNil {
                page = try await client.soap(
                    "<urn:queryMore><urn:queryLocator>\(locator.value)</urn:queryLocator></urn:queryMore>",
                    header: header
                )
                count += results(page).first?.all("records").count ?? 0
            }
            #expect(count == 450)
            let down = try await client.soap(
                "<urn:query><urn:queryString>SELECT Name, (SELECT LastName FROM Contacts LIMIT 2) FROM Account</urn:queryString></urn:query>"
            )
            let children = results(down).first?["records"]?["Contacts"]
            #expect(children?["size"]?.value == "2")
            #expect(children?.all("records").count == 2)
            let read = try await client.soap(
                "<urn:retrieve><urn:fieldList>Name, AnnualRevenue</urn:fieldList><urn:sObjectType>Account</urn:sObjectType><urn:ids>\(id)</urn:ids><urn:ids>0015g0000000099AAA</urn:ids></urn:retrieve>"
            )
            #expect(results(read).first?["AnnualRevenue"]?.value == "5.0")
            #expect(results(read).last?.isNil == true)
        }
    }

    @Test func `asked for in the wrong words are refused with the place`() async throws {
        try await withOrg { client in
            let reply = try await client.soap(
                "<urn:query><urn:queryString>SELECT Foo FROM Account</urn:queryString></urn:query>"
            )
            #expect(reply.status == 500)
            let fault = try XMLReader.read(reply.bytes)["Body"]?["Fault"]
            #expect(fault?["faultcode"]?.value == "sf:INVALID_FIELD")
            let detail = fault?["detail"]?["InvalidFieldFault"]
            #expect(detail?["row"]?.value == "1")
            #expect(detail?["column"]?.value == "8")
            let locator = try await client.soap(
                "<urn:queryMore><urn:queryLocator>nope</urn:queryLocator></urn:queryMore>"
            )
            #expect(locator.text.contains("InvalidQueryLocatorFault"))
            let type = try await client.soap("<urn:create>" + sObject("Nope", "") + "</urn:create>")
            #expect(type.text.contains("sf:INVALID_TYPE"))
        }
    }

    @Test func `of events are published and say under which name`() async throws {
        let yaml = "events: { Sent__e: { fields: { No__c: { type: Text, length: 5, required: true } } } }"
        try await withOrg(yaml) { client in
            let reply = try await client.soap(
                "<urn:create>" + sObject("Sent__e", "<ens:No__c>1</ens:No__c>") + "</urn:create>"
            )
            let result = try #require(results(reply).first)
            #expect(result["success"]?.value == "true")
            #expect(result["errors"]?["statusCode"]?.value == "OPERATION_ENQUEUED")
            let kept = try await client.get("/emulator/events/Sent__e").json
            #expect(kept[0]["EventUuid"]?.string == result["errors"]?["message"]?.value)
            let job = try await client.openJob("insert", "Sent__e", "CSV")
            _ = try await client.batch(job, "No__c\n2\n", type: "text/csv")
            _ = try await client.ingest("Sent__e", "insert", "No__c\n3\n")
            #expect(try await client.get("/emulator/events/Sent__e").json.array?.count == 3)
        }
    }

    @Test func `are described in the elements and the order of the schema`() async throws {
        try await withOrg { client in
            let reply = try await client.soap(
                "<urn:describeSObjects><urn:sObjectType>Contact</urn:sObjectType></urn:describeSObjects>"
            )
            let object = try #require(results(reply).first)
            let names = object.children.map(\.name)
            #expect(names == names.sorted())
            let email = try #require(object.all("fields").first { $0["name"]?.value == "Email" })
            #expect(email["soapType"]?.value == "xsd:string")
            #expect(email.children.map(\.name).first == "aggregatable")
            let whole = try await client.soap("<urn:describeGlobal/>")
            #expect(results(whole).first?.all("sobjects").contains { $0["name"]?.value == "Lead" } == true)
        }
    }

    @Test func `are cut to what fits where the caller allows it`() async throws {
        try await withOrg { client in
            let long = String(repeating: "ä", count: 300)
            let body =
                "<urn:create>"
                + sObject("Account", "<ens:Name>\(long)</ens:Name><ens:AnnualRevenue>1</ens:AnnualRevenue>")
                + "</urn:create>"
            let refused = try await client.soap(body)
            #expect(results(refused).first?["errors"]?["statusCode"]?.value == "STRING_TOO_LONG")
            let header =
                "<urn:AllowFieldTruncationHeader><urn:allowFieldTruncation>true</urn:allowFieldTruncation></urn:AllowFieldTruncationHeader>"
            let made = try await client.soap(body, header: header)
            #expect(results(made).first?["success"]?.value == "true", "\(made.text)")
            let held = try await client.get("/emulator/records/Account").json
            #expect(held[0]["Name"] == .string(String(long.prefix(255))))
        }
    }
}

@Suite struct `A client that writes id for ids` {
    @Test func `is understood`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            let deleted = try await client.soap("<urn:delete><urn:id>\(id)</urn:id></urn:delete>")
            #expect(results(deleted).first?["success"]?.value == "true", "\(deleted.text)")
        }
    }
}

@Suite struct `A client of the enterprise schema` {
    private func call(_ client: OrgClient, _ body: String, session: String?) async throws -> Reply {
        try await client.call(
            .POST,
            "/services/Soap/c/62.0",
            Array(
                """
                <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:enterprise.soap.sforce.com">
                <e:Header><SessionHeader><sessionId>\(session ?? "")</sessionId></SessionHeader></e:Header>
                <e:Body>\(body)</e:Body></e:Envelope>
                """.utf8
            ),
            type: "text/xml",
            headers: [("SOAPAction", "\"\"")]
        )
    }

    @Test func `gets records of their own type, and nothing that it did not ask for`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"A & B"}"#)
            let found = try await call(
                client,
                "<query><queryString>SELECT Name, Owner.Username, (SELECT LastName FROM Contacts) FROM Account</queryString></query>",
                session: client.token
            )
            #expect(found.text.contains("xmlns:sf=\"urn:sobject.enterprise.soap.sforce.com\""), "\(found.text)")
            #expect(
                found.text.contains(
                    "<records xsi:type=\"sf:Account\"><sf:Name>A &amp; B</sf:Name><sf:Owner xsi:type=\"sf:User\"><sf:Username>admin@example.com</sf:Username></sf:Owner><sf:Contacts xsi:nil=\"true\"/></records>"
                )
            )
            let refused = try await call(client, "<getUserInfo/>", session: "nobody")
            #expect(refused.status == 500)
            #expect(refused.text.contains("xmlns:sf=\"urn:fault.enterprise.soap.sforce.com\""))
        }
    }
}
