internal import Foundation
internal import Ledger
internal import Logging
internal import Pushing
internal import Salesforce
internal import SyncModel

/// How large and how many at a time, for one step: begins with what the last run learnt, and keeps what this one learns.
actor PressureGauge {
    private let key: String
    private let ledger: Ledger
    private(set) var pressure: Pressure
    /// Counts how often something gave way: what was sent before says nothing about what holds now.
    private(set) var generation = 0
    /// Both, as they belong together.
    var now: (pressure: Pressure, generation: Int) { (pressure, generation) }
    private var stored: Pressure?
    /// What something gave way to, since that was told last.
    private var untold: Set<PressureCause> = []
    /// How many rows a second the last job of Bulk 2.0 has done; nil: none has ended yet.
    private(set) var bulk2RowsPerSecond: Double?

    private init(key: String, ledger: Ledger, pressure: Pressure, stored: Pressure?) {
        self.key = key
        self.ledger = ledger
        self.pressure = pressure
        self.stored = stored
    }

    /// The gauge of a sync's object: objects of one org have their own, since their triggers and locks are their own.
    static func load(_ sync: SyncDefinition, concurrentRequests: Int, _ ledger: Ledger) async throws -> PressureGauge {
        let key = "pressure:\(sync.destination):\(sync.objectLabel)"
        var pressure = Pressure(sync.batch, concurrentRequests: concurrentRequests)
        var learnt: Pressure?
        if let text = try await ledger.value(key) {
            // What an older version wrote and this one can't read is learnt anew.
            learnt = try? JSONDecoder().decode(Pressure.self, from: Data(text.utf8))
            if let learnt { pressure.resume(learnt) }
        }
        return PressureGauge(key: key, ledger: ledger, pressure: pressure, stored: learnt)
    }

    /// Takes what became of a batch that was sent under `generation`.
    func took(_ fates: RowFates, api: PushAPI, generation sent: Int) {
        var complaints: [PressureCause: Int] = [:]
        for failure in fates.failures.values {
            guard let cause = PressureCause(code: failure.code, message: failure.message) else { continue }
            complaints[cause, default: 0] += 1
        }
        if let cause = fates.cause, !fates.unprocessed.isEmpty {
            let code = BulkBatchMachine.code(of: cause)
            if let felt = PressureCause(code: code, message: cause) {
                complaints[felt, default: 0] += fates.unprocessed.count
            }
        }
        let worst = complaints.max { $0.value < $1.value }
        guard let worst else {
            if fates.unprocessed.isEmpty { pressure.succeeded() }
            return
        }
        guard worst.key.isNoticed(worst.value, of: fates.sent) else { return }
        felt(worst.key, api: api, generation: sent)
    }

    /// Takes how long a job of Bulk 2.0 was at work, so that the next one is asked when it is due.
    func took(_ job: IngestJob, _ time: Duration) {
        guard job.state == .jobComplete, job.numberRecordsProcessed > 0, time > .zero else { return }
        bulk2RowsPerSecond = Double(job.numberRecordsProcessed) / (time / .seconds(1))
    }

    /// Takes a complaint about a call as a whole.
    func felt(_ cause: PressureCause, api: PushAPI, generation sent: Int? = nil) {
        if let sent, sent < generation { return }
        guard pressure.felt(cause, api: api) else { return }
        generation += 1
        untold.insert(cause)
        Logger.current.info(
            "Salesforce is pressed less",
            metadata: [
                "cause": "\(cause.rawValue)", "api": "\(api.rawValue)", "size": "\(pressure.size)",
                "parallel": "\(pressure.parallel)", "serial": "\(pressure.isSerial)",
            ]
        )
    }

    /// What something gave way to, in a fixed order, once.
    func takeCauses() -> [PressureCause] {
        defer { untold = [] }
        return PressureCause.allCases.filter(untold.contains)
    }

    /// Keeps what was learnt for the next run.
    func save() async throws {
        let kept = stored.map(pressure.kept(beside:)) ?? pressure
        guard kept != stored else { return }
        let text = String(decoding: try JSONEncoder().encode(kept), as: UTF8.self)
        try await ledger.setValue(text, for: key)
        stored = kept
    }
}
