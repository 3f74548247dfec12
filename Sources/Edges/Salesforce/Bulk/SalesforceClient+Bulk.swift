import NIOHTTP1

/// The calls of the original Bulk API for writing, in CSV (reference 03-bulk-v1).
extension SalesforceClient {
    /// Creates a job, open for batches.
    ///
    /// Not tried again once it may have been sent.
    package func createBulkJob(_ spec: BulkJobSpec) async throws -> BulkJob {
        let request = SalesforceRequest(
            family: .bulk,
            method: .POST,
            target: bulkPath("job"),
            action: "create a bulk \(spec.operation) job for \(spec.object)",
            body: .bytes(BulkXML.create(spec), contentType: Self.xml),
            isRepeatable: false
        )
        return try await send(request) { try BulkJob($0) }
    }

    package func bulkJob(_ id: String) async throws -> BulkJob {
        let request = SalesforceRequest(family: .bulk, target: bulkPath("job", id), action: "read job \(id)")
        return try await send(request) { try BulkJob($0) }
    }

    /// Closes a job: it takes no more batches, those it has are worked on.
    ///
    /// May be called again; a job that is no longer open is answered as it stands.
    package func closeBulkJob(_ id: String) async throws -> BulkJob {
        try await change(id, to: .closed, action: "close job \(id)")
    }

    /// Stops a job: batches that have not begun are not processed, rows that were written stay.
    ///
    /// May be called again; a job that has ended is answered as it stands.
    package func abortBulkJob(_ id: String) async throws -> BulkJob {
        try await change(id, to: .aborted, action: "abort job \(id)")
    }

    /// Adds a batch of CSV with its header: at most 10,000 rows and 10 MB.
    ///
    /// Not tried again once it may have been sent. `mayBePacked`: by gzip, where the link has proved slow; in which form Salesforce gives
    /// the request of such a batch back is not documented.
    package func addBatch(
        _ data: IngestUpload,
        toBulkJob id: String,
        mayBePacked: Bool = false
    ) async throws -> BulkBatch {
        let data = mayBePacked && uploads.packs(data.length) ? try await data.packed() : data
        let request = SalesforceRequest(
            family: .bulk,
            method: .POST,
            target: bulkPath("job", id, "batch"),
            action: "add a batch to job \(id)",
            body: .upload(data, contentType: "text/csv; charset=UTF-8"),
            isRepeatable: false,
            isTransfer: true
        )
        return try await send(request) { answer in
            guard let batch = BulkBatch(try answer.xml("batchInfo")) else { throw answer.malformed("no batch") }
            return batch
        }
    }

    package func bulkBatch(_ batchID: String, inBulkJob id: String) async throws -> BulkBatch {
        let request = SalesforceRequest(
            family: .bulk,
            target: bulkPath("job", id, "batch", batchID),
            action: "read batch \(batchID)"
        )
        return try await send(request) { answer in
            guard let batch = BulkBatch(try answer.xml("batchInfo")) else { throw answer.malformed("no batch") }
            return batch
        }
    }

    /// All batches of a job, in no order that is promised.
    package func bulkBatches(ofBulkJob id: String) async throws -> [BulkBatch] {
        let request = SalesforceRequest(
            family: .bulk,
            target: bulkPath("job", id, "batch"),
            action: "list the batches of job \(id)",
            answerLimit: 64 << 20
        )
        return try await send(request) { answer in
            let elements = try answer.xml("batchInfoList").all("batchInfo")
            let batches = elements.compactMap(BulkBatch.init)
            guard batches.count == elements.count else { throw answer.malformed("no list of batches") }
            return batches
        }
    }

    // MARK: - Implementation

    static let xml = "application/xml; charset=UTF-8"

    /// The version has no `v` here, unlike in REST.
    func bulkPath(_ parts: String...) -> String {
        "/services/async/\(configuration.apiVersion)/" + parts.map(PercentEncoding.encoded).joined(separator: "/")
    }

    private func change(_ id: String, to state: BulkJob.State, action: String) async throws -> BulkJob {
        let request = SalesforceRequest(
            family: .bulk,
            method: .POST,
            target: bulkPath("job", id),
            action: action,
            body: .bytes(BulkXML.state(state), contentType: Self.xml)
        )
        do {
            return try await send(request) { try BulkJob($0) }
        } catch let error as SalesforceError where error.code == "InvalidJobState" {
            // An earlier attempt, of this call or of a process before us, may have been carried out unheard.
            let job = try await bulkJob(id)
            guard job.state != .open, state != .aborted || job.isDone else { throw error }
            return job
        }
    }
}
