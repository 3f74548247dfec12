import NIOHTTP1
import Testing

@testable import SalesforceEmulator

/// `request.txt` deflated: three accounts in CSV; beside it another file, behind it a comment.
private let deflatedRows =
    "UEsDBBQAAAAAAAAAIVxpIt42AgAAAAIAAAAJAAAAb3RoZXIuYmluAAFQSwMEFAAAAAgAAAAhXKBfnP0eAAAALAAAAAsAAAByZXF1ZXN0LnR4dPNL"
    + "zE3VCcjIz0vlisosKEhNUTDQMYQxDRFMIyATAFBLAQIUAxQAAAAAAAAAIVxpIt42AgAAAAIAAAAJAAAAAAAAAAAAAACAAQAAAABvdGhlci5iaW5Q"
    + "SwECFAMUAAAACAAAACFcoF+c/R4AAAAsAAAACwAAAAAAAAAAAAAAgAEpAAAAcmVxdWVzdC50eHRQSwUGAAAAAAIAAgBwAAAAcAAAAA8AbWFkZSBm"
    + "b3IgYSB0ZXN0"

/// `request.txt` stored: an account in JSON.
private let storedRecord =
    "UEsDBBQAAAAAAAAAIVxpIt42AgAAAAIAAAAJAAAAb3RoZXIuYmluAAFQSwMEFAAAAAAAAAAhXAcf9UETAAAAEwAAAAsAAAByZXF1ZXN0LnR4dFt7"
    + "Ik5hbWUiOiJTdG9yZWQifV1QSwECFAMUAAAAAAAAACFcaSLeNgIAAAACAAAACQAAAAAAAAAAAAAAgAEAAAAAb3RoZXIuYmluUEsBAhQDFAAAAAAA"
    + "AAAhXAcf9UETAAAAEwAAAAsAAAAAAAAAAAAAAIABKQAAAHJlcXVlc3QudHh0UEsFBgAAAAACAAIAcAAAAGUAAAAPAG1hZGUgZm9yIGEgdGVzdA=="

extension OrgClient {
    /// Adds a batch of any bytes and waits for its end.
    fileprivate func zipBatch(_ job: String, _ data: [UInt8], type: String) async throws -> (id: String, info: Reply) {
        let path = "/services/async/62.0/job/\(job)/batch"
        let session = [("X-SFDC-Session", token ?? "")]
        let made = try await call(.POST, path, data, type: type, headers: session)
        let id = made.json["id"]?.string ?? element("id", made)
        for _ in 0..<5_000 {
            let info = try await classic(.GET, "/job/\(job)/batch/\(id)")
            if !info.text.contains("Queued"), !info.text.contains("InProgress") { return (id, info) }
            await Task.yield()
        }
        return (id, made)
    }
}

@Suite struct `A zipped batch` {
    @Test func `brings its rows in request.txt`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("insert", "Account", "ZIP_CSV")
            #expect(client.element("contentType", try await client.classic(.GET, "/job/\(job)")) == "ZIP_CSV")
            let archive = try #require(Base64.decode(deflatedRows))
            let batch = try await client.zipBatch(job, archive, type: "zip/csv")
            #expect(client.element("state", batch.info) == "Completed", "\(batch.info.text)")
            #expect(client.element("numberRecordsProcessed", batch.info) == "3")
            let result = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            #expect(result.lines.first == #""Id","Success","Created","Error""#)
            let sent = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/request")
            #expect(sent.bytes == archive)
            let second = try await client.openJob("insert", "Account", "ZIP_JSON")
            let stored = try await client.zipBatch(second, try #require(Base64.decode(storedRecord)), type: "zip/json")
            #expect(client.element("numberRecordsFailed", stored.info) == "0" || stored.info.json["state"] != nil)
            let names = try await client.query("SELECT Name FROM Account ORDER BY Name")
            #expect(
                names.json["records"]?.array?.compactMap { $0["Name"]?.string }
                    == ["Stored", "Zipped 0", "Zipped 1", "Zipped 2"]
            )
        }
    }

    @Test func `fails when it can't be read`() async throws {
        try await withOrg { client in
            let archive = try #require(Base64.decode(deflatedRows))
            var spoiled = archive
            spoiled[85] ^= 0xFF
            let bad = [[], Array("no archive".utf8), Array(archive.dropLast(40)), spoiled]
            for data in bad {
                let job = try await client.openJob("insert", "Account", "ZIP_CSV")
                let batch = try await client.zipBatch(job, data, type: "zip/csv")
                #expect(client.element("state", batch.info) == "Failed", "\(batch.info.text)")
                #expect(
                    client.element("stateMessage", batch.info).hasPrefix("InvalidBatch : Failed to parse request.txt")
                )
            }
            let job = try await client.openJob("insert", "Account", "ZIP_CSV")
            let plain = try await client.classic(.POST, "/job/\(job)/batch", "Name\nx\n", type: "text/csv")
            #expect(client.element("exceptionCode", plain) == "InvalidBatch")
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
        }
    }

    @Test func `of any bytes ends in words`() throws {
        let archive = try #require(Base64.decode(deflatedRows))
        for place in archive.indices {
            for byte in [UInt8(0), 0xFF, archive[place] &+ 1] {
                var changed = archive
                changed[place] = byte
                // Read or refused: a spoiled archive is nothing to end a program for.
                _ = try? ZipArchive(changed).file("request.txt", limit: 1_000)
            }
            _ = try? ZipArchive(Array(archive.prefix(place))).file("request.txt", limit: 1_000)
        }
        #expect(try ZipArchive(archive).file("request.txt", limit: 1_000)?.count == 44)
        #expect(throws: ZipFault.self) { try ZipArchive(archive).file("request.txt", limit: 10) }
    }
}
