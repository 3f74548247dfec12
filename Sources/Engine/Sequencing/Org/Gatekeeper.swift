package import CivilTime
package import Gating
package import Ledger
internal import Logging
package import Salesforce
package import SyncModel
internal import Synchronization

/// Asks the gate before a step writes and before every batch, and waits while it is closed.
package final class Gatekeeper: Sendable {
    struct State {
        var gate = Gate(windows: [])
        var definitions = DefinitionSet()
        var zone = TimeZoneRules.utc
        /// By destination: `timezone: org`.
        var orgZones: [String: String] = [:]
        /// Read once; who changes one says so.
        var holds: [Hold]?
        /// How often somebody said so: what was read before is not kept.
        var holdChanges = 0
        var watches: [String: OrgWatch] = [:]
        var waiting: [RunID: Timestamp] = [:]
        /// Since when a window has been seen closed for a run that pushes.
        var closedSince: [ClosedWindow: Timestamp] = [:]
        var overruns: Set<ClosedWindow> = []
        /// When the automation of an object was read, by destination and object.
        var newsReadAt: [String: Timestamp] = [:]
        /// What was said of an org, once.
        var said: Set<String> = []
    }

    struct ClosedWindow: Hashable {
        var run: RunID
        var window: String
    }

    let ledger: Ledger
    let clock: EngineClock
    /// Lit when the answer may be another one: a reload, a hold.
    let changed = Beacon()
    let state = Mutex(State())
    private let zones = TimeZoneDatabase()

    package init(ledger: Ledger, clock: EngineClock) {
        self.ledger = ledger
        self.clock = clock
    }

    /// Takes the windows of new definitions.
    ///
    /// - Throws: `EngineError` that names the window which can't be used.
    package func renew(_ definitions: DefinitionSet) throws {
        zones.forget()
        try rebuild(definitions, state.withLock(\.orgZones))
        changed.light()
    }

    /// A hold was added or has ended.
    package func holdsChanged() {
        state.withLock { state in
            state.holds = nil
            state.holdChanges += 1
        }
        changed.light()
    }

    /// Takes from the state what is known of the orgs' time zones.
    package func remember() async throws {
        for destination in state.withLock(\.definitions).destinations.keys {
            guard let zone = try await ledger.value("zone:\(destination)") else { continue }
            try learn(zone: zone, of: destination)
        }
    }

    /// Until when a run waits, where that is known.
    package func closedUntil(_ run: RunID) -> Timestamp? { state.withLock { $0.waiting[run] } }

    /// Everything that closes a gate, by the names under which it may be overridden.
    func names(of definitions: DefinitionSet) async throws -> [String] {
        let gate = try await current()
        return gate.windowNames + gate.holds.map(\.id) + Set(gate.discovered.map(\.name)).sorted()
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

    /// The windows that were found in the orgs at the last look.
    package func discovered() async -> [FoundWindow] {
        var found: [FoundWindow] = []
        for watch in state.withLock(\.watches).values {
            for window in await watch.latest.work.windows {
                found.append(
                    FoundWindow(
                        name: window.name,
                        destination: window.destination,
                        objects: window.objects,
                        from: window.from,
                        until: window.until,
                        reason: window.reason
                    )
                )
            }
        }
        return found.sorted { ($0.name, $0.from.microseconds) < ($1.name, $1.from.microseconds) }
    }

    /// A window found in an org.
    package struct FoundWindow: Sendable {
        package var name: String
        package var destination: String
        package var objects: [String]
        package var from: Timestamp
        package var until: Timestamp?
        package var reason: String?
    }

    /// The org's limits by Salesforce's names: the reading that the quota goes by, made now.
    ///
    /// - Throws: `SalesforceError`.
    package func limits(
        of destination: DestinationDefinition,
        _ client: SalesforceClient
    ) async throws -> [String: OrgLimit] {
        try await watch(of: destination.name).limits(client)
    }

    /// The zone in whose clock waits are told.
    package var zone: TimeZoneRules { state.withLock(\.zone) }

    /// The gate as it stands now, the orgs' own work as of the last look.
    package func current() async throws -> Gate {
        let now = clock.now
        let holds = try await holds(at: now)
        var gate = state.withLock(\.gate)
        gate.holds = holds.filter { now < $0.until }.map { hold in
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
        for watch in state.withLock({ Array($0.watches.values) }) { gate.discovered += await watch.latest.work.windows }
        return gate
    }

    // MARK: - Implementation

    private func holds(at now: Timestamp) async throws -> [Hold] {
        while true {
            let (known, changes) = state.withLock { ($0.holds, $0.holdChanges) }
            if let known { return known }
            let read = try await ledger.holds(at: now)
            let isCurrent = state.withLock { state in
                guard state.holdChanges == changes else { return false }
                state.holds = read
                return true
            }
            if isCurrent { return read }
        }
    }

    func watch(of destination: String) -> OrgWatch {
        state.withLock { state in
            if let known = state.watches[destination] { return known }
            let watch = OrgWatch(clock: clock)
            state.watches[destination] = watch
            return watch
        }
    }

    /// Whether a window of a destination is in the org's own zone, and nobody knows which that is.
    func lacksZone(of destination: String) -> Bool {
        state.withLock { state in
            state.orgZones[destination] == nil
                && state.definitions.windows.values.contains { $0.destination == destination && $0.timezone == "org" }
        }
    }

    /// Takes an org's time zone, and has its windows read anew when it is another one.
    ///
    /// - Throws: `EngineError` when this host does not know the zone.
    func learn(zone: String, of destination: String) throws {
        let (definitions, known) = state.withLock { ($0.definitions, $0.orgZones) }
        guard known[destination] != zone else { return }
        try rebuild(definitions, known.merging([destination: zone]) { $1 })
        changed.light()
    }

    private func rebuild(_ definitions: DefinitionSet, _ orgZones: [String: String]) throws {
        do {
            let zones = zones
            let lookup: ZoneLookup = { name throws(TimeZoneFault) in try zones.rules(named: name) }
            let gate = try Gate(
                definitions.windows.values,
                orgZones: try orgZones.mapValues { try zones.rules(named: $0) },
                defaultZone: definitions.settings.timezone,
                zones: lookup
            )
            let zone = try definitions.settings.timezone.map { try zones.rules(named: $0) } ?? .utc
            state.withLock {
                $0.gate = gate
                $0.zone = zone
                $0.definitions = definitions
                $0.orgZones = orgZones
            }
        } catch {
            throw EngineError(code: .state, subject: "quiet windows", detail: "\(error)")
        }
    }
}
