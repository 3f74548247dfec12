import Testing

@testable import Salesforce

@Suite struct `A collection` {
    private func body(_ records: String...) -> CollectionBody {
        var body = CollectionBody()
        for record in records { body.append(record.utf8) }
        return body
    }

    @Test func `carries its records in Salesforce's frame and gives a result for each`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"[{"id":"0035g00000LmNoPAAV","success":true,"errors":[]},{"success":false,"errors":[{"statusCode":"INVALID_EMAIL_ADDRESS","message":"Email: invalid email address: badone","fields":["Email"]}]}]"#
            )
        } body: { fixture in
            let options = RecordOptions(assignmentRule: .rule(id: "01Q1"), allowDuplicates: true)
            let results = try await fixture.client.insertCollection(
                body(#"{"LastName":"a"}"#, #"{"LastName":"b"}"#),
                options: options
            )
            #expect(results.map(\.success) == [true, false])
            #expect(results[0].id == "0035g00000LmNoPAAV" && results[1].id == nil)
            #expect(
                results[1].errors == [
                    SaveResult.Fault(
                        statusCode: "INVALID_EMAIL_ADDRESS",
                        message: "Email: invalid email address: badone",
                        fields: ["Email"]
                    )
                ]
            )
            let request = try #require(fixture.server.requests.last)
            #expect(request.method == "POST" && request.target == "/services/data/v62.0/composite/sobjects")
            #expect(request.text == #"{"allOrNone":false,"records":[{"LastName":"a"},{"LastName":"b"}]}"#)
            #expect(request.headers["sforce-auto-assign"] == "01Q1")
            #expect(request.headers["sforce-duplicate-rule-header"] == "allowSave=true")
        }
    }

    @Test func `that is inserted is sent once, that is upserted again`() async throws {
        try await ClientFixture.with {
            $0.number < 4 ? .drop : .json(#"[{"id":"a","success":true,"errors":[],"created":true}]"#)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.insertCollection(body("{}"))
            }
            #expect(error.wasSent == .unknown)
            #expect(fixture.server.requests.count == 2)
            let results = try await fixture.client.upsertCollection("Contact", field: "Ext__c", body("{}"))
            #expect(results.map(\.created) == [true])
            #expect(fixture.server.requests.count == 4)
            #expect(fixture.server.requests.last?.target == "/services/data/v62.0/composite/sobjects/Contact/Ext__c")
            #expect(fixture.server.requests.last?.headers["sforce-auto-assign"] == "FALSE")
        }
    }

    @Test func `of events is taken when it is enqueued`() async throws {
        try await ClientFixture.with { _ in
            .json(
                #"[{"id":"e00","success":true,"errors":[{"statusCode":"OPERATION_ENQUEUED","message":"7c0f","fields":[]}]}]"#
            )
        } body: { fixture in
            let results = try await fixture.client.insertCollection(body("{}"))
            #expect(results[0].success && results[0].errors[0].statusCode == "OPERATION_ENQUEUED")
        }
    }

    @Test func `is deleted by ids in the address`() async throws {
        try await ClientFixture.with { _ in
            .json(#"[{"id":"a","success":true,"errors":[]},{"id":"b","success":true,"errors":[]}]"#)
        } body: { fixture in
            let results = try await fixture.client.deleteCollection(ids: ["a", "b"])
            #expect(results.count == 2)
            #expect(
                fixture.server.requests.last?.target
                    == "/services/data/v62.0/composite/sobjects?ids=a,b&allOrNone=false"
            )
        }
    }

    @Test func `of nothing makes no call`() async throws {
        try await ClientFixture.with { _ in
            .drop
        } body: { fixture in
            let results = try await fixture.client.updateCollection(CollectionBody())
            #expect(results.isEmpty && fixture.server.requests.isEmpty)
        }
    }

    @Test func `is read with nil for what is not there`() async throws {
        try await ClientFixture.with { _ in
            .json(#"[{"Id":"a"},null]"#)
        } body: { fixture in
            let records = try await fixture.client.retrieveCollection("Contact", ids: ["a", "b"], fields: ["Id"])
            #expect(records.map { $0?.id } == ["a", nil])
            #expect(fixture.server.requests.last?.text == #"{"ids":["a","b"],"fields":["Id"]}"#)
        }
    }

    @Test(arguments: [
        "[]", "{}", #"[{"success":true},{"success":true}]"#, #"[{"success":false,"errors":[]}]"#, #"[{"id":"a"}]"#,
        "[1]", "[{",
    ])
    func `answered with something else than a result for each is no answer`(text: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .json(text)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.updateCollection(body("{}"))
            }
            #expect(error.kind == .malformedAnswer)
            #expect(error.wasSent == .unknown)
        }
    }
}

