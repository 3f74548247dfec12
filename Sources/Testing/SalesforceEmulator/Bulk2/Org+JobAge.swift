extension Org {
    private static let jobLife: Int64 = 7 * 86_400_000
    private static let openLife: Int64 = 86_400_000

    /// Jobs that ended are kept for seven days; one that is open for a day fails (reference 03 §6, 04 §3).
    func forgetOldJobs() {
        let now = clock.now.milliseconds
        guard let eldest = jobOrder.first, age(of: eldest, now) >= Self.openLife else { return }
        for id in jobOrder {
            if let job = ingestJobs[id], job.state == .open, age(of: id, now) >= Self.openLife {
                fail(job, "InvalidJobState : The job was open for more than 24 hours")
            }
            if let job = classicJobs[id], job.state == .open, age(of: id, now) >= Self.openLife {
                job.state = .failed
                job.changedAt = clock.now
            }
        }
        let gone = Set(jobOrder.filter { age(of: $0, now) >= Self.jobLife && hasEnded($0) })
        guard !gone.isEmpty else { return }
        for id in gone {
            ingestJobs[id] = nil
            queryJobs[id] = nil
            classicJobs[id] = nil
        }
        jobOrder.removeAll(where: gone.contains)
    }

    // MARK: - Implementation

    private func age(of id: RecordID, _ now: Int64) -> Int64 {
        let made = ingestJobs[id]?.createdAt ?? queryJobs[id]?.createdAt ?? classicJobs[id]?.createdAt
        return now - (made?.milliseconds ?? now)
    }

    private func hasEnded(_ id: RecordID) -> Bool {
        if let job = ingestJobs[id] { return [.jobComplete, .failed, .aborted].contains(job.state) }
        if let job = classicJobs[id] {
            return job.state != .open && job.batches.allSatisfy { $0.state != .queued && $0.state != .inProgress }
        }
        return true
    }
}
