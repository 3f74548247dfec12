import Foundation
import Testing

@testable import Salesforce

private func envelope(_ body: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
    xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Header>\
    <LimitInfoHeader><limitInfo><current>8463</current><limit>15000</limit><type>API REQUESTS</type></limitInfo></LimitInfoHeader>\
    </soapenv:Header><soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>
    """
}

private func fault(_ code: String) -> Reply {
    .xml(
        envelope(
            "<soapenv:Fault><faultcode>sf:\(code)</faultcode><faultstring>\(code): Invalid Session ID</faultstring></soapenv:Fault>"
        ),
        status: 500
    )
}

@Suite struct `A merge` {
    private static let request = MergeRequest(
        object: "Account",
        masterID: "0015g00000XyZaBAAV",
        fields: [("Phone", "+33 <1> & \"2\""), ("Fax", nil)],
        victimIDs: ["0015g00000XyZaCAAV", "0015g00000XyZaDAAV"]
    )

    @Test func `names master, fields and victims in the order of the schema, and hears what became of each`()
        async throws
    {
        try await ClientFixture.with { _ in
            .xml(
                envelope(
                    """
                    <mergeResponse><result><id>0015g00000XyZaBAAV</id><mergedRecordIds>0015g00000XyZaCAAV</mergedRecordIds>\
                    <mergedRecordIds>0015g00000XyZaDAAV</mergedRecordIds><success>true</success>\
                    <updatedRelatedIds>0035g00000LmNoPAAV</updatedRelatedIds></result>\
                    <result><errors><message>entity is deleted</message><statusCode>ENTITY_IS_DELETED</statusCode></errors>\
                    <id xsi:nil="true"/><success>false</success></result></mergeResponse>
                    """
                )
            )
        } body: { fixture in
            let results = try await fixture.client.merge(
                [Self.request, Self.request],
                options: RecordOptions(allowDuplicates: true)
            )
            #expect(
                results[0]
                    == MergeResult(
                        id: "0015g00000XyZaBAAV",
                        success: true,
                        mergedRecordIDs: ["0015g00000XyZaCAAV", "0015g00000XyZaDAAV"],
                        updatedRelatedIDs: ["0035g00000LmNoPAAV"],
                        errors: []
                    )
            )
            #expect(
                results[1].errors.map(\.statusCode) == ["ENTITY_IS_DELETED"] && !results[1].success
                    && results[1].id == nil
            )
            let sent = try #require(fixture.server.requests.last)
            #expect(sent.target == "/services/Soap/u/62.0" && sent.headers["soapaction"] == "\"\"")
            #expect(sent.headers["content-type"] == "text/xml; charset=UTF-8")
            let root = try #require(XMLElement.parsed(sent.body))
            #expect(root["Header"]?["SessionHeader"]?.text(of: "sessionId") == "token-1")
            #expect(root["Header"]?["DuplicateRuleHeader"]?.text(of: "allowSave") == "true")
            let record = try #require(root["Body"]?["merge"]?["request"]?["masterRecord"])
            #expect(record.children.map(\.name) == ["type", "fieldsToNull", "Id", "Phone"])
            #expect(record.children.map(\.text) == ["Account", "Fax", "0015g00000XyZaBAAV", "+33 <1> & \"2\""])
            #expect(root["Body"]?["merge"]?.all("request").map { $0.all("recordToMergeIds").count } == [2, 2])
            #expect(fixture.client.limitInfo == LimitInfo(used: 8_463, allowed: 15_000))
        }
    }

    @Test func `leaves no session in the records`() async throws {
        try await ClientFixture.with { _ in
            fault("INVALID_TYPE")
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.merge([Self.request])
            }
            #expect(error.code == "INVALID_TYPE" && error.message == "Invalid Session ID" && error.wasSent == .no)
            let record = try #require(fixture.records.all.last)
            let body = String(decoding: try #require(record.requestBody).bytes, as: UTF8.self)
            #expect(!body.contains("token-1") && body.contains("0015g00000XyZaCAAV"))
        }
    }

    @Test func `gets a new session when its own way of saying so says that the old one ended`() async throws {
        try await ClientFixture.with { request in
            request.number == 2
                ? fault("INVALID_SESSION_ID")
                : .xml(envelope("<mergeResponse><result><id>a</id><success>true</success></result></mergeResponse>"))
        } body: { fixture in
            let results = try await fixture.client.merge([Self.request])
            #expect(results.map(\.success) == [true])
            #expect(fixture.server.requests.last?.text.contains("token-2") == true)
        }
    }

    @Test(arguments: [
        Reply.drop, .html(503), fault("UNKNOWN_EXCEPTION"), .xml("<a/>"), .xml(envelope("<mergeResponse/>")),
        .json("{}"),
    ])
    func `is never repeated while it may have been carried out`(trouble: Reply) async throws {
        try await ClientFixture.with { _ in
            trouble
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.merge([Self.request])
            }
            #expect(error.wasSent == .unknown)
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test(arguments: [
        MergeRequest(object: "Account><x", masterID: "a", victimIDs: ["b"]),
        MergeRequest(object: "Account", masterID: "a", victimIDs: []),
        MergeRequest(object: "Account", masterID: "a", victimIDs: ["b", "c", "d"]),
        MergeRequest(object: "Account", masterID: "a", fields: [("Na me", "x")], victimIDs: ["b"]),
    ])
    func `that cannot be said is refused before it is sent`(request: MergeRequest) async throws {
        try await ClientFixture.with { _ in
            .drop
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.merge([request]) }
            #expect(error.kind == .refusedHere)
            #expect(fixture.server.requests.isEmpty)
        }
    }
}

@Suite struct `A picklist` {
    private static let metadata = #"""
        {"label":"Tier","type":"Picklist","required":false,"valueSet":{"controllingField":"Region__c","restricted":true,
        "valueSetDefinition":{"sorted":false,"value":[{"color":"#FF6600","default":true,"description":null,"isActive":null,
        "label":"Gold!","urls":null,"valueName":"Gold"},{"default":false,"isActive":false,"label":"Tin","valueName":"Tin"}]},
        "valueSetName":null,"valueSettings":[{"controllingFieldValue":["EU"],"valueName":"Gold"}]}}
        """#

    private static func tooling(_ request: ReceivedRequest) -> Reply {
        let soql = request.target.removingPercentEncoding ?? ""
        if request.method == "PATCH" { return .answer(204, headers: [], body: []) }
        if soql.contains("FROM CustomObject") {
            return .json(#"{"size":1,"totalSize":1,"done":true,"records":[{"Id":"01I5g000000AbCdEAV"}]}"#)
        }
        if soql.contains("FROM CustomField") || soql.contains("FROM GlobalValueSet") {
            return .json(#"{"size":1,"totalSize":1,"done":true,"records":[{"Id":"00N5g00000CfIeLEAV"}]}"#)
        }
        if soql.contains("StandardValueSet") {
            return .json(
                #"{"totalSize":1,"done":true,"records":[{"FullName":"CaseStatus","DurableId":"CaseStatus","Metadata":{"groupingStringEnum":null,"sorted":false,"standardValue":[{"allowEmail":null,"closed":false,"default":true,"isActive":null,"label":"New & old","valueName":"New","won":null}]}}]}"#
            )
        }
        if request.path.hasSuffix("/GlobalValueSet/00N5g00000CfIeLEAV") {
            return .json(
                #"{"FullName":"Tier__gvs","Metadata":{"masterLabel":"Tier","sorted":false,"customValue":[{"default":false,"isActive":false,"label":"Gold","valueName":"Gold"}]}}"#
            )
        }
        return .json(#"{"Id":"00N5g00000CfIeLEAV","FullName":"Account.Tier__c","Metadata":\#(metadata)}"#)
    }

    @Test func `of a field is read, and written back with all else as it was`() async throws {
        try await ClientFixture.with(Self.tooling) { fixture in
            let holder = try await fixture.client.valueSetHolder(object: "Account", field: "Tier__c")
            #expect(holder == .customField(object: "Account", field: "Tier__c"))
            let set = try await fixture.client.valueSet(holder)
            #expect(
                set.values.map(\.valueName) == ["Gold", "Tin"] && set.values.map(\.isActive) == [true, false]
                    && set.isRestricted
            )
            let soql = try #require(fixture.server.requests[1].target.removingPercentEncoding)
            #expect(
                soql.hasSuffix("WHERE TableEnumOrId = 'Account' AND DeveloperName = 'Tier' AND NamespacePrefix = null")
            )
            var tin = set.values[1]
            tin.isActive = true
            try await fixture.client.replaceValues(
                of: set,
                with: [ValueSetValue(valueName: "Platinum", label: "Pt"), set.values[0], tin]
            )
            let sent = try #require(fixture.server.requests.last)
            #expect(
                sent.method == "PATCH"
                    && sent.path == "/services/data/v62.0/tooling/sobjects/CustomField/00N5g00000CfIeLEAV"
            )
            var expected = try #require(try JSONValue.parsed(Array(Self.metadata.utf8)).object)
            let body = try #require(try JSONValue.parsed(sent.body).object)
            #expect(body["FullName"] == .string("Account.Tier__c"))
            let written = try #require(body["Metadata"]?.object)
            let values = try #require(written["valueSet"]?.object?["valueSetDefinition"]?.object?["value"]?.array)
            #expect(values.map { $0.object?["valueName"]?.string } == ["Platinum", "Gold", "Tin"])
            #expect(values.map { $0.object?["isActive"]?.bool } == [true, true, true])
            #expect(values[1].object?["color"] == .string("#FF6600"))
            #expect(written["valueSet"]?.object?["valueSettings"] == expected["valueSet"]?.object?["valueSettings"])
            #expect(written["valueSet"]?.object?["controllingField"] == .string("Region__c"))
            expected.set("valueSet", .null)
            var others = written
            others.set("valueSet", .null)
            #expect(others == expected)
        }
    }

    @Test func `of a custom object is found by that object's Id, of a package by its prefix`() async throws {
        try await ClientFixture.with(Self.tooling) { fixture in
            _ = try await fixture.client.valueSetHolder(object: "ns__Merch__c", field: "ns__Tier__c")
            let queries = fixture.server.requests.compactMap(\.target.removingPercentEncoding)
            #expect(queries[1].contains("FROM CustomObject WHERE DeveloperName = 'Merch' AND NamespacePrefix = 'ns'"))
            #expect(
                queries[2].contains(
                    "TableEnumOrId = '01I5g000000AbCdEAV' AND DeveloperName = 'Tier' AND NamespacePrefix = 'ns'"
                )
            )
        }
    }

    @Test func `that is shared is found by its own name`() async throws {
        try await ClientFixture.with(Self.tooling) { fixture in
            let set = try await fixture.client.valueSet(.globalValueSet(name: "Tier__gvs"))
            #expect(set.fullName == "Tier__gvs" && set.values.map(\.isActive) == [false])
            #expect(
                fixture.server.requests[1].target.removingPercentEncoding?.contains("DeveloperName = 'Tier'") == true
            )
            try await fixture.client.replaceValues(of: set, with: set.values)
            let body = try JSONValue.parsed(try #require(fixture.server.requests.last).body).object
            #expect(body?["Metadata"]?.object?["masterLabel"] == .string("Tier"))
            #expect(body?["Metadata"]?.object?["customValue"]?.array?.count == 1)
        }
    }

    @Test func `of the standard is written through the Metadata API, in its order`() async throws {
        try await ClientFixture.with { request in
            request.path.hasPrefix("/services/Soap/m/")
                ? .xml(
                    envelope(
                        "<updateMetadataResponse><result><fullName>CaseStatus</fullName><success>true</success></result></updateMetadataResponse>"
                    )
                )
                : Self.tooling(request)
        } body: { fixture in
            let set = try await fixture.client.valueSet(.standardValueSet(name: "CaseStatus"))
            try await fixture.client.replaceValues(
                of: set,
                with: set.values + [ValueSetValue(valueName: "Done", label: "Done")]
            )
            let sent = try #require(fixture.server.requests.last)
            #expect(sent.path == "/services/Soap/m/62.0")
            let metadata = try #require(XMLElement.parsed(sent.body)?["Body"]?["updateMetadata"]?["metadata"])
            #expect(metadata.type == "StandardValueSet")
            #expect(metadata.children.map(\.name) == ["fullName", "sorted", "standardValue", "standardValue"])
            #expect(
                metadata.children[2].children.map(\.name) == ["fullName", "default", "isActive", "label", "closed"]
            )
            #expect(metadata.children[2].children.map(\.text) == ["New", "true", "true", "New & old", "false"])
        }
    }

    @Test func `whose change is refused says why`() async throws {
        try await ClientFixture.with { request in
            request.path.hasPrefix("/services/Soap/m/")
                ? .xml(
                    envelope(
                        "<updateMetadataResponse><result><errors><message>twice</message><statusCode>DUPLICATE_VALUE</statusCode></errors><fullName>CaseStatus</fullName><success>false</success></result></updateMetadataResponse>"
                    )
                )
                : Self.tooling(request)
        } body: { fixture in
            let set = try await fixture.client.valueSet(.standardValueSet(name: "CaseStatus"))
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.replaceValues(of: set, with: set.values)
            }
            #expect(error.description == "cannot replace the values of CaseStatus: DUPLICATE_VALUE: twice (HTTP 200)")
        }
    }

    @Test func `that is not there says so`() async throws {
        try await ClientFixture.with { _ in
            .json(#"{"totalSize":0,"done":true,"records":[]}"#)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.valueSetHolder(object: "Account", field: "Nope__c")
            }
            #expect(error.code == "NOT_FOUND" && error.message.contains("Account.Nope__c"))
        }
    }
}
