extension Org {
    /// `POST /job/{id}/batch`.
    func addBatch(to job: ClassicJob, _ call: Call, _ session: Session) throws(ClassicError) -> Answer {
        guard limits.take("DailyBulkApiBatches", now: clock.now) else {
            throw ClassicError("ExceededQuota", "ApiBatchItems Limit exceeded.")
        }
        guard users[session.user.lowercased()]?.user == job.context.user else {
            throw ClassicError("InvalidUser", "The job was created by another user: \(job.id.long)")
        }
        guard job.state == .open else {
            throw ClassicError("InvalidJobState", "Job is not in the Open state. State of job: \(job.state.rawValue)")
        }
        guard clock.now.milliseconds - job.createdAt.milliseconds < 86_400_000 else {
            job.state = .failed
            throw ClassicError("InvalidJobState", "The job was open for more than 24 hours")
        }
        let media = [
            "CSV": "text/csv", "XML": "application/xml", "JSON": "application/json", "ZIP_CSV": "zip/csv",
            "ZIP_XML": "zip/xml", "ZIP_JSON": "zip/json",
        ]
        let wanted = job.isQuery ? nil : media[job.contentType]
        let type = call.contentType == "text/xml" ? "application/xml" : call.contentType
        if let wanted, type != wanted, !type.isEmpty {
            throw ClassicError(
                "InvalidBatch",
                "Content type of the batch, \(type), does not match that of the job: \(wanted)"
            )
        }
        guard call.body.count <= 10_000_000 else {
            throw ClassicError("ClientInputError", "Request exceeds the maximum allowed size: 10 MB")
        }
        lastBatch += 1
        let batch = ClassicBatch(
            id: RecordID(prefix: KeyPrefix("751"), number: lastBatch),
            data: job.isZipped ? [] : inUTF8(call),
            contentType: call.header("content-type") ?? wanted ?? "text/csv",
            createdAt: clock.now
        )
        if batch.data != call.body { batch.original = call.body }
        if job.isZipped { unpack(batch, call.body) }
        job.batches.append(batch)
        job.changedAt = clock.now
        queue(batch, of: job)
        return shown(batch.info(job: job.id), json: job.format == .json, status: 201)
    }

    /// Saves the next rows of a batch.
    func process(_ chunk: Range<Int>, of job: ClassicJob, _ batch: ClassicBatch, _ run: BatchRun) {
        var context = job.context
        context.locker = run.locker
        context.isAsynchronous = true
        let results: [Outcome]
        if let block = batch.block {
            results = outcomes(of: block.rows(chunk), run.type, job.operation, key: job.externalIdField, context)
        } else {
            results = batch.data.withUnsafeBufferPointer { bytes in
                outcomes(
                    of: chunk.map { Int(batch.rowSpans[$0].start)..<Int(batch.rowSpans[$0].end) },
                    in: bytes,
                    delimiter: UInt8(ascii: ","),
                    run,
                    job.operation,
                    key: job.externalIdField,
                    context
                )
            }
        }
        batch.outcomes += results
        batch.processed += results.count
        batch.failed += results.count { $0.isFailure }
        batch.apexTime += lastCost
        batch.changedAt = clock.now
        requeueIfLocked(batch, of: job, run, results)
    }

    func complete(_ batch: ClassicBatch, of job: ClassicJob) {
        if let message = batch.pendingFailure {
            batch.state = .failed
            batch.stateMessage = message
            batch.changedAt = clock.now
            return
        }
        if job.isQuery, batch.state == .inProgress { run(batch, of: job) }
        if batch.state == .inProgress { batch.state = .completed }
        if let file = batch.queryResult { batch.processed = file.records }
        batch.processingTime += max(1, batch.processed / 100)
        batch.changedAt = clock.now
    }

    // MARK: - Implementation

    /// Takes the rows out of the archive; what can't be read fails the batch when its turn comes.
    private func unpack(_ batch: ClassicBatch, _ archive: [UInt8]) {
        do throws(ZipFault) {
            guard let rows = try ZipArchive(archive).file("request.txt", limit: 10_000_000) else {
                throw ZipFault(message: "the zip content has no request.txt")
            }
            batch.data = repairedUTF8(rows)
        } catch {
            batch.pendingFailure = "InvalidBatch : Failed to parse request.txt: \(error.message)"
        }
    }

