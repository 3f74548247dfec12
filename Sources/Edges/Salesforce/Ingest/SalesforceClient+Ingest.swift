import NIOHTTP1

/// The calls of Bulk API 2.0 for writing (reference 04-bulk-v2).
extension SalesforceClient {
    /// Creates a job, open for one upload.
    ///
    /// Not tried again once it may have been sent: `wasSent` of the error then says `unknown`, and what may be there
    /// is a job without data.
    package func createIngestJob(_ spec: IngestJobSpec) async throws -> IngestJob {
        let body = JSONText.object([
            "object": spec.object,
            "operation": spec.operation.rawValue,
            "externalIdFieldName": spec.externalIDFieldName,
            "assignmentRuleId": spec.assignmentRuleID,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        ])
        let request = SalesforceRequest(
            method: .POST,
            target: dataPath("jobs", "ingest"),
            action: "create a bulk \(spec.operation) job for \(spec.object)",
            body: .bytes(body, contentType: "application/json; charset=UTF-8"),
            isRepeatable: false
        )
        return try await send(request) { try IngestJob($0) }
    }

    /// Sends the job's data, which can be done once.
    ///
    /// Never tried again once any of it may have arrived.
    package func upload(_ data: IngestUpload, toIngestJob id: String) async throws {
        try await send(
            SalesforceRequest(
                method: .PUT,
                target: dataPath("jobs", "ingest", id, "batches"),
                action: "upload data to job \(id)",
                body: .upload(data, contentType: "text/csv"),
                isRepeatable: false,
                isTransfer: true
            )
        )
    }

    /// Says that the data are whole (`UploadComplete`), upon which the job is queued.
    ///
    /// May be called again; a job that is past that is answered as it stands.
    package func closeIngestJob(_ id: String) async throws -> IngestJob {
        try await change(id, to: .uploadComplete, action: "close job \(id)")
    }

    /// Stops a job; rows that were written stay.
    ///
    /// May be called again; a job that has ended is answered as it stands.
    package func abortIngestJob(_ id: String) async throws -> IngestJob {
        try await change(id, to: .aborted, action: "abort job \(id)")
    }

    /// Deletes a job and its results; one that is not there is as good as deleted.
    package func deleteIngestJob(_ id: String) async throws {
        let request = SalesforceRequest(
            method: .DELETE,
            target: dataPath("jobs", "ingest", id),
            action: "delete job \(id)",
            alsoAnswers: [404]
        )
        try await send(request)
    }

    package func ingestJob(_ id: String) async throws -> IngestJob {
        let request = SalesforceRequest(target: dataPath("jobs", "ingest", id), action: "read job \(id)")
        return try await send(request) { try IngestJob($0) }
    }

    /// The org's bulk jobs of the last days, in no order; jobs of the original Bulk API are among them as `Classic`.
    ///
    /// `page` hears up to 1,000 at a time; false ends the listing.
    package nonisolated(nonsending) func listIngestJobs(page: ([IngestJob]) async throws -> Bool) async throws {
        try await listJobs("ingest", page: page)
    }

    // MARK: - Implementation

    nonisolated(nonsending) func listJobs(_ kind: String, page: ([IngestJob]) async throws -> Bool) async throws {
        var target = dataPath("jobs", kind)
        while true {
            let request = SalesforceRequest(target: target, action: "list the \(kind) jobs")
            let (jobs, next): ([IngestJob], String?) = try await send(request) { answer in
                let object = try answer.jsonObject()
                guard let records = object["records"]?.array else { throw answer.malformed("no list of jobs") }
                let next = object["nextRecordsUrl"]?.string
                guard next.map(SalesforceRequest.isFollowable) != false else {
                    throw answer.malformed("no list of jobs")
                }
                // A job in a state that is unheard of is none that we could do anything with.
                return (records.compactMap { $0.object.flatMap(IngestJob.init) }, next)
            }
            guard try await page(jobs), let next else { return }
            target = next
        }
    }

    private func change(_ id: String, to state: IngestJobState, action: String) async throws -> IngestJob {
        let request = SalesforceRequest(
            method: .PATCH,
            target: dataPath("jobs", "ingest", id),
            action: action,
            body: .bytes(JSONText.object(["state": state.rawValue]), contentType: "application/json; charset=UTF-8")
        )
        do {
            return try await send(request) { try IngestJob($0) }
        } catch let error as SalesforceError where error.code == "INVALIDJOBSTATE" {
            // An earlier attempt, of this call or of a process before us, may have been carried out unheard.
            let job = try await ingestJob(id)
            guard job.state != .open, state == .uploadComplete || job.state.isFinal else { throw error }
            return job
        }
    }
}
