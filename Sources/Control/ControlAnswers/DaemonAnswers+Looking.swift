internal import CivilTime
package import ControlProtocol
package import ControlServer
internal import Glibc
internal import Ledger
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func status(names: [String], caller: Caller) async throws -> StatusAnswer {
        try await answering {
            var chosen: [SequenceStanding] = []
            if names.isEmpty { chosen = try await conductor.statuses() }
            for name in names { chosen.append(try await conductor.status(of: name)) }
            let generation = await conductor.generation
            return StatusAnswer(
                daemon: DaemonReport(
                    version: SoftwareVersion.text,
                    pid: Int(getpid()),
                    started: host.started.rfc3339,
                    generation: generation,
                    loaded: host.loaded().rfc3339,
                    status: await host.statusLine(),
                    warnings: await host.warnings()
                ),
                sequences: chosen.map(SequenceStatus.init)
            )
        }
    }

    package func sequences(caller: Caller) async throws -> SequenceListAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let standings = try await self.standings()
            return SequenceListAnswer(
                sequences: definitions.sequences.values.sorted { $0.name < $1.name }.map { sequence in
                    let standing = standings[sequence.name]
                    return SequenceListAnswer.Entry(
                        name: sequence.name,
                        description: sequence.description,
                        syncs: sequence.syncs,
                        schedule: sequence.schedule.words,
                        state: standing?.state.rawValue ?? "idle",
                        paused: standing?.isPaused ?? false
                    )
                }
            )
        }
    }

    package func syncs(caller: Caller) async throws -> SyncListAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let ledger = conductor.parts.ledger
            let newest = try await ledger.runs(limit: Self.runsLookedAt)
            let doubts = try await ledger.doubtCounts()
            var entries: [SyncListAnswer.Entry] = []
            for sync in definitions.syncs.values.sorted(by: { $0.name < $1.name }) {
                let run = newest.first { $0.steps.contains { $0.sync == sync.name && $0.tellsOfItsRows } }
                let resting = run?.steps.first { $0.sync == sync.name }?.counts.resting ?? 0
                let owed = if let run { try await ledger.undeliveredCount(run: run.id, sync: sync.name) } else { 0 }
                entries.append(
                    SyncListAnswer.Entry(
                        name: sync.name,
                        description: sync.description,
                        model: sync.model,
                        destination: sync.destination,
                        object: sync.objectLabel,
                        mode: sync.mode.rawValue,
                        sequences: definitions.sequences.values.filter { $0.syncs.contains(sync.name) }.map(\.name)
                            .sorted(),
                        owed: owed + resting,
                        inDoubt: doubts[sync.name] ?? 0
                    )
                )
            }
            return SyncListAnswer(syncs: entries)
        }
    }

    package func runs(of target: String?, limit: Int, before: String?, caller: Caller) async throws -> RunListAnswer {
        try await answering {
            let sequence: String? =
                if let target { try await conductor.sequenceName(of: target) } else { nil }
            if let before, try await conductor.parts.ledger.run(RunID(rawValue: before)) == nil {
                throw ControlFault(.notFound, "there is no run \(before)", hint: "sequencectl list runs names them")
            }
            let runs = try await conductor.parts.ledger.runs(
                of: sequence,
                before: before.map(RunID.init(rawValue:)),
                limit: limit
            )
            return RunListAnswer(runs: runs.map { RunSummary($0.outline) })
        }
    }

    package func schedules(caller: Caller) async throws -> ScheduleListAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let standings = try await self.standings()
            let entries = definitions.sequences.values.map { sequence in
                let standing = standings[sequence.name]
                return ScheduleListAnswer.Entry(
                    sequence: sequence.name,
                    schedule: sequence.schedule.words,
                    timezone: sequence.schedule.timezone ?? definitions.settings.timezone,
                    next: standing?.next?.rfc3339,
                    last: standing?.lastElapse?.rfc3339,
                    paused: standing?.isPaused ?? false
                )
            }
            return ScheduleListAnswer(
                schedules: entries.sorted { ($0.next ?? "~", $0.sequence) < ($1.next ?? "~", $1.sequence) }
            )
        }
    }

    package func destinations(caller: Caller) async throws -> DestinationListAnswer {
        let definitions = await conductor.definitions
        let contacts = conductor.contacts
        return DestinationListAnswer(
            destinations: definitions.destinations.values.sorted { $0.name < $1.name }.map { destination in
                var entry = DestinationListAnswer.Entry(
                    name: destination.name,
                    description: destination.description,
                    loginURL: destination.loginURL,
                    apiVersion: destination.apiVersion,
                    flow: destination.authorization.flow
                )
                if let contact = contacts[destination.name] {
                    entry.reached = contact.isReached
                    entry.lastAsked = contact.time.rfc3339
                    entry.reason = contact.reason
                }
                return entry
            }
        )
    }

    package func requests(run: String, body: Int?, limit: Int?, caller: Caller) async throws -> RequestsAnswer {
        try await answering {
            guard try await conductor.run(RunID(rawValue: run)) != nil else {
                throw await conductor.unknownRun(run)
            }
            let log = await RequestLog(conductor)
            let calls = try await log.calls(of: RunID(rawValue: run))
            if let body {
                guard calls.indices.contains(body - 1) else {
                    let there =
                        calls.isEmpty ? "has made no request" : "has \(calls.count) requests, and no number \(body)"
                    throw ControlFault(.notFound, "run \(run) \(there)")
                }
                let call = try await log.withBodies(calls[body - 1])
                return RequestsAnswer(requests: [APIRequestReport(call, number: body, withBodies: true)])
            }
            let reports = calls.enumerated().map { APIRequestReport($1, number: $0 + 1, withBodies: false) }
            let bound = limit ?? reports.count
            return RequestsAnswer(requests: Array(reports.prefix(bound)), truncated: reports.count > bound)
        }
    }

    package func events(after: Int64?, last: Int64?, follow: Bool, caller: Caller) async throws -> EventStream {
        let newest = try await conductor.parts.ledger.lastEventNumber()
        let reader = EventReader(conductor, after: after ?? max(0, newest - (last ?? 0)), follows: follow)
        return EventStream(unfolding: { try await reader.next() })
    }
}

extension DaemonAnswers {
    /// How the sequences stand, by their names, without their last runs.
    private func standings() async throws -> [String: SequenceStanding] {
        let all = try await conductor.statuses(lastOf: [])
        return Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    }
}

extension SequenceStatus {
    init(_ standing: SequenceStanding) {
        self.init(
            name: standing.name,
            state: standing.state.rawValue,
            run: standing.current?.id.rawValue,
            last: standing.last.map(RunSummary.init),
            next: standing.next?.rfc3339,
            waiting: standing.waitingFor.map { WaitingReport(reason: $0.reason, until: $0.until?.rfc3339) },
            paused: standing.isPaused,
            pausedReason: standing.pausedReason,
            pausedUntil: standing.pausedUntil?.rfc3339
        )
    }
}
