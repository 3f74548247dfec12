package import CivilTime
internal import Gating
package import Ledger
package import SyncModel
internal import Synchronization

/// Asks the gate before a step writes and before every batch, and waits while it is closed.
package final class Gatekeeper: Sendable {
    private struct State {
        var gate = Gate(windows: [])
        var zone = TimeZoneRules.utc
        var generation = 0
        var waiting: [RunID: Timestamp] = [:]
    }

    private let ledger: Ledger
    private let clock: EngineClock
    private let zones = TimeZoneDatabase()
    private let state = Mutex(State())

    package init(ledger: Ledger, clock: EngineClock) {
        self.ledger = ledger
        self.clock = clock
    }

    /// Takes the windows of new definitions.
    ///
    /// - Throws: `EngineError` that names the window which can't be used.
    package func renew(_ definitions: DefinitionSet) throws {
        zones.forget()
        do {
            let zones = zones
            let lookup: ZoneLookup = { name throws(TimeZoneFault) in try zones.rules(named: name) }
            let gate = try Gate(
                definitions.windows.values,
                orgZones: [:],
                defaultZone: definitions.settings.timezone,
                zones: lookup
            )
            let zone = try definitions.settings.timezone.map { try zones.rules(named: $0) } ?? .utc
            state.withLock {
                $0.gate = gate
                $0.zone = zone
            }
        } catch {
            throw EngineError(code: .state, subject: "quiet windows", detail: "\(error)")
        }
    }

    /// Until when a run waits, where that is known.
    package func closedUntil(_ run: RunID) -> Timestamp? { state.withLock { $0.waiting[run] } }

    /// Everything that closes a gate, by the names under which it may be overridden.
    func names(of definitions: DefinitionSet) async throws -> [String] {
        let gate = try await current()
        return gate.windows.keys.sorted() + gate.holds.map(\.id) + Set(gate.discovered.map(\.name)).sorted()
    }

    /// What is closed at a moment, of one destination or of all.
    package func closures(
        of definitions: DefinitionSet,
        at time: Timestamp
    ) async throws -> [(destination: String, closure: Closure)] {
        let gate = try await current()
        return definitions.destinations.keys.sorted().flatMap { destination in
            let objects = Set(
                definitions.syncs.values.filter { $0.destination == destination }.flatMap(\.objects)
                    + definitions.windows.values.filter { $0.destination == destination }.flatMap { $0.objects ?? [] }
            )
            let question = GateQuestion(destination: destination, objects: objects.sorted(), phase: .pushing)
            guard case .closed(let closures) = gate.clearance(for: question, at: time) else {
                return [(String, Closure)]()
            }
            return closures.map { (destination, $0) }
        }
    }

    /// Waits until the gate is open for the objects of these syncs.
    ///
    /// - Returns: false when the run was asked to stop meanwhile, or waited longer than its `max_wait`.
    package func waitUntilOpen(for syncs: [SyncDefinition], isPushing: Bool, _ context: RunContext) async throws -> Bool
    {
        let begun = clock.now
        var hasWaited = false
        defer { state.withLock { $0.waiting[context.runID] = nil } }
        while !context.signal.isAsked {
            let gate = try await current()
            let closures = Self.closures(gate, syncs, isPushing: isPushing, context, clock.now)
            guard let first = closures.first else {
                if hasWaited { try await context.book.happened(.cleared) }
                return true
            }
            let reason = closures.map { $0.words(at: clock.now, in: state.withLock(\.zone)) }.joined(separator: "; ")
            if first.running == .drain && isPushing {
                context.signal.ask(.drain, reason: "window: \(reason)")
                return false
            }
            hasWaited = true
            state.withLock { $0.waiting[context.runID] = closures.compactMap(\.until).max() }
            try await context.book.happened(.blocked, reason: reason)
            for sync in syncs { try await context.book.step(sync.name, is: .waiting, reason: reason) }
            if clock.now - begun >= context.sequence.maxWait {
                context.signal.ask(.drain, reason: "window: waited longer than max_wait for \(reason)")
                return false
            }
            // Again when it ends, and at the latest after some seconds: a hold may be ended by hand.
            let end = closures.compactMap(\.until).max().map { $0 - clock.now } ?? .seconds(5)
            if try await context.signal.wait(min(max(end, .milliseconds(10)), .seconds(5)), on: clock) { return false }
        }
        return false
    }

    // MARK: - Implementation

    private func current() async throws -> Gate {
        let holds = try await ledger.holds(at: clock.now).map { hold in
            GateHold(
                id: hold.id,
                destination: hold.destination,
                objects: hold.objects,
                from: hold.from,
                until: hold.until,
                reason: hold.reason,
                askedBy: hold.actor?.name,
                running: hold.running
            )
        }
        return state.withLock { state in
            state.gate.holds = holds
            return state.gate
        }
    }

    private static func closures(
        _ gate: Gate,
        _ syncs: [SyncDefinition],
        isPushing: Bool,
        _ context: RunContext,
        _ now: Timestamp
    ) -> [Closure] {
        let override = Set([context.overriddenWindow].compactMap(\.self))
        return Dictionary(grouping: syncs, by: \.destination).sorted { $0.key < $1.key }.flatMap { destination, syncs in
            let question = GateQuestion(
                destination: destination,
                objects: syncs.flatMap(\.objects),
                phase: isPushing ? .pushing : .beginning(expected: nil),
                overridden: override
            )
            guard case .closed(let closures) = gate.clearance(for: question, at: now) else { return [Closure]() }
            return closures
        }
    }
}