    /// Data in the charset that its media type names (reference 03 §4).
    private func inUTF8(_ call: Call) -> [UInt8] {
        let type = call.header("content-type")?.lowercased() ?? ""
        guard let mark = type.firstRange(of: "charset=") else { return repairedUTF8(call.body) }
        let name = type[mark.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" }.trimmingBlanks()
        guard name != "utf-8" else { return repairedUTF8(call.body) }
        guard ["iso-8859-1", "latin1", "windows-1252", "iso-8859-15"].contains(name) else { return call.body }
        var out: [UInt8] = []
        out.reserveCapacity(call.body.count + call.body.count / 8)
        for byte in call.body {
            if byte < 0x80 { out.append(byte) } else { out += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
        }
        return out
    }

    /// After more than 100 lock failures the rest of the batch goes back to the queue; the tenth time it fails.
    private func requeueIfLocked(_ batch: ClassicBatch, of job: ClassicJob, _ run: BatchRun, _ results: [Outcome]) {
        run.lockFailures += results.count { outcome in
            if case .failed(let errors, _) = outcome {
                errors.contains { $0.code == "UNABLE_TO_LOCK_ROW" }
            } else {
                false
            }
        }
        guard run.lockFailures > 100 else { return }
        run.lockFailures = 0
        run.retries += 1
        guard run.retries >= 10 || job.neverRetries else {
            run.goesBack = true
            return
        }
        batch.state = .failed
        batch.stateMessage = "TooManyLockFailure : Too many lock failure: the batch was retried \(run.retries) times"
        run.rows = run.rows.upperBound..<run.rows.upperBound
    }

    private func queue(_ batch: ClassicBatch, of job: ClassicJob) {
        guard let type = schema[job.object] else { return }
        var columns: [Column?] = []
        var rows = 0
        if let fault = faults.jobFault(on: type.name) { batch.pendingFailure = fault.message }
        if batch.pendingFailure == nil, !job.isQuery {
            do throws(CSVFault) {
                columns = try read(batch, of: job, type)
                rows = batch.block?.count ?? batch.rowSpans.count
                guard rows > 0 else { throw CSVFault(message: "InvalidBatch : Records not found") }
                guard rows <= 10_000 else {
                    throw CSVFault(message: "InvalidBatch : Records more than 10000 are not allowed in a batch")
                }
            } catch {
                rows = 0
                batch.pendingFailure = error.message
            }
        }
        waiting.append(
            BatchRun(
                source: .classic(job, batch),
                type: type,
                columns: columns,
                rows: 0..<rows,
                locker: batch.id.number,
                isSerial: job.isSerial
            )
        )
        work.ring()
    }

    private func read(_ batch: ClassicBatch, of job: ClassicJob, _ type: ObjectType) throws(CSVFault) -> [Column?] {
        switch job.format {
        case .csv:
            let isCRLF = batch.data.firstIndex(of: 0x0A).map { $0 > 0 && batch.data[$0 - 1] == 0x0D } ?? false
            let header: Range<Int>
            (header, batch.rowSpans) = try rowSpans(
                of: batch.data,
                delimiter: UInt8(ascii: ","),
                isCRLF: isCRLF,
                strict: false
            )
            let names = try cells(of: batch.data, header, delimiter: UInt8(ascii: ",")).map { job.mapping[$0] ?? $0 }
            let columns = try columns(named: names, type, hidden: job.context.hidden)
            if job.operation == "delete" || job.operation == "hardDelete", names.map({ $0.lowercased() }) != ["id"] {
                throw CSVFault(message: "InvalidBatch : The '\(job.operation)' batch must contain only ids")
            }
            if let key = job.externalIdField, job.operation == "upsert",
                !names.contains(where: { $0.lowercased() == key.lowercased() })
            {
                throw CSVFault(message: "InvalidBatch : Field name not found : \(key)")
            }
            return columns
        case .xml: batch.block = try block(try xmlRecords(batch.data), of: type, batch.data, job)
        case .json: batch.block = try block(try jsonRecords(batch.data), of: type, batch.data, job)
        }
        return []
    }

    private func block(
        _ records: [[JSONMember]],
        of type: ObjectType,
        _ data: [UInt8],
        _ job: ClassicJob
    ) throws(CSVFault) -> RowBlock {
        do throws(RESTError) {
            return try block(records, of: type, in: data, hidden: job.context.hidden, idsAllowed: true, rowErrors: true)
        } catch {
            throw CSVFault(message: "InvalidBatch : \(error.message)")
        }
    }

    private func jsonRecords(_ data: [UInt8]) throws(CSVFault) -> [[JSONMember]] {
        let json: JSONValue
        do throws(JSONFault) {
            json = try JSONReader.read(data)
        } catch {
            throw CSVFault(message: "InvalidBatch : Failed to parse JSON: \(error.message)")
        }
        guard let items = json.array else {
            throw CSVFault(message: "InvalidBatch : Failed to parse JSON: expected an array")
        }
        var records: [[JSONMember]] = []
        for item in items {
            guard let members = item.members else {
                throw CSVFault(message: "InvalidBatch : Failed to parse JSON: expected an object")
            }
            records.append(members)
        }
        return records
    }

    private func xmlRecords(_ data: [UInt8]) throws(CSVFault) -> [[JSONMember]] {
        let root: XMLNode
        do throws(XMLFault) {
            root = try XMLReader.read(data)
        } catch {
            throw CSVFault(message: "InvalidBatch : Failed to parse XML: \(error.message)")
        }
        guard root.name == "sObjects" else {
            throw CSVFault(message: "InvalidBatch : Expected sObjects, found \(root.name)")
        }
        return root.all("sObject").map(members)
    }

    /// The fields of an `sObject` element as JSON members; an empty element leaves its field alone.
    private func members(of node: XMLNode) -> [JSONMember] {
        node.children.compactMap { child in
            if child.isNil { return JSONMember(name: child.name, value: .null) }
            if let parent = child["sObject"] {
                return JSONMember(name: child.name, value: .object(members(of: parent)))
            }
            if child.value.isEmpty { return nil }
            return JSONMember(name: child.name, value: .string(child.text))
        }
    }
}

extension RowBlock {
    /// Some of the rows, as a block of their own.
    func rows(_ range: Range<Int>) -> RowBlock {
        var part = RowBlock(columns: columns)
        part.cells = Array(cells[range.lowerBound * columns.count..<range.upperBound * columns.count])
        part.identities = Array(identities[range])
        part.failures = Array(failures[range])
        return part
    }
}
