import Testing

@testable import Salesforce

@Suite struct `A describe` {
    private static let body = """
        {"name":"Contact","label":"Contact","labelPlural":"Contacts","keyPrefix":"003","createable":true,"updateable":true,
         "deletable":true,"queryable":true,"mergeable":true,"triggerable":true,"custom":false,"fields":[
         {"name":"Email","label":"E-mail","type":"email","length":80,"byteLength":240,"nillable":true,"createable":true,
          "updateable":true,"idLookup":true,"externalId":false,"unique":false,"picklistValues":[],"referenceTo":[],
          "relationshipName":null,"defaultValue":null},
         {"name":"Tier__c","label":"Tier","type":"picklist","length":255,"nillable":true,"createable":true,"updateable":false,
          "restrictedPicklist":true,"picklistValues":[{"active":true,"defaultValue":true,"label":"Gold!","validFor":null,
          "value":"Gold"},{"active":false,"defaultValue":false,"label":"Tin","value":"Tin"}],"defaultValue":false},
         {"name":"AccountId","label":"Account ID","type":"reference","length":18,"referenceTo":["Account"],
          "relationshipName":"Account","relationshipOrder":null,"nillable":false,"defaultedOnCreate":false,"createable":true}],
         "recordTypeInfos":[{"active":true,"available":true,"defaultRecordTypeMapping":true,"developerName":"Main_One",
          "master":false,"name":"Main","recordTypeId":"012000000000000AAA"}],"urls":{}}
        """

    @Test func `gives the object, its fields, values and record types in Salesforce's words`() async throws {
        try await ClientFixture.with { _ in
            .json(Self.body, headers: [("Last-Modified", "Fri, 14 Aug 2020 20:53:02 GMT")])
        } body: { fixture in
            let contact = try await fixture.client.describe("Contact")
            #expect(fixture.server.requests.last?.target == "/services/data/v62.0/sobjects/Contact/describe")
            #expect(
                contact.summary.name == "Contact" && contact.summary.keyPrefix == "003" && contact.summary.mergeable
            )
            #expect(contact.fields.map(\.name) == ["Email", "Tier__c", "AccountId"])
            #expect(contact.fields[0].idLookup && !contact.fields[0].externalId && contact.fields[0].length == 80)
            let tier = contact.fields[1]
            #expect(tier.restrictedPicklist && !tier.updateable && tier.defaultValue == "false")
            #expect(tier.picklistValues.map(\.value) == ["Gold", "Tin"])
            #expect(tier.picklistValues.map(\.label) == ["Gold!", "Tin"])
            #expect(tier.picklistValues.map(\.active) == [true, false])
            #expect(contact.fields[2].referenceTo == ["Account"] && contact.fields[2].relationshipName == "Account")
            #expect(contact.recordTypes.map(\.developerName) == ["Main_One"])
            #expect(contact.lastModified == "Fri, 14 Aug 2020 20:53:02 GMT")
        }
    }

    @Test func `asked for only if modified can be nothing`() async throws {
        try await ClientFixture.with { request in
            request.headers["if-modified-since"] == "yesterday" ? .answer(304, headers: [], body: []) : .json(Self.body)
        } body: { fixture in
            let unmodified = try await fixture.client.describe("Contact", ifModifiedSince: "yesterday")
            #expect(unmodified == nil)
            let modified = try await fixture.client.describe("Contact", ifModifiedSince: "today")
            #expect(modified?.summary.name == "Contact")
        }
    }

    @Test func `of an object that is not there says so`() async throws {
        try await ClientFixture.with { _ in
            .json(#"[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]"#, status: 404)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.describe("Nope__c")
            }
            #expect(error.code == "NOT_FOUND")
            #expect(
                error.description
                    == "cannot describe Nope__c: NOT_FOUND: The requested resource does not exist (HTTP 404)"
            )
        }
    }

    @Test(arguments: [
        "[]", "{}", #"{"name":"X"}"#, #"{"name":"X","fields":[{"name":"Y"}]}"#, #"{"name":"X","fields":[3]}"#,
    ])
    func `that is none is no describe`(body: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .json(body)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.describe("X") }
            #expect(error.kind == .malformedAnswer)
        }
    }

    @Test func `of all objects tells events apart`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[{"name":"Account","label":"Account"},{"name":"Ship__e","label":"Ship"}]}"#
            )
        } body: { fixture in
            let objects = try await fixture.client.describeGlobal()
            #expect(objects.map(\.name) == ["Account", "Ship__e"])
            #expect(objects.map(\.isPlatformEvent) == [false, true])
        }
    }
}

@Suite struct `A query` {
    @Test func `hands over every page to its end`() async throws {
        try await ClientFixture.with { request in
            request.path.hasSuffix("/query")
                ? .json(
                    #"{"totalSize":3,"done":false,"nextRecordsUrl":"/services/data/v62.0/query/01g-2","records":[{"Id":"a"},{"Id":"b"}]}"#
                )
                : .json(#"{"totalSize":3,"done":true,"records":[{"Id":"c"}]}"#)
        } body: { fixture in
            var pages: [[String?]] = []
            try await fixture.client.query("SELECT Id FROM Contact WHERE Name = 'O''B+é'") { page in
                pages.append(page.map(\.id))
            }
            #expect(pages == [["a", "b"], ["c"]])
            let targets = fixture.server.requests.dropFirst().map(\.target)
            #expect(
                targets == [
                    "/services/data/v62.0/query?q=SELECT%20Id%20FROM%20Contact%20WHERE%20Name%20%3D%20%27O%27%27B%2B%C3%A9%27",
                    "/services/data/v62.0/query/01g-2",
                ]
            )
        }
    }

