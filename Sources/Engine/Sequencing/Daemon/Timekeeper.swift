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
    private nonisolated let bell = Beacon()
    private let zones = TimeZoneDatabase()
    private var machines: [String: ScheduleMachine] = [:]
    /// Runs that failed one after the other, also of sequences that are not paused for it: a reload may change that.
    private var failures: [String: Int] = [:]
    private var generation = 0
    private var isOver = false
    private var watch: ClockWatch
    private var lastPass = ContinuousClock.now

    package init(conductor: Conductor) {
        self.conductor = conductor
        clock = conductor.parts.clock
        ledger = conductor.parts.ledger
        watch = ClockWatch(conductor.parts.clock)
    }

    package func run() async throws {
        await conductor.whenRunsEnd { [weak self] run in await self?.ended(run) }
        await withGracefulShutdownHandler {
            while !isOver && !Task.isCancelled {
                let seen = bell.changes
                let next = await passOrTell()
                let now = clock.now
                let longest = now + .seconds(Self.longestSleep * clock.rate)
                // An early end is as good as being woken.
                if !isOver { try? await clock.wait(min(next ?? longest, longest) - now, beacons: [(bell, seen)]) }
            }
        } onGracefulShutdown: {
            Task { await self.end() }
        }
    }

    /// Works out when everything is due, before anybody is told that the daemon is ready.
    package func ready() async throws {
        try await arm()
        await tell()
    }

    /// Whether it has looked at the clock lately; always, once it was told to end.
    package func isTicking() -> Bool {
        isOver || lastPass.duration(to: .now) < .seconds(Self.longestSleep + 30)
    }

    /// Looks again at once: definitions were reloaded.
    package nonisolated func wake() { bell.light() }

    /// Stops a sequence's schedule, not its manual starts.
    ///
    /// - Throws: `EngineError` for a sequence that is not there.
    package func pause(_ name: String, until: Timestamp?, reason: String?, actor: Actor?) async throws {
        try await arm()
        guard machines[name] != nil else {
            throw EngineError(
                code: .unknownName,
                subject: "sequence \(name)",
                detail: KnownNames.words(machines.keys.sorted(), near: name)
            )
        }
        machines[name]?.pause(until: until, reason: reason)
        try await store(
            [name],
            [LedgerEvent(time: clock.now, kind: "sequence-paused", sequence: name, reason: reason, actor: actor)]
        )
        await tell()
        bell.light()
    }

    /// Lets a paused sequence's schedule go on; nothing that fell into the pause is made up for.
    ///
    /// - Returns: whether it was paused.
    /// - Throws: `EngineError` for a sequence that is not there.
    package func resume(_ name: String, actor: Actor?) async throws -> Bool {
        try await arm()
        guard machines[name] != nil else {
            throw EngineError(
                code: .unknownName,
                subject: "sequence \(name)",
                detail: KnownNames.words(machines.keys.sorted(), near: name)
            )
        }
        guard machines[name]?.resume(at: clock.now) == true else { return false }
        failures[name] = nil
        let event = LedgerEvent(time: clock.now, kind: "sequence-resumed", sequence: name, actor: actor)
        try await store([name], [event])
        await tell()
        bell.light()
        return true
    }

    // MARK: - Implementation

    /// Seconds; the kernel does not wake us when the clock is set.
    private static let longestSleep = 60.0

    /// In a rehearsal a minute may be less than a host with other work needs to wake us: a second of its own is no lateness.
    private var slack: Duration { .seconds(max(60, clock.rate)) }

    private func end() {
        isOver = true
        bell.light()
    }

    /// Acts on everything that is due; what can't be stored has not happened, and is tried again soon.
    private func passOrTell() async -> Timestamp? {
        let before = machines
        do {
            return try await pass()
        } catch {
            machines = before
            Logger.current.error("Schedules can't be kept", metadata: ["error": "\(error)"])
            return clock.now + .seconds(5)
        }
    }

    /// - Returns: when to look again; nil: nothing is ever due.
    private func pass() async throws -> Timestamp? {
        lastPass = .now
        try await arm()
        let now = clock.now
        var events: [LedgerEvent] = []
        if let jump = watch.jump(clock) { events.append(LedgerEvent(time: now, kind: "clock-jumped", reason: jump)) }
        var elapses: [Conductor.Elapse] = []
        var names: [String] = []
        for name in machines.keys.sorted() {
            let known = elapses.count + events.count
            while let action = machines[name]?.advance(to: now) {
                if case .wait = action { break }
                take(action, name, now, &elapses, &events)
            }
            if elapses.count + events.count > known { names.append(name) }
        }
        if !names.isEmpty || !events.isEmpty {
            try await conductor.act(on: elapses, storing: try entries(names), events: events)
        }
        await tell()
        return machines.values.compactMap(\.nextDue).min()
    }

    private func take(
        _ action: ScheduleMachine.Action,
        _ name: String,
        _ now: Timestamp,
        _ elapses: inout [Conductor.Elapse],
        _ events: inout [LedgerEvent]
    ) {
        func words(_ count: Int, _ reason: String) -> String { count > 1 ? "\(count) elapses: \(reason)" : reason }
        switch action {
        case .wait: break
        case .start(let occurrence, let trigger, let madeUpFor):
            elapses.append(.init(sequence: name, occurrence: occurrence, fate: .starts(trigger)))
            guard trigger == .catchUp || madeUpFor > 0 else { break }
            let late = (now - occurrence.instant).roughText
            let more = madeUpFor > 0 ? ", and makes up for \(madeUpFor) more" : ""
            events.append(
                LedgerEvent(time: now, kind: "run-late", sequence: name, reason: "starts \(late) after its time\(more)")
            )
        case .missed(let occurrence, let count, let reason):
            elapses.append(.init(sequence: name, occurrence: occurrence, fate: .missed(words(count, reason))))
        case .skipped(let occurrence, let count, let reason):
            elapses.append(.init(sequence: name, occurrence: occurrence, fate: .skipped(words(count, reason))))
        case .pauseEnded:
            failures[name] = nil
            events.append(
                LedgerEvent(time: now, kind: "sequence-resumed", sequence: name, reason: "its pause ended")
            )
        }
    }

    /// Counts failures one after the other, and pauses a sequence that has had enough of them.
    private func ended(_ run: RunRecord) async {
        guard let definition = await conductor.definitions.sequences[run.sequence] else { return }
        var count = FailureCount(failures: failures[run.sequence] ?? 0)
        let verdict = count.ended(run.state, limit: definition.pauseAfterFailures)
        guard count.failures != failures[run.sequence] ?? 0 else { return }
        failures[run.sequence] = count.failures
        do {
            guard let verdict else { return try await store([run.sequence], []) }
            try await pause(run.sequence, until: nil, reason: verdict, actor: nil)
        } catch {
            Logger.current.error("Failures can't be counted", metadata: ["error": "\(error)"])
        }
    }

    /// Takes the definitions in force; a sequence that is new or has changed is due from now on, never before.
    private func arm() async throws {
        let current = await conductor.generation
        if current == generation { return }
        zones.forget()
        let definitions = await conductor.definitions
        let remembered = try await ledger.timetable()
        var armed: [String: ScheduleMachine] = [:]
        var events: [LedgerEvent] = []
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
                let entry = remembered[name]
                // What can't be read is no memory: the sequence is as if it were new.
                let memory = entry.flatMap {
                    try? JSONDecoder().decode(ScheduleMemory.self, from: Data($0.memory.utf8))
                }
                failures[name] = entry?.failures
                armed[name] = ScheduleMachine(schedule, memory: memory, now: clock.now, slack: slack)
            }
            // As many runs as this may have failed under a higher limit, or none.
            let count = FailureCount(failures: failures[name] ?? 0)
            if armed[name]?.isPaused == false, let verdict = count.verdict(limit: definition.pauseAfterFailures) {
                armed[name]?.pause(until: nil, reason: verdict)
                events.append(LedgerEvent(time: clock.now, kind: "sequence-paused", sequence: name, reason: verdict))
            }
        }
        machines = armed
        failures = failures.filter { armed[$0.key] != nil }
        try await store(Array(armed.keys), events)
        generation = current
    }

    private func entries(_ names: [String]) throws -> [TimetableEntry] {
        try names.compactMap { name in
            try machines[name].map {
                TimetableEntry(
                    sequence: name,
                    memory: String(decoding: try JSONEncoder().encode($0.memory), as: UTF8.self),
                    failures: failures[name] ?? 0
                )
            }
        }
    }

    private func store(_ names: [String], _ events: [LedgerEvent]) async throws {
        try await ledger.store(try entries(names), events: events)
        for event in events { conductor.parts.events.announce(event, run: nil) }
    }

    private func tell() async {
        await conductor.note(
            machines.mapValues { machine in
                SequenceTiming(
                    next: machine.nextStart,
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
