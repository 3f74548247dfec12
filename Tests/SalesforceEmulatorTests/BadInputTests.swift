import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A body that can't be` {
    @Test func `is refused where its UTF-8 breaks`() async throws {
        try await withOrg { client in
            let body = Array(#"{"Name":"caf"#.utf8) + [0xE9] + Array(#""}"#.utf8)
            let reply = try await client.call(.POST, "\(OrgClient.data)/sobjects/Account", body)
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string("JSON_PARSER_ERROR"))
            #expect(reply.json.at("0.message") == .string("Invalid UTF-8 start byte 0xe9 at [line:1, column:13]"))
        }
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xC2], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0x80],
        ] as [[UInt8]]
    )
    func `is no UTF-8`(_ bytes: [UInt8]) {
        let text = Array("twelve bytes".utf8)
        let fault = (text + bytes).withUnsafeBufferPointer { firstFaultOfUTF8(in: $0) }
        #expect(fault == text.count)
        #expect(String(validating: repairedUTF8(text + bytes), as: UTF8.self) != nil)
    }

    @Test func `is UTF-8 after all`() {
        let text = Array("ASCII, ä, €, 𐍈, \u{D7FF}\u{E000}\u{10FFFF}, and eight letters more".utf8)
        #expect(text.withUnsafeBufferPointer { firstFaultOfUTF8(in: $0) } == nil)
        #expect(repairedUTF8(text) == text)
    }

    @Test(arguments: [
        ("/services/data/v62.0/sobjects/Account", 52_428_801, 413, #""errorCode":"EXCEEDED_MAX_SIZE_REQUEST""#),
        ("/services/Soap/u/62.0", 52_428_801, 500, "<faultcode>sf:EXCEEDED_MAX_SIZE_REQUEST</faultcode>"),
        (
            "/services/data/v62.0/jobs/ingest/7505g0000000001AAA/batches", 200_000_000, 413,
            #""errorCode":"EXCEEDED_MAX_SIZE_REQUEST""#
        ),
        (
            "/services/async/62.0/job/7505g0000000001AAA/batch", 200_000_000, 413,
            "<exceptionCode>ClientInputError</exceptionCode>"
        ),
    ])
    func `is refused before it is sent when it says that it is too large`(
        _ path: String,
        _ length: Int64,
        _ status: Int,
        _ code: String
    ) async throws {
        try await withEmulator { address in
            var request = HTTPClientRequest(url: address.baseURL + path)
            request.method = .POST
            request.headers.add(name: "SOAPAction", value: "\"\"")
            // The body never comes: who waits for it has no answer.
            let (body, _) = AsyncStream.makeStream(of: ByteBuffer.self)
            request.body = .stream(body, length: .known(length))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            #expect(Int(response.status.code) == status)
            #expect(String(buffer: try await response.body.collect(upTo: 1 << 20)).contains(code))
        }
    }

    @Test func `of XML with many elements of one name takes no longer than they are many`() throws {
        let rows = String(repeating: "<r>1</r>", count: 200_000)
        let call = Call(
            method: "POST",
            path: "",
            segments: [],
            query: [],
            headers: [("content-type", "application/xml")],
            body: Array("<x>\(rows)<y/></x>".utf8),
            origin: ""
        )
        let session = Session(
            token: "",
            user: "",
            app: "",
            scope: "",
            issuedAt: Instant(milliseconds: 0),
            lastUsed: Instant(milliseconds: 0)
        )
        let user = RecordID(prefix: KeyPrefix("005"), number: 1)
        let rest = RESTCall(call: call, version: "62.0", path: [], session: session, context: SaveContext(user: user))
        let clock = ContinuousClock()
        var count: Int?
        let time = try clock.measure { count = try rest.json()["r"]?.array?.count }
        #expect(count == 200_000)
        // A list that is copied for each of its items takes minutes.
        #expect(time < .seconds(60))
    }

    @Test(arguments: [
        ("/services/data/v62.0/sobjects/Account", 400, #""errorCode":"CLIENTINPUTERROR""#),
        ("/services/async/62.0/job", 400, "<exceptionCode>ClientInputError</exceptionCode>"),
        ("/services/Soap/u/62.0", 500, "<faultcode>sf:CLIENTINPUTERROR</faultcode>"),
    ])
    func `unpacked is refused in the form of its API`(_ path: String, _ status: Int, _ code: String) async throws {
        try await withOrg { client in
            let headers = [("Content-Encoding", "gzip"), ("SOAPAction", "\"\"")]
            let reply = try await client.call(.POST, path, Array("no archive".utf8), headers: headers)
            #expect(reply.status == status && reply.text.contains(code), "\(reply.text)")
        }
    }
}

@Suite struct `A form of answer` {
    @Test func `is asked for by the path`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A","External_Id__c":"x.xml"}"#)
            let xml = try await client.get("\(OrgClient.data)/sobjects/Account/\(id).xml?fields=Name")
            #expect(xml.headers.first(name: "Content-Type") == "application/xml;charset=UTF-8")
            #expect(try XMLReader.read(xml.bytes)["Name"]?.value == "A")
            let json = try await client.call(
                .GET,
                "\(OrgClient.data)/sobjects/Account/\(id).json?fields=Name",
                headers: [("Accept", "application/xml")]
            )
            #expect(json.json["Name"] == .string("A"))
            #expect(try await client.get("\(OrgClient.data)/limits.json").status == 200)
            // An external id that ends so is an external id.
            let external = try await client.get("\(OrgClient.data)/sobjects/Account/External_Id__c/x.xml?fields=Name")
            #expect(external.json["Name"] == .string("A"))
        }
    }
}

@Suite struct `A plan of a query` {
    @Test func `is told without its rows`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"A"}"#)
            let query = percentEncoded("SELECT Id FROM Account")
            let plan = try await client.get("\(OrgClient.data)/query?explain=\(query)")
            #expect(plan.json.at("plans.0.sobjectType") == .string("Account"))
            #expect(plan.json.at("plans.0.sobjectCardinality") == .number("1"))
            #expect(try await client.get("\(OrgClient.data)/query?explain=nonsense").status == 400)
        }
    }
}
