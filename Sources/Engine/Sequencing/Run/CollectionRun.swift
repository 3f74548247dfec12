internal import Ledger
internal import Pushing
internal import Salesforce
internal import Spool
internal import SyncModel

/// Takes a range of one spool through calls of sObject collections; results have the places of the rows.
struct CollectionRun: Sendable {
    let delivery: ChangeDelivery
    let ready: ReadySpool
    /// Told when Salesforce has too many requests at a time.
    let gauge: PressureGauge?

    static let kind = "rest-call"

    private var context: RunContext { delivery.context }
    private var client: SalesforceClient { delivery.client }

    /// Stores the intent and sends the rows; what is thrown is what a `DeliveryRoute` throws.
    func run(_ rows: Range<Int>) async throws -> (intent: Intent, fates: RowFates) {
        let intent = try await context.ledger.begin(
            context.intent(Self.kind, of: ready, rows, by: delivery.sync),
            at: context.clock.now
        )
        CrashPoint.reached("call-intended")
        do {
            return (intent, try await fates(of: rows, since: intent, mayHaveBeenSent: false))
        } catch let error as SalesforceError where error.wasSent == .no {
            // Refused as a whole: nothing was written.
            try await context.ledger.settle(intent, at: context.clock.now)
            throw error
        } catch let old as PlanIsOld {
            try await context.ledger.settle(intent, at: context.clock.now)
            throw old
        }
    }

    /// Sends the rows, halves what is refused as a whole, and clears up what a lost answer has left in doubt.
    ///
    /// `mayHaveBeenSent`: an earlier sending of the same intent has no answer.
    func fates(of rows: Range<Int>, since intent: Intent, mayHaveBeenSent: Bool) async throws -> RowFates {
        var fates = RowFates(sent: rows.count)
        var doubt = mayHaveBeenSent ? Set(0..<rows.count) : []
        var machine = CollectionMachine(rows: rows.count, rule: ResendRule(ready.operation))
        var action = machine.start()
        var last: SalesforceError?
        while true {
            switch action {
            case .send(let part, let pause):
                if try await context.signal.wait(pause, on: context.clock, patience: .drain) {
                    throw StoppedOnRequest()
                }
                do {
                    let range = rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound
                    let results = try await call(range) {
                        doubt.formUnion(part)
                    } isOld: {
                        // Only sending it again can tell of a create without an answer whether it is there.
                        guard ready.operation != .insert || doubt.allSatisfy(fates.isKnown) else { return false }
                        return await delivery.worker.isOld
                    }
                    CrashPoint.reached("call-answered")
                    for (place, result) in zip(part, results) { take(result, at: place, &fates) }
                    action = machine.answered()
                } catch let stop as StoppedOnRequest {
                    // Creates without an answer are cleared up by recovery, from the intent.
                    if context.signal.request == .shutdown || ready.operation == .insert && !doubt.isEmpty {
                        throw stop
                    }
                    // A window that ends the run, or who waited for one too long: what was not sent is left.
                    _ = machine.drain()
                    let stopped = CallFailure(retryClass: .transient, code: "stopped", mayHaveActed: false)
                    action = machine.failed(stopped, randomness: 0)
                } catch let old as PlanIsOld {
                    guard fates.knowsAny else { throw old }
                    // Rows of the call that have their answer are recorded; the others are looked at anew.
                    fates.isOld = true
                    _ = machine.drain()
                    let stopped = CallFailure(retryClass: .transient, code: "stopped", mayHaveActed: false)
                    action = machine.failed(stopped, randomness: 0)
                } catch let error as SalesforceError {
                    last = error
                    action = machine.failed(CallFailure(error), randomness: .random(in: 0..<1))
                }
            case .refuse(let part, let code):
                for place in part { fates.failures[place] = RowFault(code: code, message: last?.message ?? code) }
                action = machine.noted()
            case .leaveInDoubt(let part):
                fates.open += part
                action = machine.noted()
            case .leaveUnsent(let parts, let code):
                // What stops the whole step is thrown as it came, unless rows were written that must be recorded.
                if !fates.knowsAny, var last {
                    // An earlier sending may have arrived, whatever the last one met: the intent stays open.
                    if !doubt.isEmpty { last.wasSent = .unknown }
                    throw last
                }
                for part in parts { fates.unprocessed += part }
                fates.cause = last.map { "\($0)" } ?? code
                action = .end
            case .end:
                if !doubt.isEmpty, ready.operation == .insert {
                    try await DoubtfulCreates(delivery: delivery, ready: ready, rows: rows, intent: intent)
                        .clearUp(doubt, &fates)
                }
                return fates
            }
        }
    }

