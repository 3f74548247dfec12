import CivilTime
import Foundation
import Ledger
import SalesforceEmulator
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// A clock that goes on by itself and that a test may set.
final class SteeredClock: Sendable {
    /// It stands still where there is no instant since when it goes.
    private let state: Mutex<(base: Timestamp, since: ContinuousClock.Instant?)>

    init(_ time: Timestamp, isStill: Bool = false) {
        state = Mutex((time, isStill ? nil : .now))
    }

    var now: Timestamp {
        state.withLock { state in
            state.since.map { state.base + .microseconds($0.duration(to: .now).wholeMicroseconds) } ?? state.base
        }
    }

    func set(_ time: Timestamp) { state.withLock { $0 = (time, .now) } }

    /// Stands still until it is set.
    func stop() {
        let time = now
        state.withLock { $0 = (time, nil) }
    }

    var engine: EngineClock { EngineClock(rate: 1) { self.now } }
}

/// The belt with two ordinary syncs, a timekeeper and a clock of its own.
struct TimedBelt: Sendable {
    let belt: Belt
    let timekeeper: Timekeeper
    let clock: SteeredClock

    var conductor: Conductor { belt.conductor }
    var ledger: Ledger { belt.ledger }

    /// By Bulk API 2.0, whose jobs take a while: what happens meanwhile is what is looked at.
    static let accounts = byJobs(of("accounts", "Account", "Name"))
    static let contacts = byJobs(of("contacts", "Contact", "LastName"))

    private static func of(_ name: String, _ object: String, _ field: String) -> SyncDefinition {
        SyncDefinition.of(
            name,
            into: .object(object),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: [field: "name"]
        )
    }

    private static func byJobs(_ sync: SyncDefinition) -> SyncDefinition {
        var sync = sync
        sync.api = .bulk2
        return sync
    }
    /// Lends it; `change` puts the definitions right before anything runs.
    static func with(
        _ syncs: [SyncDefinition] = [accounts, contacts],
        org: String? = nil,
        at time: Timestamp? = nil,
        schedules: Bool = false,
        hookLimit: Duration = .seconds(30),
        _ change: @escaping @Sendable (inout DefinitionSet) -> Void = { _ in },
        _ body: @escaping @Sendable (TimedBelt) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder.current
        var options = EmulatorOptions()
        options.org = org
        try await withEmulator(options) { address in
            // Schedules are worked out before time begins, however slow this machine is.
            let clock = SteeredClock(time ?? EngineClock.system.now, isStill: schedules)
            var definitions = Belt.definitions(
                syncs,
                Dictionary(uniqueKeysWithValues: syncs.map { ($0.model, ["id"]) }),
                address.baseURL,
                folder
            )
            change(&definitions)
            let ledger = try Ledger(folder: folder.path)
            let conductor = try Conductor(
                definitions: definitions,
                parts: Conductor.Parts(
                    ledger: ledger,
                    stateFolder: folder.path("state"),
                    clock: clock.engine,
                    secrets: SecretAccess { _ in "" }
                )
            )
            let belt = Belt(conductor: conductor, ledger: ledger, address: address.baseURL, folder: folder)
            let timed = TimedBelt(belt: belt, timekeeper: Timekeeper(conductor: conductor), clock: clock)
            try await conductor.takeUpOpenRuns()
            if schedules {
                try await timed.timekeeper.ready()
                clock.set(time ?? EngineClock.system.now)
            }
            if time != nil { try await timed.setOrgClock() }
            let notifier = Notifier(conductor: conductor, limit: hookLimit)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await conductor.run() }
                group.addTask { try await notifier.run() }
                if schedules { group.addTask { try await timed.timekeeper.run() } }
                do {
                    try await body(timed)
                } catch {
                    await conductor.close()
                    throw error
                }
                await conductor.close()
                conductor.parts.events.finish()
                group.cancelAll()
                do {
                    while try await group.next() != nil {}
                } catch is CancellationError {
                    // Ours.
                }
            }
        }
    }

    /// Sets both clocks, and has everybody who waits look at them.
    func set(_ time: Timestamp) async throws {
        clock.set(time)
        try await setOrgClock()
        conductor.gates.holdsChanged()
    }

    /// Sets the org's clock to ours.
    func setOrgClock() async throws {
        try await belt.admin("POST", "clock", "{\"set\":\"\(clock.now.rfc3339)\"}")
    }

    func rows(_ model: String, _ count: Int, name: String = "Name") throws {
        let rows = (1...max(count, 1)).prefix(count).map { "\(model)-\($0),\(name) \($0)" }
        try belt.rows(model, (["id,name"] + rows).joined(separator: "\n") + "\n")
    }

    /// Starts the sequence and does not wait.
    func start(_ request: StartRequest = StartRequest(), _ sequence: String = "all") async throws -> RunRecord {
        try await conductor.start(sequence, request: request, trigger: .manual).run
    }

    /// The run as soon as it is so.
    func run(_ id: RunID, when isSo: @Sendable (RunRecord) -> Bool) async throws -> RunRecord {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let run = try await conductor.run(id) {
                if isSo(run) { return run }
                if run.state.hasEnded || .now > deadline { throw Unlike(run: run) }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func end(of id: RunID) async throws -> RunRecord { try await run(id) { $0.state.hasEnded } }

    struct Unlike: Error { var run: RunRecord }

    /// Holds objects for a time, from now on.
    @discardableResult
    func hold(_ objects: [String], for span: Duration, running: WindowBehaviour = .pause) async throws -> String {
        let now = clock.now
        let hold = Hold(
            id: "hold-\(now.microseconds)",
            destination: "org",
            objects: objects,
            from: now,
            until: now + span,
            reason: "deploy",
            actor: Actor(uid: 0, name: "root"),
            running: running
        )
        try await conductor.store(hold, LedgerEvent(time: now, kind: "hold-added", reason: hold.id))
        return hold.id
    }

    func endHold(_ id: String) async throws {
        guard var hold = try await ledger.holds(at: clock.now).first(where: { $0.id == id }) else { return }
        hold.until = clock.now
        try await conductor.store(hold, LedgerEvent(time: clock.now, kind: "hold-ended", reason: id))
    }

    /// Calls that bring rows or steer a job, those of sign-ins and questions left out.
    func writes() async throws -> [(method: String, path: String)] {
        try await belt.admin("GET", "calls?after=0").array?.compactMap { call in
            guard let method = call.object?["method"]?.string, let path = call.object?["path"]?.string, method != "GET",
                !path.contains("/oauth2/"), !path.contains("/composite")
            else { return nil }
            return (method, path)
        } ?? []
    }

    func events(_ kind: String) async throws -> [LedgerEvent] {
        try await ledger.events(after: 0, limit: 100_000).filter { $0.kind == kind }
    }

    func elapse(_ sequence: String = "all", at time: Timestamp) -> Conductor.Elapse {
        .init(
            sequence: sequence,
            occurrence: Occurrence(instant: time, localTime: time.rfc3339),
            fate: .starts(.schedule)
        )
    }
}
