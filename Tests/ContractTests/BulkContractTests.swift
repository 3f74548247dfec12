import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org that is loaded by the original Bulk API` {
    private func ended(_ org: EmulatedOrg, _ id: String) async throws -> BulkJob {
        for _ in 0..<100_000 {
            let job = try await org.client.bulkJob(id)
            if job.isDone { return job }
            await Task.yield()
        }
        throw CancellationError()
    }

    @Test func `gets its batches packed once the link has proved slow`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.client.createBulkJob(BulkJobSpec(object: "Account", operation: .insert))
            let csv = (0..<3).map { batch in
                "\"Name\",\"External_Id__c\"\n"
                    + (0..<2_500).map { "\"Company of some length \($0)\",\"B-\(batch)-\($0)\"\n" }.joined()
            }
            // The first takes so long that its 100 kB seem to come over a line of a megabit.
            try await org.admin(
                "POST",
                "faults",
                #"{"match":{"method":"POST","path":"/batch"},"do":"delay","delay_ms":1200,"times":1}"#
            )
            var batches: [BulkBatch] = []
            for text in csv {
                batches.append(
                    try await org.client.addBatch(
                        IngestUpload(bytes: Array(text.utf8)),
                        toBulkJob: job.id,
                        mayBePacked: true
                    )
                )
            }
            _ = try await org.client.closeBulkJob(job.id)
            let done = try await ended(org, job.id)
            #expect(done.numberRecordsProcessed == 7_500 && done.numberRecordsFailed == 0)
            let sent = org.records.all.filter { $0.action.hasPrefix("add a batch") }.map(\.bytesSent)
            #expect(sent.count == 3)
            #expect(sent.first == csv[0].utf8.count)
            #expect(sent.dropFirst().allSatisfy { $0 > 0 && $0 < csv[1].utf8.count / 2 })
            // What arrived is what was packed, byte for byte.
            var request: [UInt8] = []
            try await org.client.request(ofBatch: batches[1].id, inBulkJob: job.id) {
                request = []
            } chunk: {
                request += $0
            }
            #expect(String(decoding: request, as: UTF8.self) == csv[1])
        }
    }

    @Test(arguments: [BulkJobSpec.ConcurrencyMode.parallel, .serial])
    func `answers each batch row by row, in their order`(mode: BulkJobSpec.ConcurrencyMode) async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.create("Account", body: .json(#"{"Name":"p","External_Id__c":"A-17"}"#))
            let job = try await org.client.createBulkJob(
                BulkJobSpec(
                    object: "Contact",
                    operation: .upsert,
                    externalIDFieldName: "External_Id__c",
                    concurrencyMode: mode
                )
            )
            #expect(job.state == .open && job.object == "Contact" && job.operation == "upsert")
            let header = "\"External_Id__c\",\"LastName\",\"Account.External_Id__c\"\n"
            let first = try await org.client.addBatch(
                IngestUpload(
                    bytes: Array((header + "\"C-1\",\"a\",\"A-17\"\n\"C-2\",\"b\",\"A-99\"\n\"C-3\",\"c\",\"\"\n").utf8)
                ),
                toBulkJob: job.id
            )
            let second = try await org.client.addBatch(
                IngestUpload(bytes: Array((header + "\"C-4\",\"\",\"\"\n").utf8)),
                toBulkJob: job.id
            )
            let closed = try await org.client.closeBulkJob(job.id)
            #expect(closed.state == .closed)
            let again = try await org.client.closeBulkJob(job.id)
            #expect(again.state == .closed)
            let done = try await ended(org, job.id)
            #expect(done.numberBatchesTotal == 2 && done.numberBatchesCompleted == 2 && done.numberRecordsFailed == 2)
            let batches = try await org.client.bulkBatches(ofBulkJob: job.id)
            #expect(Set(batches.map(\.id)) == [first.id, second.id])
            let batch = try await org.client.bulkBatch(first.id, inBulkJob: job.id)
            #expect(batch.state == .completed && batch.numberRecordsProcessed == 3 && batch.numberRecordsFailed == 1)
            var rows: [(success: Bool, created: Bool, fault: RowFault?)] = []
            let count = try await org.client.results(ofBatch: first.id, inBulkJob: job.id) {
                rows = []
            } row: { position, row in
                #expect(position == rows.count)
                rows.append((row.success, row.created, row.fault))
            }
            #expect(
                count == 3 && rows.map(\.success) == [true, false, true] && rows.map(\.created) == [true, false, true]
            )
            #expect(
                rows[1].fault?.code == "INVALID_FIELD"
                    && rows[1].fault?.message.contains("Foreign key external ID: A-99") == true
            )
            var request: [UInt8] = []
            try await org.client.request(ofBatch: second.id, inBulkJob: job.id) {
                request = []
            } chunk: {
                request += $0
            }
            #expect(String(decoding: request, as: UTF8.self) == header + "\"C-4\",\"\",\"\"\n")
        }
    }

    @Test func `takes no batch into a closed job, and says of a bad one what is wrong`() async throws {
        try await EmulatedOrg.with { org in
            let job = try await org.client.createBulkJob(BulkJobSpec(object: "Account", operation: .insert))
            let bad = try await org.client.addBatch(
                IngestUpload(bytes: Array("\"Nope__c\"\n\"x\"\n".utf8)),
                toBulkJob: job.id
            )
            _ = try await org.client.closeBulkJob(job.id)
            let done = try await ended(org, job.id)
            #expect(done.numberBatchesFailed == 1)
            let batch = try await org.client.bulkBatch(bad.id, inBulkJob: job.id)
            #expect(batch.state == .failed && batch.stateMessage == "InvalidBatch : Field name not found : Nope__c")
            let late = IngestUpload(bytes: Array("\"Name\"\n\"x\"\n".utf8))
            let error = try await #require(throws: SalesforceError.self) {
                try await org.client.addBatch(late, toBulkJob: job.id)
            }
            #expect(error.code == "InvalidJobState" && error.wasSent == .no)
        }
    }

    @Test func `gets a new session when the old one ended`() async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.identity()
            try await org.admin("POST", "sessions/expire")
            let job = try await org.client.createBulkJob(BulkJobSpec(object: "Account", operation: .insert))
            let aborted = try await org.client.abortBulkJob(job.id)
            #expect(aborted.state == .aborted)
        }
    }
}