    // MARK: - Implementation

    /// One call; waits while a window is open, or Salesforce is not reached.
    ///
    /// `isInDoubt` hears that an answer was lost; `isOld` is asked when a window kept the rows.
    ///
    /// - Throws: `StoppedOnRequest` when the run is to end before the call; `PlanIsOld`.
    private func call(
        _ range: Range<Int>,
        isInDoubt: () -> Void,
        isOld: () async -> Bool
    ) async throws -> [SaveResult] {
        let options = RecordOptions(
            assignmentRule: delivery.sync.assignmentRule(of: ready.object, ready.operation)
                .map { .rule(id: $0) } ?? .none,
            allowDuplicates: delivery.sync.headers.allowDuplicates
        )
        let body = try body(range)
        let answer: Result<[SaveResult], SalesforceError> = try await context.writing(delivery.sync, isOld: isOld) {
            do {
                return .success(try await results(range, body, options))
            } catch let error as SalesforceError {
                if error.wasSent == .unknown {
                    isInDoubt()
                    // An event that may have been published is never published again.
                    if ready.operation == .publish { return .failure(error) }
                }
                if let cause = PressureCause(code: error.code, message: error.message) {
                    await gauge?.felt(cause, api: .rest)
                } else if error.status == 503 {
                    await gauge?.felt(.requests, api: .rest)
                }
                throw error
            }
        }
        return try answer.get()
    }

    private func results(
        _ range: Range<Int>,
        _ body: CollectionBody,
        _ options: RecordOptions
    ) async throws -> [SaveResult] {
        switch ready.operation {
        case .insert, .publish: try await client.insertCollection(body, options: options)
        case .update, .clear, .merge: try await client.updateCollection(body, options: options)
        case .upsert:
            try await client.upsertCollection(
                ready.object,
                field: delivery.sync.match?.field ?? "Id",
                body,
                options: options
            )
        case .delete: try await client.deleteCollection(ids: try ids(range))
        }
    }

    private func body(_ range: Range<Int>) throws -> CollectionBody {
        if ready.operation == .delete { return CollectionBody() }
        var body = CollectionBody(capacity: try ready.spool.payloadBytes(range))
        var payload: [UInt8] = []
        for row in range {
            try ready.spool.payload(row, into: &payload)
            body.append(payload)
        }
        return body
    }

    private func ids(_ range: Range<Int>) throws -> [String] {
        var payload: [UInt8] = []
        return try range.map { row in
            try ready.spool.payload(row, into: &payload)
            return String(decoding: payload, as: UTF8.self)
        }
    }

    private func take(_ result: SaveResult, at place: Int, _ fates: inout RowFates) {
        guard result.success else {
            let fault = result.errors.first
            fates.failures[place] = RowFault(
                code: fault?.statusCode ?? "UNKNOWN_EXCEPTION",
                message: result.errors.map(\.words).joined(separator: "; "),
                fields: result.errors.flatMap(\.fields)
            )
            return
        }
        fates.accept(place)
        if result.created ?? false { fates.created += 1 }
    }
}

extension SaveResult.Fault {
    /// The message, with the duplicate rule that fired and what it found, which only REST tells.
    fileprivate var words: String {
        guard let duplicateRule else { return message }
        let found = duplicateRule.matchedRecordIDs
        let records = found.isEmpty ? "" : ": \(duplicateRule.object) \(found.joined(separator: ", "))"
        return "\(message) (duplicate rule \(duplicateRule.rule)\(records))"
    }
}
