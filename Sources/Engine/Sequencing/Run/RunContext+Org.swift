internal import CivilTime
internal import Ledger
internal import Salesforce
internal import Shaping
internal import SyncModel

extension RunContext {
    /// Asks until Salesforce is reached, the run waiting meanwhile with the reason.
    ///
    /// - Throws: `StoppedOnRequest` when the run is asked to stop before; the error itself when it will not pass, or after
    ///   `max_wait`.
    func reaching<Answer: Sendable>(
        at destination: DestinationDefinition? = nil,
        _ ask: () async throws -> Answer
    ) async throws -> Answer {
        let place = destination.map { " (\($0.name), \($0.loginURL))" } ?? ""
        let begun = clock.now
        var pause = Duration.seconds(1)
        var hasWaited = false
        while true {
            do {
                let answer = try await ask()
                if hasWaited { try await book.happened(.cleared) }
                return answer
            } catch let error as SalesforceError where error.isWorthRetrying && clock.now - begun < patience {
                hasWaited = true
                try await book.happened(.blocked, reason: Self.wait(for: error) + place)
                if try await signal.wait(pause, on: clock) { throw StoppedOnRequest() }
                pause = min(pause * 2, .seconds(60))
            }
        }
    }

    /// What a run waits for that Salesforce has no answer for now.
    static func wait(for error: SalesforceError) -> String {
        guard error.kind == .limit, !error.isConcurrencyLimit else { return "Salesforce not reached: \(error.message)" }
        return "quota api requests: Salesforce says \(error.message) It is asked again until calls of the last 24 h are"
            + " free"
    }

    /// Makes a write request of a step that pushes: only while its gate is open, a repeated one included.
    ///
    /// It waits while a window is open, and while Salesforce is not reached.
    ///
    /// `isOld`: asked after a window, before anything is sent.
    ///
    /// - Throws: `StoppedOnRequest` when the run is to end before the request; `PlanIsOld`; what `reaching` throws.
    func writing<Answer: Sendable>(
        _ sync: SyncDefinition,
        isOld: () async -> Bool = { false },
        _ ask: () async throws -> Answer
    ) async throws -> Answer {
        try await reaching {
            while true {
                guard try await mayWrite(sync, isOld: isOld) else { throw StoppedOnRequest() }
                do {
                    let permit = CallPermit { try await gates.isClear(for: sync, self) }
                    return try await CallPermit.$current.withValue(permit) { try await ask() }
                } catch is CallNotPermitted {
                    // A window has opened while it waited for its turn.
                }
            }
        }
    }

    /// Waits until the gate is open for a step that pushes; false: the run is to end.
    ///
    /// - Throws: `PlanIsOld` when it had to wait and `isOld` says so.
    func mayWrite(_ sync: SyncDefinition, isOld: () async -> Bool = { false }) async throws -> Bool {
        do {
            switch try await gates.passage(for: [sync], isPushing: true, patience: .drain, self) {
            case .stopped: return false
            case .open: return true
            case .openedMeanwhile:
                if await isOld() { throw PlanIsOld() }
                return true
            }
        } catch let error as WaitedTooLong {
            // Something was sent: the run ends as cancelled, once what was sent is accounted for.
            signal.ask(.drain, reason: error.reason)
            return false
        }
    }

    /// Sees to it that a sign-in is to the org whose state this is.
    ///
    /// - Throws: `EngineError` that says what changed and what can be done.
    func checkOrg(_ orgID: String, of sync: SyncDefinition) async throws {
        let key = "org:\(sync.destination)"
        guard let known = try await ledger.value(key) else { return try await ledger.setValue(orgID, for: key) }
        guard known == orgID else {
            throw EngineError(
                code: .identity,
                subject: "destination \(sync.destination)",
                detail: "its state is of org \(known), and it now signs in to org \(orgID)",
                hint:
                    "point the destination to the old org, or take the new one with `sequencectl adopt` or `start --full-resync`"
            )
        }
    }

    /// The fields of an object by which lookups of other syncs into the same destination name its records.
    func namedFields(of object: String, destination: String) -> Set<String> {
        var named: Set<String> = []
        for sync in definitions.syncs.values where sync.destination == destination {
            for mapping in sync.fields + sync.only.values.flatMap(\.self) {
                guard case .lookup(let lookup) = mapping.value, lookup.object.lowercased() == object.lowercased() else {
                    continue
                }
                named.insert(lookup.field)
            }
        }
        return named
    }
}