    @Test func `gives fields, parents and nulls by path`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"""
                {"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact","url":"/x"},"Id":"0035g00000LmNoPAAV",
                "Email":null,"IsDeleted":false,"Amount__c":1.10,"Account":{"attributes":{"type":"Account"},"Ext__c":"A-17","Owner":null}}]}
                """#
            )
        } body: { fixture in
            let record = try #require(
                try await fixture.client.query("select Id from Contact", atMost: 1, all: true).first
            )
            #expect(fixture.server.requests.last?.path == "/services/data/v62.0/queryAll")
            #expect(record.type == "Contact" && record.id == "0035g00000LmNoPAAV")
            #expect(record.text("account.EXT__C") == "A-17")
            #expect(record.text("Amount__c") == "1.10" && record.text("IsDeleted") == "false")
            #expect(record[path: "Email"] == .null && record.text("Email") == nil)
            #expect(record[path: "Account.Owner.Name"] == nil && record[path: "Nope"] == nil)
        }
    }

    @Test func `that finds more than the bound fails`() async throws {
        try await ClientFixture.with { _ in
            .json(#"{"totalSize":2,"done":true,"records":[{"Id":"a"},{"Id":"b"}]}"#)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.query("SELECT Id FROM Contact", atMost: 1)
            }
            #expect(error.message.contains("more than 1"))
        }
    }

    @Test func `too long for an address goes into a composite call`() async throws {
        let keys = (0..<1_000).map { SOQL.quoted("key-\($0)") }.joined(separator: ",")
        let soql = "SELECT Id FROM Contact WHERE Ext__c IN (\(keys))"
        try await ClientFixture.with { request in
            request.path.hasSuffix("/composite")
                ? .json(
                    #"{"compositeResponse":[{"body":{"totalSize":1,"done":true,"records":[{"Id":"a"}]},"httpHeaders":{},"httpStatusCode":200,"referenceId":"q0"}]}"#
                )
                : .html(414)
        } body: { fixture in
            let records = try await fixture.client.query(soql, atMost: 10)
            #expect(records.map(\.id) == ["a"])
            let request = try #require(fixture.server.requests.last)
            #expect(request.method == "POST")
            let url = try JSONValue.parsed(request.body).object?["compositeRequest"]?.array?.first?.object?["url"]?
                .string
            #expect(url == "/services/data/v62.0/query?q=" + PercentEncoding.encoded(soql))
        }
    }

    @Test func `of several in one call answers each in its place, and fails with the first that failed`() async throws {
        try await ClientFixture.with { request in
            let good =
                #"{"body":{"totalSize":1,"done":true,"records":[{"Id":"a"}]},"httpStatusCode":200,"referenceId":"q0"}"#
            let bad =
                #"{"body":[{"errorCode":"INVALID_TYPE","message":"sObject type 'XYZZY' is not supported."}],"httpStatusCode":400,"referenceId":"q1"}"#
            return .json(#"{"compositeResponse":[\#(good),\#(request.text.contains("XYZZY") ? bad : good)]}"#)
        } body: { fixture in
            let answers = try await fixture.client.queries(["SELECT Id FROM A", "SELECT Id FROM B"])
            #expect(answers.map { $0.map(\.id) } == [["a"], ["a"]])
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.queries(["SELECT Id FROM A", "SELECT Id FROM XYZZY"])
            }
            #expect(error.code == "INVALID_TYPE")
        }
    }

    @Test(arguments: [
        "{}", "[]", #"{"records":[],"done":false}"#, #"{"records":[1],"done":true}"#,
        #"{"records":[],"done":true,"nextRecordsUrl":"/services/x"}"#,
        #"{"records":[],"done":false,"nextRecordsUrl":"https://evil.example/services/x"}"#,
        #"{"records":[],"done":false,"nextRecordsUrl":"/services/x y"}"#, #"{"records":[{"Id":"#,
    ])
    func `answered with something else is no page of records`(body: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .json(body)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.query("SELECT Id FROM X") { _ in }
            }
            #expect(error.kind == .malformedAnswer)
        }
    }

    @Test(arguments: [
        (#"O'Brien \ Söhne"#, #"'O\'Brien \\ Söhne'"#), ("a\nb\rc\td", #"'a\nb\rc\td'"#), ("", "''"),
    ])
    func `has its texts escaped`(text: String, literal: String) {
        #expect(SOQL.quoted(text) == literal)
    }
}

@Suite struct `The limits` {
    @Test func `are read with whatever keys an org has`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"{"DailyApiRequests":{"Max":15000,"Remaining":14937},"Odd":{"Max":"x"},"PermissionSets":{"Max":1500,"Remaining":1499,"CreateCustom":{"Max":1,"Remaining":1}},"None":null}"#
            )
        } body: { fixture in
            let limits = try await fixture.client.limits()
            #expect(
                limits == [
                    "DailyApiRequests": OrgLimit(max: 15_000, remaining: 14_937),
                    "PermissionSets": OrgLimit(max: 1_500, remaining: 1_499),
                ]
            )
        }
    }

    @Test(arguments: [
        "", "api-usage", "api-usage=1", "api-usage=a/b", "api-usage=-1/5", "other=1/2", "api-usage=1/2/3",
    ])
    func `in a header that is none are nothing`(header: String) {
        #expect(LimitInfo(header: header) == nil)
    }
}
