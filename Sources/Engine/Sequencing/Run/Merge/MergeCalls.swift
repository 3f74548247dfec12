internal import CivilTime
internal import Fingerprinting
internal import Foundation
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// One child that is to be merged, as it lies in the spool until it is known to be.
struct MergeStep: Codable, Sendable, Equatable {
    var parentKey: String
    var parentID: String
    var victimID: String
    /// What is written to the parent in the same step, of a group's first two children; nil in it clears.
    var fields: [String: String?]
}

/// Sends merges, up to 200 requests of two a call, and finds out what became of each.
struct MergeCalls: Sendable {
    let delivery: ChangeDelivery
    let object: String

    static let kind = "merge"

    private var context: RunContext { delivery.context }
    private var client: SalesforceClient { delivery.client }

    /// Sends the children of a spool, call by call.
    func send(_ ready: ReadySpool) async throws {
        for rows in try cut(ready) {
            switch try await context.gates.passage(for: [delivery.sync], isPushing: true, context) {
            case .stopped: throw StoppedOnRequest()
            case .open: break
            case .openedMeanwhile: try await delivery.worker.checkAge()
            }
            if context.signal.isAsked { throw StoppedOnRequest() }
            let intent = try await context.ledger.begin(
                context.intent(Self.kind, .merge, of: ready, rows, by: delivery.sync),
                at: context.clock.now
            )
            CrashPoint.reached("merge-intended")
            try await settle(intent, ready)
        }
    }

    /// Sends what an intent names, again if it may have been sent, and records what became of it.
    ///
    /// - Throws: `PlanIsOld` when a window has kept what is left of it too long; what is known of the rest is recorded.
    func settle(_ intent: Intent, _ ready: ReadySpool) async throws {
        let rows = intent.firstRow..<intent.firstRow + intent.rowCount
        let steps = try rows.map { try step($0, ready) }
        let found: Merged
        do {
            found = try await merge(steps)
        } catch let old as PlanIsOld {
            try await context.ledger.settle(intent, at: context.clock.now)
            throw old
        }
        let fates = found.fates
        try fates.check()
        CrashPoint.reached("merge-sent")
        var merged: [MergedRow] = []
        for (place, step) in steps.enumerated() where fates.isAccepted(place) && !found.gone.contains(place) {
            merged.append(
                MergedRow(
                    sync: delivery.sync.name,
                    key: try ready.spool.record(rows.lowerBound + place).key,
                    parentKey: step.parentKey,
                    parentID: step.parentID,
                    victimID: step.victimID,
                    run: intent.run
                )
            )
        }
        try await context.ledger.remember(merged: merged)
        try await record(intent, ready, steps, fates)
        if fates.isOld { throw PlanIsOld() }
    }

    /// Writes children to a spool in the order in which they are sent.
    func spool(_ children: [(row: MergeRow, step: MergeStep)]) async throws -> ReadySpool {
        let folder = context.spoolFolder(context.runID)
        let name = "\(delivery.sync.name)-merges-\(context.clock.now.microseconds)"
        let fieldCount = delivery.sync.fieldNames.count
        let object = object
        return try await BlockingThread.run(named: "spool-merges") {
            let writer = try PayloadSpoolWriter(path: folder + "/" + name, fieldCount: fieldCount)
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            for child in children {
                let record = PayloadRecord(
                    key: child.row.key,
                    raw: child.row.raw,
                    shaped: MergeRow.childPrint,
                    fields: [UInt16](repeating: 0, count: fieldCount)
                )
                _ = try writer.append(
                    record,
                    payload: Array(try encoder.encode(child.step)),
                    keyText: child.row.keyText,
                    matchText: child.row.match
                )
            }
            _ = try writer.finish()
            let ready = ReadySpool(
                name: name,
                spool: try PayloadSpool(path: folder + "/" + name),
                object: object,
                operation: .merge,
                header: [],
                columns: [],
                resultKey: .wholeRow
            )
            try ready.keepManifest(in: folder)
            return ready
        }
    }

    // MARK: - Implementation

    /// What became of the children of a call.
    private struct Merged {
        var fates: RowFates
        /// Accepted, since there is nothing left to merge.
        var gone: Set<Int> = []
    }

    private func step(_ row: Int, _ ready: ReadySpool) throws -> MergeStep {
        var payload: [UInt8] = []
        try ready.spool.payload(row, into: &payload)
        return try JSONDecoder().decode(MergeStep.self, from: Data(payload))
    }

    /// Ranges of rows that make at most 200 requests each; children of one parent that go together stay together.
    private func cut(_ ready: ReadySpool) throws -> [Range<Int>] {
        var cuts: [Range<Int>] = []
        var first = 0
        var requests = 0
        var inRequest = 0
        var master = ""
        for row in 0..<ready.spool.count {
            let parent = try step(row, ready).parentID
            if parent != master || inRequest == 2 {
                if requests == SalesforceClient.mostMerges {
                    cuts.append(first..<row)
                    (first, requests) = (row, 0)
                }
                (master, inRequest) = (parent, 0)
                requests += 1
            }
            inRequest += 1
        }
        if first < ready.spool.count { cuts.append(first..<ready.spool.count) }
        return cuts
    }

