/// A fault as `POST /emulator/faults` describes it.
struct Fault: Sendable {
    enum Action: String, Sendable {
        case drop, delay, truncate, status, reset, garbage
        case rowError = "row-error"
        case jobFailed = "job-failed"
        case unprocessed
        case batchRetry = "batch-retry"
    }

    var action: Action
    var method: String?
    var path: CallPattern?
    var object: String?
    var nth: Int?
    var rate: Double?
    var times: Int?
    var isAfter = false
    var status = 503
    var delay = 0
    var isHonest = false
    /// nil: what fits the action or the status.
    var code: String?
    var message = "An injected fault"
    var rows = 0
    /// How often it was looked at, and how often it struck.
    var seen = 0
    var struck = 0

    var isAboutRows: Bool {
        switch action {
        case .rowError, .jobFailed, .unprocessed, .batchRetry: true
        case .drop, .delay, .truncate, .status, .reset, .garbage: false
        }
    }

    /// Counts one chance to strike and says whether it does.
    mutating func strikes(_ random: inout SeededRandom) -> Bool {
        if let times, struck >= times { return false }
        seen += 1
        if let nth, nth > 0, seen % nth != 0 { return false }
        if let rate, Double(random.next() >> 11) / Double(1 << 53) >= rate { return false }
        struck += 1
        return true
    }
}

/// What a wire fault does to one call.
struct WireFault: Sendable {
    enum Action: Sendable {
        case drop, delay, truncate, status, reset, garbage
    }

    var action: Action
    var isAfter: Bool
    var status: Int
    var delay: Int
    var isHonest: Bool
    /// What an error answer says; nil: what fits its status.
    var error: SaveError?
}

/// The faults that are set, asked in their order; the first that strikes counts.
struct FaultList: Sendable {
    var faults: [Fault] = []
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed ^ 7) }

    mutating func clear() { faults = [] }

    mutating func wireFault(for call: Call) -> WireFault? {
        guard !faults.isEmpty else { return nil }
        for index in faults.indices where !faults[index].isAboutRows && fits(faults[index], call) {
            guard faults[index].strikes(&random), let action = wireAction(faults[index].action) else { continue }
            let fault = faults[index]
            return WireFault(
                action: action,
                isAfter: fault.isAfter,
                status: fault.status,
                delay: fault.delay,
                isHonest: fault.isHonest,
                error: fault.code.map { SaveError($0, fault.message) }
            )
        }
        return nil
    }

    mutating func rowError(on object: String) -> SaveError? {
        guard !faults.isEmpty else { return nil }
        return strike(.rowError, object).map { SaveError($0.code ?? "UNKNOWN_EXCEPTION", $0.message) }
    }

    mutating func jobFault(on object: String) -> Fault? { strike(.jobFailed, object) }

    mutating func unprocessedRows(on object: String, of count: Int) -> Int {
        strike(.unprocessed, object).map { min($0.rows, count) } ?? 0
    }

    mutating func batchRetry(on object: String) -> Bool { strike(.batchRetry, object) != nil }

    // MARK: - Implementation

    private mutating func strike(_ action: Fault.Action, _ object: String) -> Fault? {
        for index in faults.indices where faults[index].action == action {
            if let wanted = faults[index].object, wanted.lowercased() != object.lowercased() { continue }
            if faults[index].strikes(&random) { return faults[index] }
        }
        return nil
    }

    private func fits(_ fault: Fault, _ call: Call) -> Bool {
        if let method = fault.method, method.uppercased() != call.method { return false }
        if let path = fault.path, !path.isFound(in: call.path) { return false }
        if let object = fault.object {
            let name = object.lowercased()
            let isNamed = call.segments.contains { $0.lowercased() == name }
            guard isNamed || mentions(object, in: call) else { return false }
        }
        return true
    }

    /// Whether a job definition, a record list or a query in the call names the object.
    private func mentions(_ object: String, in call: Call) -> Bool {
        if let query = call.parameter("q") {
            return query.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains {
                $0 == object.lowercased()
            }
        }
        guard call.body.count < 1 << 20 else { return false }
        let text = String(decoding: call.body, as: UTF8.self)
        return text.contains("\"\(object)\"") || text.contains(">\(object)<")
    }

    private func wireAction(_ action: Fault.Action) -> WireFault.Action? {
        switch action {
        case .drop: .drop
        case .delay: .delay
        case .truncate: .truncate
        case .status: .status
        case .reset: .reset
        case .garbage: .garbage
        case .rowError, .jobFailed, .unprocessed, .batchRetry: nil
        }
    }
}

/// A regular expression, kept as its text and compiled where it is used.
struct CallPattern: Sendable {
    let text: String

    /// Nil when the text is no regular expression.
    init?(_ text: String) {
        guard (try? Regex(text)) != nil else { return nil }
        self.text = text
    }

    func isFound(in path: String) -> Bool {
        // Checked when it was made.
        guard let pattern = try? Regex(text) else { return false }
        return path.contains(pattern)
    }
}
