package import SyncModel

/// What Salesforce complains of, when it is too much for it.
package enum PressureCause: String, Sendable, Codable, CaseIterable {
    /// UNABLE_TO_LOCK_ROW, TooManyLockFailure.
    case locks
    /// CPU time, SOQL 101, TOO_MANY_APEX_REQUESTS.
    case apexLimits
    /// A batch took too long.
    case timeout
    /// 503, ConcurrentRequests.
    case requests
}

/// How large and how many at a time, by what was felt: lowered at once, raised slowly.
///
/// What a person wrote is the ceiling. What was learnt is kept for the next run, so it can be stored.
package struct Pressure: Sendable, Equatable, Codable {
    /// Bulk 2.0 knows neither batch size nor serial mode: it can only be slowed by its jobs.
    package enum Bulk2Pace: String, Sendable, Codable {
        case free
        /// Jobs of at most 10,000 rows, one at a time, in parent order.
        case single
        /// What is left goes by the original API, serial.
        case leave
    }

    package private(set) var size: Int
    package private(set) var parallel: Int
    package private(set) var isSerial: Bool
    package private(set) var bulk2: Bulk2Pace
    /// Requests in flight.
    package private(set) var requests: Int

    package private(set) var sizeCeiling: Int
    package private(set) var parallelCeiling: Int
    package private(set) var requestsCeiling: Int
    private let isAdaptive: Bool
    private var isSerialByOrder: Bool
    private var calm = 0
    /// So many batches without a complaint the next step up takes: doubled whenever the last one was too much.
    private var patience = Pressure.calmBatches
    /// Something was raised since the last complaint.
    private var hasRaised = false

    /// So many batches without a complaint raise what is lowest by one step, to begin with.
    package static let calmBatches = 10
    private static let mostPatience = 320
    /// Rows of a transaction in Bulk, whatever the batch (reference 03-bulk-v1, 5).
    package static let transactionRows = 200
    package static let smallestSize = 10
    /// Rows of a Bulk 2.0 job that goes alone.
    package static let singleJobRows = 10_000

    package init(_ batch: SyncDefinition.Batch, concurrentRequests: Int = 20) {
        size = max(batch.size, 1)
        parallel = batch.serial ? 1 : max(batch.parallel, 1)
        isSerial = batch.serial
        bulk2 = .free
        requests = max(concurrentRequests, 1)
        sizeCeiling = size
        parallelCeiling = max(batch.parallel, 1)
        requestsCeiling = requests
        isAdaptive = batch.adaptive
        isSerialByOrder = batch.serial
    }

    /// Takes over what an earlier run has learnt, under what is written now.
    ///
    /// That run may have been of another sync: what was written for that one was not learnt.
    package mutating func resume(_ learnt: Pressure) {
        guard isAdaptive else { return }
        if learnt.isSizeLearnt { size = min(learnt.size, sizeCeiling) }
        if learnt.isParallelLearnt {
            parallel = min(learnt.parallel, parallelCeiling)
            isSerial = isSerialByOrder || learnt.isSerial
        }
        if isSerial { parallel = 1 }
        // A step back from giving Bulk 2.0 up: each run tries it again, slowly.
        bulk2 = learnt.bulk2 == .free ? .free : .single
        if learnt.areRequestsLearnt { requests = min(learnt.requests, requestsCeiling) }
        patience = learnt.patience
    }

    /// What is kept for the next run, which may be one of another sync: where nothing gave way below what is written for this
    /// one, what was known before stays.
    package func kept(beside known: Pressure) -> Pressure {
        guard isAdaptive else { return known }
        var kept = self
        if !isSizeLearnt, known.isSizeLearnt, size < known.sizeCeiling {
            (kept.size, kept.sizeCeiling) = (max(size, known.size), known.sizeCeiling)
        }
        if !isParallelLearnt, known.isParallelLearnt, isSerialByOrder || parallel < known.parallelCeiling {
            kept.parallel = isSerialByOrder ? known.parallel : max(parallel, known.parallel)
            kept.isSerial = isSerialByOrder ? known.isSerial : false
            (kept.parallelCeiling, kept.isSerialByOrder) = (known.parallelCeiling, false)
        }
        return kept
    }

    /// Locks were felt lately: `auto` takes the original API.
    package var isUnderLockPressure: Bool {
        bulk2 == .leave || !isSerialByOrder && (isSerial || parallel <= parallelCeiling / 4)
    }

    /// Salesforce complained about a batch that went by this API; true when something gave way.
    @discardableResult
    package mutating func felt(_ cause: PressureCause, api: PushAPI) -> Bool {
        calm = 0
        guard isAdaptive else { return false }
        if hasRaised { (hasRaised, patience) = (false, min(patience * 2, Self.mostPatience)) }
        let before = self
        switch cause {
        case .locks:
            if api == .bulk2 {
                bulk2 = bulk2 == .free ? .single : .leave
                if bulk2 == .leave { (isSerial, parallel) = (true, 1) }
            } else {
                relieveLocks()
            }
        case .apexLimits: size = size > Self.transactionRows / 2 ? Self.transactionRows / 2 : max(size / 2, floor)
        case .timeout: size = max(size / 2, floor)
        case .requests: requests = max(requests / 2, 1)
        }
        return self != before
    }

    /// A batch went without a complaint.
    ///
    /// Returns whether something was raised.
    @discardableResult
    package mutating func succeeded() -> Bool {
        guard isAdaptive else { return false }
        calm += 1
        guard calm >= patience else { return false }
        calm = 0
        // The last step up has held.
        if hasRaised { patience = max(patience / 2, Self.calmBatches) }
        // In the reverse order of giving way.
        if requests < requestsCeiling {
            requests = min(requests + max(requests / 2, 1), requestsCeiling)
        } else if size < sizeCeiling {
            size = min(size * 2, sizeCeiling)
        } else if isSerial, !isSerialByOrder {
            isSerial = false
            parallel = min(2, parallelCeiling)
        } else if !isSerial, parallel < parallelCeiling {
            parallel = min(parallel * 2 + (parallel == 2 ? 1 : 0), parallelCeiling)
        } else if bulk2 != .free {
            bulk2 = bulk2 == .leave ? .single : .free
        } else {
            return false
        }
        hasRaised = true
        return true
    }

    // MARK: - Implementation

    private var isSizeLearnt: Bool { size < sizeCeiling }
    private var isParallelLearnt: Bool { !isSerialByOrder && (isSerial || parallel < parallelCeiling) }
    private var areRequestsLearnt: Bool { requests < requestsCeiling }

    /// Nothing is made smaller than this, nor larger than it was.
    private var floor: Int { min(Self.smallestSize, sizeCeiling) }

    /// Fewer at a time first (10, 5, 2, serial), then smaller.
    private mutating func relieveLocks() {
        if isSerial {
            size = max(size / 2, floor)
        } else if parallel > 2 {
            parallel /= 2
        } else {
            parallel = 1
            isSerial = true
        }
    }
}
