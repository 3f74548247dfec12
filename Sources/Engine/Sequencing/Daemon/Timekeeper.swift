package import CivilTime
internal import Foundation
internal import Ledger
internal import Logging
internal import Scheduling
internal import ServiceLifecycle
package import SyncModel

/// Starts sequences when they are due: one wake-up for the next of them, whatever their number.
///
/// It looks again at the latest after a minute, so that a clock that was set, or a host that slept, is noticed.
package actor Timekeeper: Service {
    private let conductor: Conductor
    private let clock: EngineClock
    private let ledger: Ledger
    private nonisolated let bell = Bell()
    private let zones = TimeZoneDatabase()
    private var machines: [String: ScheduleMachine] = [:]
    private var generation = 0
    private var isOver = false

    package init(conductor: Conductor) {
        self.conductor = conductor
        clock = conductor.parts.clock
        ledger = conductor.parts.ledger
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            while !isOver {
                let next = try await pass()
                let now = clock.now
                let longest = now + .seconds(Self.longestSleep * clock.rate)
                await sleep(until: min(next ?? longest, longest))
            }
        } onGracefulShutdown: {
            self.bell.ring()
            Task { await self.end() }
        }
    }

    /// Looks again at once: definitions were reloaded.
    package nonisolated func wake() { bell.ring() }

    /// Stops a sequence's schedule, not its manual starts.
    ///
    /// - Throws: `EngineError` for a sequence that is not there.
    package func pause(_ name: String, until: Timestamp?, reason: String?, actor: Actor?) async throws {
        try await arm()
        guard machines[name] != nil else {
            throw EngineError(code: .unknownName, subject: "sequence \(name)", detail: "")
        }
        machines[name]?.pause(until: until, reason: reason)
        try await store(
            [name],
            LedgerEvent(time: clock.now, kind: "sequence-paused", sequence: name, reason: reason, actor: actor)
        )
        try await tell()
        bell.ring()
    }

    /// Lets a paused sequence's schedule go on; nothing that fell into the pause is made up for.
    ///
    /// - Returns: whether it was paused.
    /// - Throws: `EngineError` for a sequence that is not there.
    package func resume(_ name: String, actor: Actor?) async throws -> Bool {
        try await arm()
        guard machines[name] != nil else {
            throw EngineError(code: .unknownName, subject: "sequence \(name)", detail: "")
        }
        guard machines[name]?.resume(at: clock.now) == true else { return false }
        try await store([name], LedgerEvent(time: clock.now, kind: "sequence-resumed", sequence: name, actor: actor))
        try await tell()
        bell.ring()
        return true
    }

    // MARK: - Implementation

    /// Seconds; the kernel does not wake us when the clock is set.
    private static let longestSleep = 60.0

    private func end() {
        isOver = true
        bell.ring()
    }

    private func sleep(until time: Timestamp) async {
        let span = time - clock.now
        if span <= .zero || isOver { return }
        let clock = clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: span) }  // an early end is as good as being woken
            group.addTask { await self.bell.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Acts on everything that is due.
    ///
    /// - Returns: when to look again; nil: nothing is ever due.
    private func pass() async throws -> Timestamp? {
        try await arm()
        let now = clock.now
        for name in machines.keys.sorted() {
            while let action = machines[name]?.advance(to: now) {
                if case .wait = action { break }
                try await act(action, name, now)
            }
        }
        try await tell()
        return machines.values.compactMap(\.nextDue).min()
    }

    private func act(_ action: ScheduleMachine.Action, _ name: String, _ now: Timestamp) async throws {
        switch action {
        case .wait: break
        case .start(let occurrence, let trigger, let madeUpFor):
            let event = LedgerEvent(
                time: now,
                kind: "elapsed",
                sequence: name,
                reason: madeUpFor > 0 ? "makes up for \(madeUpFor + 1) elapses" : nil
            )
            _ = try await conductor.start(name, trigger: trigger, occurrence: occurrence)
            try await store([name], event)
        case .missed(let occurrence, let count, let reason):
            let words = count > 1 ? "\(count) elapses: \(reason)" : reason
            try await conductor.recordUnstarted(name, occurrence, .missed, "late: \(words)")
            try await store([name], nil)
        case .skipped(let occurrence, let count, let reason):
            let words = count > 1 ? "\(count) elapses: \(reason)" : reason
            try await conductor.recordUnstarted(name, occurrence, .skipped, "paused: \(words)")
            try await store([name], nil)
        case .pauseEnded:
            try await store(
                [name],
                LedgerEvent(time: now, kind: "sequence-resumed", sequence: name, reason: "its pause ended")
            )
        }
    }

    /// Takes the definitions in force; a sequence that is new or has changed is due from now on, never before.
    private func arm() async throws {
        let current = await conductor.generation
        if current == generation { return }
        generation = current
        zones.forget()
        let definitions = await conductor.definitions
        let remembered = try await ledger.timetable()
        var armed: [String: ScheduleMachine] = [:]
        for (name, definition) in definitions.sequences {
            let schedule = try Schedule(
                definition,
                defaultZone: definitions.settings.timezone,
                host: Self.host,
                zones: { name throws(TimeZoneFault) in try self.zones.rules(named: name) }
            )
            if var known = machines[name] {
                known.replace(schedule, at: clock.now)
                armed[name] = known
            } else {
                let memory = remembered[name].flatMap {
                    try? JSONDecoder().decode(ScheduleMemory.self, from: Data($0.memory.utf8))
                }
                armed[name] = ScheduleMachine(schedule, memory: memory, now: clock.now)
            }
        }
        machines = armed
        try await store(Array(armed.keys), nil)
    }

    private func store(_ names: [String], _ event: LedgerEvent?) async throws {
        let entries = try names.compactMap { name in
            try machines[name].map {
                TimetableEntry(
                    sequence: name,
                    memory: String(decoding: try JSONEncoder().encode($0.memory), as: UTF8.self)
                )
            }
        }
        try await ledger.store(entries, events: [event].compactMap(\.self))
        if let event { conductor.parts.events.announce(event, run: nil) }
    }

    private func tell() async throws {
        await conductor.note(
            machines.mapValues { machine in
                SequenceTiming(
                    next: machine.nextDue,
                    last: machine.memory.last?.instant,
                    isPaused: machine.isPaused,
                    pausedReason: machine.memory.pause?.reason,
                    pausedUntil: machine.memory.pause?.until
                )
            }
        )
    }

    /// Identifies this machine, so that a randomized delay stays the same over restarts.
    private static let host: String = {
        // Without the file every host has the same delays, which is all that is lost.
        (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
    }()
}
