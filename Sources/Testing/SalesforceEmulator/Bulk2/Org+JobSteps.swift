extension Org {
    /// Batches that run side by side.
    static let parallelBatches = 10

    /// Takes one step: one transaction of one batch, the running batches in turn.
    func takeJobStep() -> JobStep {
        for id in emptyJobs {
            guard let job = ingestJobs[id], job.state == .uploadComplete else { continue }
            if let message = job.pendingFailure { fail(job, message) } else { complete(job) }
        }
        emptyJobs = []
        admit()
        guard !running.isEmpty else { return .idle }
        let now = machineMilliseconds()
        guard let index = running.firstIndex(where: { $0.dueAt <= now }) else {
            let next = running.map(\.dueAt).min() ?? now
            return .wait(milliseconds: Int(max(1, min(next - now, 50))))
        }
        let run = running.remove(at: index)
        if step(run) { running.append(run) }
        return .again
    }

    // MARK: - Implementation

    /// Lets waiting batches in, while there is room; of the serial ones, one.
    private func admit() {
        var left: [BatchRun] = []
        for (index, run) in waiting.enumerated() {
            if running.count >= Self.parallelBatches {
                left += waiting[index...]
                break
            }
            if run.isSerial, running.contains(where: \.isSerial) {
                left.append(run)
                continue
            }
            run.dueAt = machineMilliseconds() + Int64(pace.batch)
            running.append(run)
        }
        waiting = left
    }

    /// Takes a batch one transaction further; false when it is done.
    private func step(_ run: BatchRun) -> Bool {
        if !run.hasBegun {
            run.hasBegun = true
            begin(run)
            if faults.batchRetry(on: run.type.name) {
                run.retries += 1
                noteRetry(run)
                run.hasBegun = false
                waiting.append(run)
                return false
            }
        }
        guard !run.rows.isEmpty else {
            release(run.locker)
            finish(run)
            return false
        }
        let chunk = run.rows.lowerBound..<min(run.rows.lowerBound + Self.chunkRows, run.rows.upperBound)
        lastCost = 0
        switch run.source {
        case .ingest(let job): process(chunk, of: job, run)
        case .classic(let job, let batch): process(chunk, of: job, batch, run)
        }
        if run.rows.lowerBound == chunk.lowerBound { run.rows = chunk.upperBound..<run.rows.upperBound }
        if run.goesBack {
            run.goesBack = false
            run.hasBegun = false
            release(run.locker)
            noteRetry(run)
            waiting.append(run)
            return false
        }
        let cost = Int64(chunk.count * pace.row / 1_000 + lastCost)
        if cost > 0 { run.dueAt = machineMilliseconds() + cost }
        return true
    }

    private func begin(_ run: BatchRun) {
        switch run.source {
        case .ingest(let job):
            if job.state == .uploadComplete { job.state = .inProgress }
        case .classic(_, let batch): batch.begin(at: clock.now)
        }
    }

    private func noteRetry(_ run: BatchRun) {
        switch run.source {
        case .ingest(let job): job.retries += 1
        case .classic(let job, let batch):
            job.retries += 1
            batch.state = .queued
        }
    }

    private func finish(_ run: BatchRun) {
        switch run.source {
        case .ingest(let job):
            job.openBatches -= 1
            if job.openBatches == 0, job.state == .inProgress { complete(job) }
        case .classic(let job, let batch): complete(batch, of: job)
        }
    }

    private func complete(_ job: IngestJob) {
        job.changedAt = clock.now
        job.processingTime += max(1, job.rows.count / 100)
        if job.failsAtEnd {
            job.state = .failed
            job.errorMessage = "InternalServerError : The job was stopped before all its data was processed"
        } else {
            job.state = .jobComplete
        }
    }

    private func process(_ chunk: Range<Int>, of job: IngestJob, _ run: BatchRun) {
        guard let data = job.data else { return }
        var context = job.context
        context.locker = run.locker
        context.isAsynchronous = true
        let results: [Outcome] = data.withUnsafeBufferPointer { bytes in
            outcomes(
                of: chunk.map { Int(job.rowSpans[$0].start)..<Int(job.rowSpans[$0].end) },
                in: bytes,
                delimiter: job.delimiter.byte,
                run,
                job.operation,
                key: job.externalIdField,
                context
            )
        }
        for (row, outcome) in zip(chunk, results) {
            switch outcome {
            case .saved(let id, let created): job.rows[row] = .saved(id, created: created)
            case .failed(let errors, let id):
                job.errorTexts.append(errors.map(\.bulkText).joined(separator: ";"))
                let isNew = job.operation == "insert" || job.operation == "upsert"
                job.rows[row] = .failed(error: Int32(job.errorTexts.count - 1), isNew ? nil : id)
                job.failedCount += 1
            }
        }
        job.processed += chunk.count
        job.apexTime += lastCost
        job.changedAt = clock.now
    }
}
