internal import Pushing
internal import SyncModel

extension ChangeDelivery {
    /// Says with the run what Salesforce complained of, what gave way for it, and what runs on the object by itself.
    ///
    /// Rows that went out in the end leave no other trace of it, and only people can mend what runs there.
    func tellOfPressure(_ gauge: PressureGauge) async throws {
        let causes = await gauge.takeCauses()
        guard !causes.isEmpty else { return }
        let pressure = await gauge.pressure
        var automation: [String] = []
        for object in sync.objects {
            automation += try await context.gates.whatRuns(on: object, in: sync.destination)
        }
        let object = sync.objects.joined(separator: " and ")
        let runs =
            automation.isEmpty
            ? "" : "; what runs when \(object) is written: \(automation.joined(separator: ", "))"
        for cause in causes {
            try await worker.book.warn("\(sync.name): \(cause.words(object)): \(pressure.words(for: cause))\(runs)")
        }
    }
}

extension PressureCause {
    /// What was the matter.
    fileprivate func words(_ object: String) -> String {
        switch self {
        case .locks: "records of \(object), or their parents, were held by other transactions"
        case .apexLimits: "triggers or flows of \(object) came to an Apex limit"
        case .timeout: "batches of \(object) took too long"
        case .requests: "the org had too many requests at one time"
        }
    }
}

extension Pressure {
    /// How it is pressed now, where that gave way to the cause.
    fileprivate func words(for cause: PressureCause) -> String {
        let now =
            switch cause {
            case .locks where isSerial: "one batch after the other"
            case .locks where bulk2 == .single: "jobs of \(Self.singleJobRows) rows, one at a time"
            case .locks: "\(parallel) batches at a time"
            case .apexLimits, .timeout: "batches of \(size) rows"
            case .requests: "\(requests) requests at a time"
            }
        return "rows go in \(now) since, in the next run, too, until that goes well for a while"
    }
}
