import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A field of bytes` {
    private static let bytes: [UInt8] = [0, 1, 2, 250, 251, 252, 253, 254, 255, 10, 13]

    @Test func `is written in base64 and read at an address of its own`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"Acme"}"#)
            let body = Base64.encode(Self.bytes)
            let id = try await client.create(
                "Attachment",
                #"{"ParentId":"\#(account)","Name":"a.bin","Body":"\#(body)"}"#
            )
            let path = "\(OrgClient.data)/sobjects/Attachment/\(id)"
            let record = try await client.get(path).json
            #expect(record["Body"] == .string("\(path)/Body"))
            #expect(record["BodyLength"] == .number("11"))
            let blob = try await client.get("\(path)/Body")
            #expect(blob.status == 200 && blob.bytes == Self.bytes)
            #expect(blob.headers.first(name: "Content-Type") == "application/octet-stream")
            let found = try await client.query("SELECT Name, (SELECT Body FROM Attachments) FROM Account")
            #expect(found.json.at("records.0.Attachments.records.0.Body") == .string("\(path)/Body"), "\(found.text)")
            #expect(try await client.query("SELECT Id FROM Attachment WHERE Body = 'x'").status == 400)
            // It goes with what it hangs on.
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(account)")
            #expect(try await client.get("\(path)/Body").status == 404)
        }
    }

    @Test func `is refused when it is no base64, and when there is none`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"Acme"}"#)
            let path = "\(OrgClient.data)/sobjects/Attachment"
            let bad = try await client.send(.POST, path, #"{"ParentId":"\#(account)","Name":"a","Body":"%%"}"#)
            #expect(bad.status == 400, "\(bad.text)")
            let none = try await client.send(.POST, path, #"{"ParentId":"\#(account)","Name":"a"}"#)
            #expect(none.json.at("0.errorCode") == .string("REQUIRED_FIELD_MISSING"), "\(none.text)")
        }
    }

    @Test func `comes in a part of its own beside the record`() async throws {
        try await withOrg { client in
            let head = """
                --line\r\nContent-Disposition: form-data; name="entity_content";\r\nContent-Type: application/json\r\n\r\n\
                {"Title":"Report","PathOnClient":"report.pdf"}\r\n--line\r\nContent-Type: application/octet-stream\r\n\
                Content-Disposition: form-data; name="VersionData"; filename="report.pdf"\r\n\r\n
                """
            let body = Array(head.utf8) + Self.bytes + Array("\r\n--line--".utf8)
            let path = "\(OrgClient.data)/sobjects/ContentVersion"
            let made = try await client.call(.POST, path, body, type: "multipart/form-data; boundary=\"line\"")
            #expect(made.status == 201, "\(made.text)")
            let id = made.json["id"]?.string ?? ""
            #expect(try await client.get("\(path)/\(id)/VersionData").bytes == Self.bytes)
            let broken = try await client.call(.POST, path, Array("x".utf8), type: "multipart/form-data; boundary=line")
            #expect(broken.json.at("0.errorCode") == .string("INVALID_MULTIPART_REQUEST"))
        }
    }

    @Test func `makes a document with versions, shared with where it was published`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"Acme"}"#)
            let data = Base64.encode(Self.bytes)
            let first = try await client.create(
                "ContentVersion",
                #"{"Title":"T","PathOnClient":"t.txt","VersionData":"\#(data)","FirstPublishLocationId":"\#(account)"}"#
            )
            func version(_ id: String) async throws -> JSONValue {
                try await client.get("\(OrgClient.data)/sobjects/ContentVersion/\(id)").json
            }
            let document = try await version(first)["ContentDocumentId"]?.string ?? "none"
            #expect(document.hasPrefix("069"))
            let second = try await client.create(
                "ContentVersion",
                #"{"Title":"T","PathOnClient":"t.txt","VersionData":"AAAA","ContentDocumentId":"\#(document)"}"#
            )
            #expect(try await version(first)["IsLatest"] == .bool(false))
            let latest = try await version(second)
            #expect(latest["IsLatest"] == .bool(true) && latest["VersionNumber"] == .string("2"))
            #expect(latest["ContentSize"] == .number("3") && latest["FileType"] == .string("TXT"))
            let shown = try await client.query(
                "SELECT Title, LatestPublishedVersionId, (SELECT LinkedEntityId, ShareType FROM ContentDocumentLinks) FROM ContentDocument"
            )
            #expect(shown.json["totalSize"] == .number("1"))
            #expect(shown.json.at("records.0.LatestPublishedVersionId") == .string(second))
            let links = shown.json.at("records.0.ContentDocumentLinks.records").array ?? []
            #expect(links.contains { $0["LinkedEntityId"] == .string(account) && $0["ShareType"] == .string("V") })
        }
    }

    @Test func `is called by its file where it has no title`() async throws {
        try await withOrg { client in
            let id = try await client.create(
                "ContentVersion",
                #"{"PathOnClient":"C:\\in\\a.b.PDF","VersionData":"AAAA"}"#
            )
            let version = try await client.get("\(OrgClient.data)/sobjects/ContentVersion/\(id)").json
            #expect(version["Title"] == .string("a.b") && version["FileExtension"] == .string("PDF"))
            let none = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/ContentVersion",
                #"{"VersionData":"AAAA"}"#
            )
            #expect(none.json.at("0.fields.0") == .string("PathOnClient"), "\(none.text)")
        }
    }

    @Test func `is inside the record in SOAP`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"Acme"}"#)
            let body = Base64.encode(Self.bytes)
            let id = try await client.create("Attachment", #"{"ParentId":"\#(account)","Name":"a","Body":"\#(body)"}"#)
            let call = """
                <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">
                <soapenv:Header><SessionHeader><sessionId>\(client.token ?? "")</sessionId></SessionHeader></soapenv:Header>
                <soapenv:Body><query><queryString>SELECT Id, Body FROM Attachment</queryString></query></soapenv:Body>
                </soapenv:Envelope>
                """
            let reply = try await client.call(
                .POST,
                "/services/Soap/u/62.0",
                Array(call.utf8),
                type: "text/xml",
                headers: [("SOAPAction", "\"\"")]
            )
            #expect(reply.text.contains("<sf:Body>\(body)</sf:Body>"), "\(reply.text)")
            #expect(reply.text.contains(id))
        }
    }
}
