import ControlProtocol
import ControlServer
import Synchronization

/// A daemon without an engine: it keeps what it is told, and answers from it.
final class FakeDaemon: DaemonOperations {
    struct State {
        var started: [(command: StartCommand, key: String?, caller: Caller)] = []
        /// What each look at a run sees; the last one stays.
        var sightings: [String: [RunReport]] = [:]
        var paused: Set<String> = []
        var events: [EventReport] = []
        var reloads = 0
        var reloadFaults: [FaultReport] = []
        var streams = 0
    }

    let state = Mutex(State())

    func isHealthy() async -> Bool { true }

    func status(names: [String], caller: Caller) async throws -> StatusAnswer {
        let known = ["crm", "nightly"]
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw ControlFault(.notFound, "there is no sequence `\(stranger)`", hint: "did you mean `crm`?")
        }
        let paused = state.withLock { $0.paused }
        return StatusAnswer(
            daemon: DaemonReport(
                version: "0.0.0",
                pid: 1,
                started: "2026-03-01T00:00:00Z",
                generation: 1,
                loaded: "2026-03-01T00:00:00Z",
                status: "idle"
            ),
            sequences: known.filter { names.isEmpty || names.contains($0) }.map { name in
                SequenceStatus(name: name, state: "idle", next: "2026-03-02T02:30:00Z", paused: paused.contains(name))
            }
        )
    }

    func show(_ target: String, caller: Caller) async throws -> Shown {
        let run = state.withLock { state -> RunReport? in
            guard var sightings = state.sightings[target], let first = sightings.first else { return nil }
            if sightings.count > 1 { sightings.removeFirst() }
            state.sightings[target] = sightings
            return first
        }
        guard let run else { throw ControlFault(.notFound, "there is no run or definition `\(target)`") }
        return .run(RunAnswer(run: run))
    }

    func start(_ command: StartCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer {
        guard command.target == "crm" || command.target == "sync/ä ö&=%/x" else {
            throw ControlFault(.notFound, "there is no sequence `\(command.target)`")
        }
        state.withLock { $0.started.append((command, idempotencyKey, caller)) }
        return StartAnswer(run: "r1", coalesced: false, notices: ["crm is paused"])
    }

    func pause(_ command: PauseCommand, caller: Caller) async throws -> ActionAnswer {
        let changed = state.withLock { $0.paused.insert(command.sequence).inserted }
        return ActionAnswer(
            target: command.sequence,
            state: "paused",
            changed: changed,
            message: "\(command.sequence) is paused"
        )
    }

    func stop(_ command: StopCommand, caller: Caller) async throws -> ActionAnswer {
        throw ControlFault(.refused, "the daemon is stopping", hint: "try again after its start")
    }

    func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer {
        throw FakeError()
    }

    func rejected(_ target: String, limit: Int?, caller: Caller) async throws -> RejectedAnswer {
        let row = RejectedRowReport(
            sync: "contacts",
            key: "C-1",
            operation: "upsert",
            state: "rejected",
            code: "REQUIRED_FIELD_MISSING",
            message: "Last, \"Name\"",
            fields: ["LastName"],
            explanation: "e",
            remedy: "fill it",
            retryable: false,
            resting: false,
            values: ["Email": "a@b"]
        )
        return RejectedAnswer(run: "r1", rows: [row])
    }

    func rejectedCauses(_ target: String, caller: Caller) async throws -> RejectedCauses {
        RejectedCauses(try await rejected(target, limit: nil, caller: caller))
    }

    func reload(caller: Caller) async throws -> ReloadAnswer {
        state.withLock { state in
            state.reloads += 1
            guard state.reloadFaults.isEmpty else {
                return ReloadAnswer(accepted: false, generation: 1, changed: false, faults: state.reloadFaults)
            }
            return ReloadAnswer(accepted: true, generation: 2, changed: true)
        }
    }

    func events(after: Int64?, last: Int64?, follow: Bool, caller: Caller) async throws -> EventStream {
        let known = state.withLock { state in
            state.streams += 1
            return state.events.filter { $0.number > after ?? 0 }
        }
        return EventStream { continuation in
            for event in known { continuation.yield(event) }
            if !follow { continuation.finish() }
            continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.streams -= 1 } }
        }
    }

    func sequences(caller: Caller) async throws -> SequenceListAnswer {
        let entry = SequenceListAnswer.Entry(
            name: "crm",
            description: nil,
            syncs: ["accounts"],
            schedule: "manual",
            state: "idle",
            paused: false
        )
        return SequenceListAnswer(sequences: [entry])
    }

    func metrics(caller: Caller) async throws -> String {
        "# TYPE sequenced_runs counter\n# EOF\n"
    }

    struct FakeError: Error, CustomStringConvertible {
        var description: String { "cannot read source warehouse: connection refused" }
    }
}