@Suite struct `A record` {
    @Test func `is created, and refused with the rule and the records that a duplicate rule names`() async throws {
        let refusal =
            #"[{"duplicateResut":{"allowSave":true,"duplicateRule":"Standard_Contact","duplicateRuleEntityType":"Contact","matchResults":[{"matchRecords":[{"record":{"Id":"0035g00000LmNoPAAV"}}]}]},"errorCode":"DUPLICATES_DETECTED","message":"Use one of these records?"}]"#
        try await ClientFixture.with { request in
            request.number == 2
                ? .json(#"{"id":"0015g00000XyZaBAAV","success":true,"errors":[]}"#, status: 201)
                : .json(refusal, status: 400)
        } body: { fixture in
            let result = try await fixture.client.create("Account", body: Array(#"{"Name":"x"}"#.utf8))
            #expect(result.id == "0015g00000XyZaBAAV" && result.success)
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.create("Contact", body: Array("{}".utf8))
            }
            #expect(error.code == "DUPLICATES_DETECTED" && error.wasSent == .no)
            #expect(
                error.duplicateRule
                    == DuplicateRuleFinding(
                        rule: "Standard_Contact",
                        object: "Contact",
                        allowsSave: true,
                        matchedRecordIDs: ["0035g00000LmNoPAAV"]
                    )
            )
        }
    }

    @Test func `is upserted by an external id that may hold anything`() async throws {
        try await ClientFixture.with { request in
            switch request.number {
            case 2: .json(#"{"id":"a","success":true,"errors":[],"created":true}"#, status: 201)
            case 3: .json(#"{"id":"a","success":true,"errors":[]}"#, status: 200)
            case 4: .answer(204, headers: [], body: [])
            default:
                .json(
                    #"["/services/data/v62.0/sobjects/Account/001A","/services/data/v62.0/sobjects/Account/001B"]"#,
                    status: 300
                )
            }
        } body: { fixture in
            var created: [Bool?] = []
            for _ in 0..<3 {
                created.append(
                    try await fixture.client.upsert("Account", field: "Ext__c", value: "A/1 ü?", body: Array("{}".utf8))
                        .created
                )
            }
            #expect(created == [true, false, false])
            #expect(
                fixture.server.requests.last?.target == "/services/data/v62.0/sobjects/Account/Ext__c/A%2F1%20%C3%BC%3F"
            )
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.upsert("Account", field: "Ext__c", value: "A", body: Array("{}".utf8))
            }
            #expect(error.code == "DUPLICATE_EXTERNAL_ID" && error.message.hasSuffix("001A, 001B"))
        }
    }

    @Test func `is updated, deleted and read, or is not there`() async throws {
        try await ClientFixture.with { request in
            switch request.method {
            case "GET":
                request.target.contains("/001A")
                    ? .json(#"{"Id":"001A","Name":"x"}"#)
                    : .json(#"[{"errorCode":"NOT_FOUND","message":"x"}]"#, status: 404)
            default: .answer(204, headers: [], body: [])
            }
        } body: { fixture in
            try await fixture.client.update("Account", id: "001A", body: Array("{}".utf8))
            try await fixture.client.delete("Account", id: "001A")
            let there = try await fixture.client.retrieve("Account", id: "001A", fields: ["Id", "Name"])
            #expect(there?.text("Name") == "x")
            let gone = try await fixture.client.retrieve("Account", id: "001B", fields: ["Id"])
            #expect(gone == nil)
            #expect(fixture.server.requests.dropFirst().map(\.method) == ["PATCH", "DELETE", "GET", "GET"])
        }
    }
}

@Suite struct `A record id` {
    @Test(arguments: [
        ("0034S000005YJYw", "0034S000005YJYwQAO"), ("750P0000006HoSQ", "750P0000006HoSQIA0"),
        ("012000000000000", "012000000000000AAA"),
        ("0034S000005YJYwQAO", "0034S000005YJYwQAO"),
    ])
    func `has 18 characters`(given: String, long: String) {
        #expect(RecordID.long(given) == long)
    }

    @Test(arguments: [
        "", "0034S000005YJYwQAA", "0034S000005YJY", "0034S000005YJYw!", "0034S000005YJYwQAOX", "äääääääääääääää",
    ])
    func `that is none is none`(text: String) {
        #expect(RecordID.long(text) == nil)
    }
}
