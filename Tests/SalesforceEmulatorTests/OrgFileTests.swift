import Testing

@testable import SalesforceEmulator

@Suite struct `An org file` {
    @Test(arguments: [
        ("objects: [", "cannot read the org file"), ("objets: {}", "objets"),
        ("objects: { A__c: { fields: { X__c: { type: Texxt } } } }", "unknown type Texxt"),
        ("objects: { A__c: { fields: { X__c: { } } } }", "needs a type"),
        ("objects: { A__c: { fields: { X__c: { type: Text, lenght: 5 } } } }", "lenght"),
        ("objects: { A__c: { fields: { X__c: { type: Lookup } } } }", "needs referenceTo"),
        ("objects: { A__c: { fields: { X__c: { type: Lookup, referenceTo: [B__c] } } } }", "B__c"),
        ("objects: { Contact: { validation_rules: [ { name: a, when: \"Emale = null\" } ] } }", "Emale"),
        ("limits: { Nothing: 1 }", "is no limit"),
        ("limits: { DailyApiRequests: many }", "whole number"), ("pace: { batch: soon }", "duration"),
        ("users: [ { username: a@b.c, read_only: [Nope] } ]", "Nope"),
        ("apex_jobs: [ { class: X } ]", "starts"), ("events: { Order: { } }", "__e"),
        ("connected_apps: [ { client_secret: x } ]", "client_id"),
        ("connected_apps: [ { client_id: x, certificate: /nowhere.crt } ]", "nowhere"), ("edition: Tiny", "edition"),
        ("objects: { Contact: { triggers: [ { name: T, locks: Phone } ] } }", "reference field"),
        ("objects: { A__c: { fields: { N__c: { type: Number, precision: 30 } } } }", "precision"),
        ("objects: 5", "mapping"), ("objects: { 9x: { } }", "API name"),
    ])
    func `that is wrong is refused with the place and the reason`(_ yaml: String, _ part: String) async throws {
        var options = EmulatorOptions()
        options.org = yaml
        let error = await #expect(throws: EmulatorError.self) { try await withEmulator(options) { _ in } }
        #expect(error?.code == .badOrg)
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test func `that is empty changes nothing`() async throws {
        try await withOrg("") { client in
            let reply = try await client.get("\(OrgClient.data)/sobjects/Account")
            #expect(reply.status == 200)
        }
    }

    @Test func `adds fields of every type, with their defaults`() async throws {
        let types = [
            "Text", "TextArea", "LongTextArea", "Html", "EncryptedText", "Email", "Phone", "Url", "Checkbox", "Number",
            "Currency", "Percent",
            "Date", "DateTime", "Time", "AutoNumber", "Picklist", "MultiselectPicklist", "Location",
        ]
        let fields = types.map { "      \($0)__c: { type: \($0) }" }.joined(separator: "\n")
        try await withOrg("objects:\n  All__c:\n    fields:\n\(fields)\n") { client in
            let described =
                try await client.get("\(OrgClient.data)/sobjects/All__c/describe").json["fields"]?.array ?? []
            for type in types {
                let field = described.first { $0["name"]?.string == "\(type)__c" }
                let isWritten = type != "AutoNumber" && type != "Location"
                #expect(field?["createable"] == .bool(isWritten), "\(type)")
                #expect(field?["updateable"] == .bool(isWritten), "\(type)")
            }
            let id = try await client.create(
                "All__c",
                #"{"Checkbox__c":true,"Number__c":1.5,"Date__c":"2026-02-28","DateTime__c":"2026-02-28T10:00:00+01:00","Time__c":"10:15:30.000Z","MultiselectPicklist__c":"a;b"}"#
            )
            let record = try await client.get("\(OrgClient.data)/sobjects/All__c/\(id)").json
            #expect(record["Checkbox__c"] == .bool(true))
            #expect(record["DateTime__c"] == .string("2026-02-28T09:00:00.000+0000"))
            #expect(record["Time__c"] == .string("10:15:30.000Z"))
            #expect(record["AutoNumber__c"] == .string("0001"))
            #expect(record["MultiselectPicklist__c"] == .string("a;b"))
            let multi = try await client.query(
                "SELECT Id FROM All__c WHERE MultiselectPicklist__c INCLUDES ('a;b','c')"
            )
            #expect(multi.json["totalSize"] == .number("1"))
        }
    }
}
