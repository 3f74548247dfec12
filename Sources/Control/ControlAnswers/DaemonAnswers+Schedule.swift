internal import CivilTime
package import ControlProtocol
package import ControlServer
internal import Gating
internal import Ledger
internal import Sequencing
internal import SyncModel
internal import Synchronization

extension DaemonAnswers {
    package func pause(_ command: PauseCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let until = try command.until.map { try Self.time($0, "until") }
            if let until, until <= conductor.parts.clock.now {
                throw ControlFault(
                    .refused,
                    "cannot pause \(command.sequence) until \(until.rfc3339): that has passed"
                )
            }
            try await timekeeper.pause(command.sequence, until: until, reason: command.reason, actor: caller.actor)
            let end = until.map { " until \($0.rfc3339)" } ?? ""
            return ActionAnswer(
                target: command.sequence,
                state: "paused",
                message: "the schedule of \(command.sequence) is paused\(end); a manual start still runs"
            )
        }
    }

    package func resume(_ command: ResumeCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let changed = try await timekeeper.resume(command.sequence, actor: caller.actor)
            return ActionAnswer(
                target: command.sequence,
                state: "idle",
                changed: changed,
                message: changed
                    ? "\(command.sequence) is resumed; what it missed is not made up for"
                    : "\(command.sequence) was not paused"
            )
        }
    }

    package func testWindows(at time: String?, caller: Caller) async throws -> QuietWindowTestAnswer {
        try await answering {
            let moment = try time.map { try Self.time($0, "at") } ?? conductor.parts.clock.now
            let closures = try await conductor.gates.closures(of: conductor.definitions, at: moment)
            return QuietWindowTestAnswer(
                closed: closures.map { destination, closure in
                    QuietWindowTestAnswer.Closed(
                        window: closure.shortName,
                        objects: closure.objects,
                        destination: destination,
                        until: closure.until?.rfc3339,
                        reason: closure.reason
                    )
                }
            )
        }
    }

    package func windows(caller: Caller) async throws -> QuietWindowListAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let now = conductor.parts.clock.now
            let gate = try await conductor.gates.current()
            var reports = definitions.windows.values.sorted { $0.name < $1.name }.map { window in
                // A window that is further off than a year is as good as never.
                let stretch = gate.window(named: window.name)?.stretch(from: now, through: now + .seconds(366 * 86_400))
                var report = QuietWindowReport(
                    name: window.name,
                    kind: "file",
                    destination: window.destination,
                    objects: window.objects ?? [],
                    closed: stretch?.from == now
                )
                report.from = stretch?.from.rfc3339
                report.until = stretch?.until.rfc3339
                report.reason = window.reason
                return report
            }
            reports += try await conductor.parts.ledger.holds(at: now).map { QuietWindowReport($0, now: now) }
            reports += await conductor.gates.discovered().map { window in
                var report = QuietWindowReport(
                    name: window.name,
                    kind: "discovered",
                    destination: window.destination,
                    objects: window.objects,
                    closed: window.from <= now && window.until.map { now < $0 } ?? true
                )
                report.from = window.from.rfc3339
                report.until = window.until?.rfc3339
                report.reason = window.reason
                return report
            }
            return QuietWindowListAnswer(windows: reports)
        }
    }

    package func addWindow(_ command: QuietWindowAddCommand, caller: Caller) async throws -> QuietWindowAddAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let names = definitions.destinations.keys.sorted()
            guard let destination = command.destination ?? (names.count == 1 ? names[0] : nil) else {
                throw ControlFault(
                    .badRequest,
                    "cannot add a window: which destination is meant",
                    hint: "add --destination, one of \(names.joined(separator: ", "))"
                )
            }
            guard names.contains(destination) else {
                throw ControlFault(
                    .notFound,
                    "there is no destination \(destination)",
                    hint: KnownNames.words(names, near: destination)
                )
            }
            let now = conductor.parts.clock.now
            let from = try command.from.map { try Self.time($0, "from") } ?? now
            let until =
                try command.until.map { try Self.time($0, "until") }
                ?? command.seconds.map { (from + .seconds(try Self.span($0))).roundedUp }
            guard let until, until > from, until > now else {
                throw ControlFault(
                    .badRequest,
                    "cannot add a window that does not end after it began",
                    hint: "say --for SPAN or --until TIME"
                )
            }
            let hold = Hold(
                id: "hold-\(Self.nextHold(at: now))",
                destination: destination,
                objects: command.objects.isEmpty ? nil : command.objects,
                from: from,
                until: until,
                reason: command.reason,
                actor: caller.actor
            )
            try await conductor.store(
                hold,
                LedgerEvent(
                    time: now,
                    kind: "hold-added",
                    reason: "\(hold.id): \(command.reason)",
                    actor: caller.actor
                )
            )
            let written = Set(definitions.syncs.values.filter { $0.destination == destination }.flatMap(\.objects))
            let strange = command.objects.filter { name in !written.contains { $0.lowercased() == name.lowercased() } }
            return QuietWindowAddAnswer(
                window: QuietWindowReport(hold, now: now),
                notice: strange.isEmpty
                    ? nil
                    : "no sync writes \(strange.joined(separator: ", ")) into \(destination); its syncs write \(written.sorted().joined(separator: ", "))"
            )
        }
    }

    package func endWindow(_ command: QuietWindowEndCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let now = conductor.parts.clock.now
            guard var hold = try await conductor.parts.ledger.holds(at: now).first(where: { $0.id == command.window })
            else {
                let isFile = await conductor.definitions.windows[command.window] != nil
                throw ControlFault(
                    .notFound,
                    isFile
                        ? "\(command.window) is a window of a file; it ends by its calendar"
                        : "there is no hold \(command.window)",
                    hint: isFile
                        ? "start with --override-window, or change the file and reload"
                        : "sequencectl window list names them"
                )
            }
            hold.until = now
            try await conductor.store(
                hold,
                LedgerEvent(time: now, kind: "hold-ended", reason: hold.id, actor: caller.actor)
            )
            return ActionAnswer(target: hold.id, state: "ended", message: "\(hold.id) has ended")
        }
    }

    // MARK: - Implementation

    /// The second in which the last hold was made, or a later one that stands for another hold of that second.
    private static let lastHold = Mutex<Int64>(0)

    private static func nextHold(at now: Timestamp) -> Int64 {
        lastHold.withLock { last in
            last = max(last + 1, now.seconds)
            return last
        }
    }

    private static func time(_ text: String, _ key: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ControlFault(
                .badRequest,
                "cannot read `\(key)`: \(text) is no time",
                hint: "write it as 2026-10-25T01:30:00Z, or with an offset as 2026-10-25T02:30:00+01:00"
            )
        }
        return time
    }

    private static func span(_ seconds: Double) throws -> Double {
        // A hundred years: what is longer is a mistake, and a number without bound would not fit a clock.
        guard seconds > 0, seconds <= 3_155_760_000 else {
            throw ControlFault(.badRequest, "cannot read `seconds`: \(seconds) is not from 0 to a hundred years")
        }
        return seconds
    }
}

extension QuietWindowReport {
    fileprivate init(_ hold: Hold, now: Timestamp) {
        self.init(
            name: hold.id,
            kind: "hold",
            destination: hold.destination,
            objects: hold.objects ?? [],
            closed: hold.from <= now && now < hold.until
        )
        from = hold.from.rfc3339
        until = hold.until.rfc3339
        reason = hold.reason
        actor = hold.actor.map { ActorReport(uid: $0.uid, name: $0.name) }
    }
}

extension Timestamp {
    /// A whole second: nobody who reads when a hold ends wants fractions.
    fileprivate var roundedUp: Timestamp {
        Timestamp(microseconds: (microseconds + 999_999) / 1_000_000 * 1_000_000)
    }
}

extension Closure {
    /// The window's name as `window list` has it.
    fileprivate var shortName: String {
        switch cause {
        case .quietWindow(let name), .discovered(let name), .quota(let name): name
        case .hold(let id): id
        }
    }
}
