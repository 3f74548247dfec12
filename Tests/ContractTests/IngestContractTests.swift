import DelimitedText
import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org that is loaded by Bulk 2_0` {
    private static let upsert = IngestJobSpec(
        object: "Contact",
        operation: .upsert,
        externalIDFieldName: "External_Id__c"
    )

    @Test func `writes what it can, says why not of the rest, and each row is in one result set`() async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.create("Account", body: .json(#"{"Name":"p","External_Id__c":"A-17"}"#))
            let first = try await org.load(
                Self.upsert,
                """
                "External_Id__c","LastName","Email","Account.External_Id__c"
                "C-1","Moreau","l.moreau@example.com","A-17"
                "C-2","Ito","badone","A-17"
                "C-3","Nobody's","","A-99"
                "C-4","","x@example.com",""

                """
            )
            #expect(first.state == .jobComplete && first.numberRecordsProcessed == 4 && first.numberRecordsFailed == 3)
            let accepted = try await org.results(first.id, .successful)
            #expect(accepted.map { $0["External_Id__c"] } == ["C-1"] && accepted[0]["sf__Created"] == "true")
            #expect(accepted[0]["sf__Id"]?.count == 18 && accepted[0]["Account.External_Id__c"] == "A-17")
            let refused = try await org.results(first.id, .failed)
            let faults = Dictionary(
                refused.map { ($0["External_Id__c"] ?? "", RowFault(parsing: $0["sf__Error"] ?? "")) }
            ) { first, _ in first }
            #expect(faults["C-2"]?.code == "INVALID_EMAIL_ADDRESS" && faults["C-2"]?.fields == ["Email"])
            #expect(
                faults["C-3"]
                    == RowFault(
                        code: "INVALID_FIELD",
                        message: "Foreign key external ID: A-99 not found for field External_Id__c in entity Account"
                    )
            )
            #expect(faults["C-4"]?.code == "REQUIRED_FIELD_MISSING" && faults["C-4"]?.fields == ["LastName"])
            let unprocessed = try await org.results(first.id, .unprocessed)
            #expect(unprocessed.isEmpty)

            // An empty cell leaves alone, #N/A clears.
            let second = try await org.load(
                Self.upsert,
                "\"External_Id__c\",\"LastName\",\"Email\"\n\"C-1\",\"\",\"#N/A\"\n"
            )
            #expect(second.numberRecordsFailed == 0)
            let updated = try await org.results(second.id, .successful)
            #expect(updated.map { $0["sf__Created"] } == ["false"])
            let contact = try await org.client.query(
                "SELECT LastName, Email, Account.External_Id__c FROM Contact",
                atMost: 5
            )
            #expect(contact.map { $0.text("LastName") } == ["Moreau"] && contact[0][path: "Email"] == .null)
            #expect(contact[0].text("Account.External_Id__c") == "A-17")
        }
    }

    @Test func `carries commas, quotes and line feeds through both ways`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.load(
                IngestJobSpec(object: "Account", operation: .insert),
                "\"Name\",\"Description\"\n\"a, \"\"b\"\"\",\"one\ntwo\n\nfour — ü\"\n"
            )
            let rows = try await org.results(job.id, .successful)
            #expect(rows.map { $0["Name"] } == ["a, \"b\""] && rows[0]["Description"] == "one\ntwo\n\nfour — ü")
            let read = try await org.client.query("SELECT Name, Description FROM Account", atMost: 1)
            #expect(read[0].text("Description") == "one\ntwo\n\nfour — ü")
        }
    }

    @Test func `fails a job that names a field that is not there`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.load(IngestJobSpec(object: "Account", operation: .insert), "\"Nope__c\"\n\"x\"\n")
            #expect(job.state == .failed)
            let fault = try #require(job.errorMessage.map(JobFault.init(parsing:)))
            #expect(fault == JobFault(parsing: "InvalidBatch : Field name not found : Nope__c"))
            #expect(ErrorCatalogue.entry(for: fault.code, message: fault.message).classes.first == .configuration)
        }
    }

    @Test func `takes the data of a job once`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.client.createIngestJob(IngestJobSpec(object: "Account", operation: .insert))
            let data = IngestUpload(bytes: Array("\"Name\"\n\"x\"\n".utf8))
            try await org.client.upload(data, toIngestJob: job.id)
            let error = try await #require(throws: SalesforceError.self) {
                try await org.client.upload(data, toIngestJob: job.id)
            }
            #expect(error.kind == .salesforce && error.wasSent == .no)
            let aborted = try await org.client.abortIngestJob(job.id)
            #expect(aborted.state == .aborted)
            let again = try await org.client.abortIngestJob(job.id)
            #expect(again.state == .aborted)
            try await org.client.deleteIngestJob(job.id)
            try await org.client.deleteIngestJob(job.id)
            let gone = try await #require(throws: SalesforceError.self) { try await org.client.ingestJob(job.id) }
            #expect(gone.code == "NOT_FOUND")
        }
    }

    @Test func `closes a job once, though the answer was lost`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.client.createIngestJob(IngestJobSpec(object: "Account", operation: .insert))
            try await org.client.upload(IngestUpload(bytes: Array("\"Name\"\n\"x\"\n".utf8)), toIngestJob: job.id)
            try await org.admin(
                "POST",
                "faults",
                #"{"match":{"method":"PATCH","path":"jobs/ingest"},"times":1,"when":"after","do":"drop"}"#
            )
            let closed = try await org.client.closeIngestJob(job.id)
            #expect(closed.state != .open)
            let ended = try await org.ended(job.id)
            #expect(ended.numberRecordsProcessed == 1)
            let counters = try await org.admin("GET", "counters")
            #expect(counters.object?["created"]?.object?["Account"]?.int == 1)
        }
    }

    @Test func `has its results read anew when they broke off`() async throws {
        try await EmulatedOrg.with { org in
            let rows = (0..<500).map { "\"Account \($0)\"\n" }.joined()
            let job = try await org.load(IngestJobSpec(object: "Account", operation: .insert), "\"Name\"\n" + rows)
            try await org.admin(
                "POST",
                "faults",
                #"{"match":{"path":"successfulResults"},"times":1,"when":"after","do":"truncate"}"#
            )
            let results = try await org.results(job.id, .successful)
            #expect(Set(results.compactMap { $0["Name"] }).count == 500 && results.count == 500)
        }
    }

    @Test func `leaves rows unprocessed, and says so`() async throws {
        try await EmulatedOrg.with { org in
            try await org.admin("POST", "faults", #"{"object":"Account","do":"unprocessed","rows":2,"times":1}"#)
            let job = try await org.load(
                IngestJobSpec(object: "Account", operation: .insert),
                "\"Name\"\n\"a\"\n\"b\"\n\"c\"\n"
            )
            let unprocessed = try await org.results(job.id, .unprocessed)
            let accepted = try await org.results(job.id, .successful)
            #expect(unprocessed.count == 2 && accepted.count == 1)
        }
    }

    @Test func `lists its jobs`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.load(IngestJobSpec(object: "Account", operation: .insert), "\"Name\"\n\"a\"\n")
            var found: [IngestJob] = []
            try await org.client.listIngestJobs { page in
                found += page
                return true
            }
            #expect(found.map(\.id) == [job.id] && found[0].object == "Account" && found[0].jobType == "V2Ingest")
        }
    }
}