    /// The requests that children make, and which children each is about.
    private func requests(_ places: [Int], _ steps: [MergeStep]) -> [(request: MergeRequest, places: [Int])] {
        var requests: [(request: MergeRequest, places: [Int])] = []
        for place in places {
            let step = steps[place]
            let fields = step.fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            if let last = requests.last, last.request.masterID == step.parentID, last.places.count == 1 {
                requests[requests.count - 1].request.victimIDs.append(step.victimID)
                requests[requests.count - 1].places.append(place)
                if last.request.fields.isEmpty { requests[requests.count - 1].request.fields = fields }
            } else {
                let request = MergeRequest(
                    object: object,
                    masterID: step.parentID,
                    fields: fields,
                    victimIDs: [step.victimID]
                )
                requests.append((request, [place]))
            }
        }
        return requests
    }

    /// Merges, and again what failed for a cause that may pass, until each child's fate is known.
    ///
    /// - Throws: `PlanIsOld`, when a window has kept all of them until their plan was old.
    private func merge(_ steps: [MergeStep]) async throws -> Merged {
        var merged = Merged(fates: RowFates(sent: steps.count))
        var open = Array(steps.indices)
        var attempt = 1
        var isAnswerLost = false
        let isOld: () async -> Bool = { await delivery.worker.isOld }
        while !open.isEmpty {
            let requests = requests(open, steps)
            let results: [MergeResult]
            do {
                results = try await context.writing(delivery.sync, isOld: isOld) {
                    do {
                        return try await client.merge(requests.map(\.request))
                    } catch let error as SalesforceError where error.wasSent == .unknown {
                        isAnswerLost = true
                        throw error
                    }
                }
                isAnswerLost = false
            } catch let old as PlanIsOld {
                // Without an answer some may be merged all the same.
                if isAnswerLost { open = try await alive(open, steps, &merged) }
                guard merged.fates.knowsAny else { throw old }
                merged.fates.unprocessed = open
                merged.fates.isOld = true
                break
            }
            open = []
            var unsure: [(place: Int, fault: RowFault)] = []
            for (request, result) in zip(requests, results) {
                if result.success {
                    for place in request.places { merged.fates.accept(place) }
                    continue
                }
                let error = result.errors.first
                let fault = RowFault(
                    code: error?.statusCode ?? "UNKNOWN_EXCEPTION",
                    message: error?.message ?? "Salesforce gave no reason",
                    fields: error?.fields ?? []
                )
                unsure += request.places.map { ($0, fault) }
            }
            let alive = Set(try await alive(unsure.map(\.place), steps, &merged))
            for (place, fault) in unsure where alive.contains(place) {
                // Its neighbour in the request may have been the cause: once more by itself.
                let isWorthAnother = fault.code == "ENTITY_IS_DELETED" ? attempt == 1 : mayPass(fault, attempt)
                if isWorthAnother { open.append(place) } else { merged.fates.failures[place] = fault }
            }
            attempt += 1
            guard !open.isEmpty else { break }
            if try await context.signal.wait(.seconds(1 << min(attempt, 6)), on: context.clock, patience: .drain) {
                // The intent stays open: recovery sends it again.
                throw StoppedOnRequest()
            }
        }
        return merged
    }

    /// Those of the children whose records are still there; the others are accepted.
    private func alive(_ places: [Int], _ steps: [MergeStep], _ merged: inout Merged) async throws -> [Int] {
        let victims = try await RecordFate.all(of: places.map { steps[$0].victimID }, object, client, context)
        var alive: [Int] = []
        for place in places {
            switch victims[steps[place].victimID] {
            case .deleted(into: let master?) where master == steps[place].parentID:
                merged.fates.accept(place)
            case nil, .deleted:
                // Somebody else deleted or merged it: nothing to merge.
                merged.fates.accept(place)
                merged.gone.insert(place)
            case .alive:
                alive.append(place)
            }
        }
        return alive
    }

    private func mayPass(_ fault: RowFault, _ attempt: Int) -> Bool {
        let decision = RowRetry.decide(
            retryClass: fault.retryClass,
            attempts: attempt,
            retry: delivery.sync.retry,
            codeLimit: fault.codeLimit,
            randomness: 0.5
        )
        switch decision {
        case .again: return true
        case .final, .whenWindowFrees: return false
        }
    }

    private func record(
        _ intent: Intent,
        _ ready: ReadySpool,
        _ steps: [MergeStep],
        _ fates: RowFates
    ) async throws {
        var undelivered: [BatchOutcome.Undelivered] = []
        for (place, fault) in fates.failures.sorted(by: { $0.key < $1.key }) {
            let row = intent.firstRow + place
            undelivered.append(
                .init(
                    key: try ready.spool.record(row).key,
                    row: UndeliveredRow(
                        sync: delivery.sync.name,
                        key: try ready.spool.keyText(row),
                        operation: .merge,
                        state: .rejected,
                        code: fault.code,
                        message: fault.message,
                        fields: fault.fields,
                        values: ["master": steps[place].parentID, "victim": steps[place].victimID]
                    )
                )
            )
        }
        var outcome = BatchOutcome(
            run: intent.run,
            sync: delivery.sync.name,
            intent: intent.number,
            operation: .merge,
            spool: ready.name,
            firstRow: intent.firstRow,
            rowCount: intent.rowCount,
            accepted: fates.accepted,
            job: nil,
            batch: nil,
            undelivered: undelivered
        )
        // Found again when the model is read anew.
        outcome.elsewhere = fates.unprocessed.count
        let left = undelivered
        let merged = fates.acceptedCount
        _ = try await delivery.worker.book.record(outcome) { counts in
            counts.add(left)
            counts.merged += merged
        }
        CrashPoint.reached("outcome-stored")
        try await delivery.worker.countCalls()
        try await delivery.projector.catchUp()
    }
}
