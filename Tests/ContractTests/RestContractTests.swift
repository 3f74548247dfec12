import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org over REST` {
    @Test func `describes its objects as their fields are`() async throws {
        try await EmulatedOrg.with { org in
            let account = try await org.client.describe("account")
            #expect(
                account.summary.name == "Account" && account.summary.keyPrefix == "001" && account.summary.mergeable
            )
            let id = try #require(account.fields.first { $0.name == "Id" })
            #expect(id.type == "id" && id.length == 18 && !id.createable && !id.updateable && id.idLookup)
            let external = try #require(account.fields.first { $0.name == "External_Id__c" })
            #expect(external.externalId && external.unique && external.length == 255 && external.idLookup)
            let unique = try #require(account.fields.first { $0.name == "Unique_Key__c" })
            #expect(unique.unique && !unique.externalId)
            let name = try #require(account.fields.first { $0.name == "Name" })
            #expect(!name.nillable && name.length == 255 && name.createable)
            let contact = try await org.client.describe("Contact")
            let parent = try #require(contact.fields.first { $0.name == "AccountId" })
            #expect(
                parent.referenceTo == ["Account"] && parent.relationshipName == "Account" && parent.type == "reference"
            )
            let email = try #require(contact.fields.first { $0.name == "Email" })
            #expect(email.type == "email" && email.idLookup && !email.externalId)
            let all = try await org.client.describeGlobal()
            #expect(Set(all.map(\.name)).isSuperset(of: ["Account", "Contact", "Lead", "Opportunity", "Case", "User"]))
            let error = try await #require(throws: SalesforceError.self) { try await org.client.describe("Nope__c") }
            #expect(error.code == "NOT_FOUND" && error.status == 404)
        }
    }

    @Test func `creates, reads, updates, upserts and deletes a record`() async throws {
        try await EmulatedOrg.with { org in
            let created = try await org.client.create(
                "Account",
                body: .json(#"{"Name":" Northwind ","External_Id__c":"A/1"}"#)
            )
            let id = try #require(created.id)
            #expect(created.success && id.count == 18 && id.hasPrefix("001"))
            let read = try await org.client.retrieve("Account", id: id, fields: ["Id", "Name", "Phone"])
            #expect(read?.text("Name") == "Northwind")
            #expect(read?[path: "Phone"] == .null)
            try await org.client.update("Account", id: id, body: .json(#"{"Phone":"1"}"#))
            let updated = try await org.client.upsert(
                "Account",
                field: "External_Id__c",
                value: "A/1",
                body: .json(#"{"Phone":null}"#)
            )
            #expect(updated.created == false && updated.id == id)
            let new = try await org.client.upsert(
                "Account",
                field: "External_Id__c",
                value: "ü 2",
                body: .json(#"{"Name":"x"}"#)
            )
            #expect(new.created == true && new.id != id)
            try await org.client.delete("Account", id: id)
            let gone = try await org.client.retrieve("Account", id: id, fields: ["Id"])
            #expect(gone == nil)
            let error = try await #require(throws: SalesforceError.self) {
                try await org.client.update("Account", id: id, body: .json("{}"))
            }
            #expect(error.code == "ENTITY_IS_DELETED")
        }
    }

    @Test(
        arguments: [
            ("Account", #"{}"#, "REQUIRED_FIELD_MISSING", ["Name"]),
            ("Contact", #"{"LastName":"x","Email":"badone"}"#, "INVALID_EMAIL_ADDRESS", ["Email"]),
            ("Account", #"{"Name":"x","Nope__c":1}"#, "INVALID_FIELD", []),
            ("Account", #"{"Name":"#, "JSON_PARSER_ERROR", []),
            ("Contact", #"{"LastName":"x","Account":{"External_Id__c":"nobody"}}"#, "INVALID_FIELD", []),
        ] as [(String, String, String, [String])]
    )
    func `refuses a record in its own words`(object: String, body: String, code: String, fields: [String]) async throws
    {
        try await EmulatedOrg.with { org in
            let error = try await #require(throws: SalesforceError.self) {
                try await org.client.create(object, body: .json(body))
            }
            #expect(error.code == code && error.status == 400 && error.wasSent == .no && error.kind == .salesforce)
            #expect(error.fields == fields)
            #expect(!error.isWorthRetrying)
        }
    }

    @Test func `takes collections record by record, in their order`() async throws {
        try await EmulatedOrg.with { org in
            var accounts = CollectionBody()
            for (name, key) in [("a", "1"), ("b", "2"), ("", "3"), ("d", "1")] {
                accounts.append(
                    [UInt8].json(#"{"attributes":{"type":"Account"},"Name":"\#(name)","External_Id__c":"\#(key)"}"#)
                )
            }
            let inserted = try await org.client.insertCollection(accounts)
            #expect(inserted.map(\.success) == [true, true, false, false])
            #expect(inserted[2].errors.map(\.statusCode) == ["REQUIRED_FIELD_MISSING"])
            #expect(inserted[3].errors.map(\.statusCode) == ["DUPLICATE_VALUE"] && inserted[3].id == nil)

            var contacts = CollectionBody()
            for (key, parent) in [("c1", "1"), ("c2", "nobody"), ("c3", "2")] {
                contacts.append(
                    [UInt8].json(
                        #"{"attributes":{"type":"Contact"},"LastName":"x","External_Id__c":"\#(key)","Account":{"External_Id__c":"\#(parent)"}}"#
                    )
                )
            }
            let upserted = try await org.client.upsertCollection("Contact", field: "External_Id__c", contacts)
            #expect(upserted.map(\.success) == [true, false, true])
            #expect(upserted.map(\.created) == [true, nil, true] || upserted.map(\.created) == [true, false, true])
            #expect(
                upserted[1].errors[0].message.contains(
                    "Foreign key external ID: nobody not found for field External_Id__c in entity Account"
                )
            )
            let again = try await org.client.upsertCollection("Contact", field: "External_Id__c", contacts)
            #expect(again[0].created == false && again[0].id == upserted[0].id)

            var updates = CollectionBody()
            let first = try #require(upserted[0].id)
            updates.append([UInt8].json(#"{"attributes":{"type":"Contact"},"Id":"\#(first)","AccountId":null}"#))
            let updated = try await org.client.updateCollection(updates)
            #expect(updated.map(\.success) == [true])
            let third = try #require(upserted[2].id)
            let read = try await org.client.retrieveCollection(
                "Contact",
                ids: [first, third],
                fields: ["Id", "AccountId"]
            )
            #expect(read.map { $0?.text("AccountId") } == [nil, inserted[1].id])
            let deleted = try await org.client.deleteCollection(ids: [first, third, first])
            #expect(deleted[0].success && deleted[1].success && !deleted[2].success)
        }
    }

    @Test func `counts its calls`() async throws {
        try await EmulatedOrg.with { org in
            let before = try await org.client.limits()
            let used = try #require(org.client.limitInfo?.used)
            for _ in 0..<5 { _ = try await org.client.limits() }
            let after = try await org.client.limits()
            #expect(try #require(org.client.limitInfo?.used) > used)
            let remaining = try #require(after["DailyApiRequests"]?.remaining)
            #expect(try #require(before["DailyApiRequests"]?.remaining) > remaining)
            #expect(after["DailyBulkApiBatches"]?.max == 15_000)
        }
    }

    @Test(arguments: ["drop", "reset", "truncate", "garbage", "status"])
    func `may fail before or after acting, and an upsert comes to the same`(fault: String) async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.identity()
            for when in ["before", "after"] {
                try await org.admin(
                    "POST",
                    "faults",
                    #"{"match":{"method":"PATCH","path":"composite/sobjects"},"times":1,"when":"\#(when)","do":"\#(fault)","status":503}"#
                )
                var body = CollectionBody()
                body.append([UInt8].json(#"{"attributes":{"type":"Account"},"Name":"x","External_Id__c":"\#(when)"}"#))
                let results = try await org.client.upsertCollection("Account", field: "External_Id__c", body)
                #expect(results.map(\.success) == [true])
                #expect(results.map(\.created) == [when == "before"])
            }
            let counters = try await org.admin("GET", "counters")
            #expect(counters.object?["created"]?.object?["Account"]?.int == 2)
        }
    }

    @Test func `never gets a create twice whose answer was lost`() async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.identity()
            try await org.admin(
                "POST",
                "faults",
                #"{"match":{"method":"POST","path":"sobjects/Account"},"times":1,"when":"after","do":"drop"}"#
            )
            let error = try await #require(throws: SalesforceError.self) {
                try await org.client.create("Account", body: .json(#"{"Name":"x"}"#))
            }
            #expect(error.wasSent == .unknown && error.kind == .transport)
            let counters = try await org.admin("GET", "counters")
            #expect(counters.object?["created"]?.object?["Account"]?.int == 1)
        }
    }
}
