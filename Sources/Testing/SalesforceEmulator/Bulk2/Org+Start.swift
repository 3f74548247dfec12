extension Org {
    /// Rows of one internal batch, and of one transaction (reference 04 §2).
    static let batchRows = 10_000
    static let chunkRows = 200

    /// Cuts the uploaded data into batches and queues them, or fails the job.
    func start(_ job: IngestJob) {
        job.state = .uploadComplete
        job.changedAt = clock.now
        guard let type = schema[job.object], let sent = job.data else { return failSoon(job, "InvalidJob : No data") }
        let data = repairedUTF8(sent)
        job.data = data
        job.header = headerSpan(of: data)
        let columns: [Column?]
        do throws(CSVFault) {
            (job.header, job.rowSpans) = try rowSpans(of: data, delimiter: job.delimiter.byte, isCRLF: job.isCRLF)
            columns = try headerColumns(of: job, data, type)
        } catch {
            return failSoon(job, error.message)
        }
        job.rows = Array(repeating: .waiting, count: job.rowSpans.count)
        if let fault = faults.jobFault(on: type.name) { return failSoon(job, fault.message) }
        let unprocessed = faults.unprocessedRows(on: type.name, of: job.rows.count)
        let usable = job.rows.count - unprocessed
        var start = 0
        var runs: [BatchRun] = []
        while start < usable {
            let end = min(start + Self.batchRows, usable)
            guard limits.take("DailyBulkApiBatches", now: clock.now) else {
                return failSoon(job, "ExceededQuota : ApiBatchItems Limit exceeded.")
            }
            lastBatch += 1
            runs.append(
                BatchRun(
                    source: .ingest(job),
                    type: type,
                    columns: columns,
                    rows: start..<end,
                    locker: lastBatch,
                    isSerial: false
                )
            )
            start = end
        }
        for row in usable..<job.rows.count { job.rows[row] = .unprocessed }
        job.openBatches = runs.count
        if unprocessed > 0, runs.isEmpty {
            return failSoon(job, "InternalServerError : The job was stopped before its data was processed")
        }
        job.failsAtEnd = unprocessed > 0
        waiting += runs
        if runs.isEmpty { job.openBatches = 0 }
        emptyJobs += runs.isEmpty ? [job.id] : []
        work.ring()
    }

    /// The job fails at the runner's next step: the client first sees its upload accepted.
    private func failSoon(_ job: IngestJob, _ message: String) {
        job.pendingFailure = message
        emptyJobs.append(job.id)
        work.ring()
    }

    func fail(_ job: IngestJob, _ message: String) {
        job.state = .failed
        job.errorMessage = message
        job.changedAt = clock.now
        for row in job.rows.indices {
            if case .waiting = job.rows[row] { job.rows[row] = .unprocessed }
        }
    }

    func abort(_ job: IngestJob) {
        job.state = .aborted
        job.changedAt = clock.now
        abortBatches(of: job.id)
        for row in job.rows.indices {
            if case .waiting = job.rows[row] { job.rows[row] = .unprocessed }
        }
    }

    func abortBatches(of id: RecordID) {
        func belongs(_ run: BatchRun) -> Bool {
            if case .ingest(let job) = run.source { job.id == id } else { false }
        }
        for run in running where belongs(run) { release(run.locker) }
        waiting.removeAll(where: belongs)
        running.removeAll(where: belongs)
    }

    // MARK: - Implementation

    private func headerColumns(of job: IngestJob, _ data: [UInt8], _ type: ObjectType) throws(CSVFault) -> [Column?] {
        let names = try cells(of: data, job.header, delimiter: job.delimiter.byte)
        let columns = try columns(named: names, type, hidden: job.context.hidden)
        switch job.operation {
        case "delete", "hardDelete":
            guard names.count == 1, names[0].lowercased() == "id" else {
                throw CSVFault(message: "InvalidBatch : The 'delete' batch must contain only ids")
            }
        case "upsert":
            if let key = job.externalIdField, !names.contains(where: { $0.lowercased() == key.lowercased() }) {
                throw CSVFault(message: "InvalidBatch : Field name not found : \(key)")
            }
        default: break
        }
        return columns
    }

    /// What each name of a header means.
    func columns(named names: [String], _ type: ObjectType, hidden: Set<String>) throws(CSVFault) -> [Column?] {
        let unseen = Set(
            hidden.compactMap { $0.hasPrefix("\(type.name).") ? String($0.dropFirst(type.name.count + 1)) : nil }
        )
        var columns: [Column?] = []
        for name in names {
            guard let column = column(name, of: type, hidden: unseen) else {
                throw CSVFault(message: "InvalidBatch : Field name not found : \(name)")
            }
            if columns.contains(where: { $0?.position == column.position && $0?.name.lowercased() == name.lowercased() }
            ) {
                throw CSVFault(message: "InvalidBatch : Duplicate field name found : \(name)")
            }
            columns.append(column)
        }
        return columns
    }

    func cells(of data: [UInt8], _ range: Range<Int>, delimiter: UInt8) throws(CSVFault) -> [String] {
        let result = data.withUnsafeBufferPointer { bytes -> Result<[String], CSVFault> in
            var reader = CSVReader(bytes: bytes, delimiter: delimiter, range: range)
            var cells: [CSVCell] = []
            do throws(CSVFault) {
                _ = try reader.next(into: &cells)
            } catch {
                return .failure(CSVFault(message: "InvalidBatch : \(error.message)"))
            }
            return .success(cells.map { reader.text(of: $0) })
        }
        return try result.get()
    }
}
