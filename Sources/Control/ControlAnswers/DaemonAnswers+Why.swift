internal import CivilTime
package import ControlProtocol
package import ControlServer
internal import Gating
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func why(_ target: String, caller: Caller) async throws -> WhyAnswer {
        try await answering {
            let definitions = await conductor.definitions
            let standings = try await conductor.statuses()
            let name = try await sequence(of: target)
            guard let standing = standings.first(where: { $0.name == name }) else {
                return WhyAnswer(
                    subjects: [
                        WhyAnswer.Subject(
                            name: name,
                            kind: "sync",
                            state: "idle",
                            next: nil,
                            gates: [],
                            sentences: ["\(name) is not running, and no schedule starts it."]
                        )
                    ]
                )
            }
            let syncs = (definitions.sequences[name]?.syncs ?? [String(name.split(separator: "/").last ?? "")])
                .compactMap { definitions.syncs[$0] }
            let gates = try await gates(of: syncs, definitions)
            return WhyAnswer(
                subjects: [
                    WhyAnswer.Subject(
                        name: name,
                        kind: definitions.sequences[name] == nil ? "sync" : "sequence",
                        state: standing.state.rawValue,
                        next: standing.next?.rfc3339,
                        gates: gates,
                        sentences: sentences(standing, gates)
                            + (try await leads(of: name, definitions))
                    )
                ]
            )
        }
    }

    // MARK: - Implementation

    /// What `lead: auto` is for its syncs, where a window asks for it.
    private func leads(of name: String, _ definitions: DefinitionSet) async throws -> [String] {
        guard let sequence = definitions.sequences[name] else { return [] }
        return try await conductor.gates.automaticLeads(sequence, definitions).map { "Of \($0)." }
    }

    /// The sequence that a NAME or a RUN is about.
    private func sequence(of target: String) async throws -> String {
        if let run = try await conductor.run(RunID(rawValue: target)) { return run.sequence }
        return try await conductor.sequenceName(of: target)
    }

    private func gates(of syncs: [SyncDefinition], _ definitions: DefinitionSet) async throws -> [GateReport] {
        let now = conductor.parts.clock.now
        let objects = Set(syncs.flatMap(\.objects).map { $0.lowercased() })
        let destinations = Set(syncs.map(\.destination))
        return try await conductor.gates.closures(of: definitions, at: now).compactMap { destination, closure in
            guard destinations.contains(destination),
                closure.objects.isEmpty || !objects.isDisjoint(with: closure.objects.map { $0.lowercased() })
            else { return nil }
            var report = GateReport(kind: closure.kind, name: closure.name, objects: closure.objects, closed: true)
            report.until = closure.until?.rfc3339
            report.reason = closure.reason
            return report
        }
    }

    private func sentences(_ standing: SequenceStanding, _ gates: [GateReport]) -> [String] {
        var sentences: [String] = []
        switch standing.state {
        case .waiting:
            let until = standing.waitingFor?.until.map { ", until \($0.rfc3339) as far as is known" } ?? ""
            sentences.append("It waits: \(standing.waitingFor?.reason ?? "no reason is known")\(until).")
            if let run = standing.current, run.approval?.granted == nil, run.approval != nil {
                sentences.append(
                    "`sequencectl plan \(run.id)` shows what it would do, `sequencectl approve \(run.id)` lets it."
                )
            }
        case .running: sentences.append("It is running and waits for nothing.")
        case .stopping: sentences.append("It was asked to stop: what was sent is collected first.")
        case .queued: sentences.append("It is queued and begins when what is before it has ended.")
        case .idle:
            if standing.isPaused {
                let reason = standing.pausedReason.map { ": \($0)" } ?? ""
                let until = standing.pausedUntil.map { " until \($0.rfc3339)" } ?? ""
                sentences.append("Its schedule is paused\(until)\(reason). A manual start runs.")
            } else if let next = standing.next {
                sentences.append("It is idle; its schedule starts it next at \(next.rfc3339).")
            } else {
                sentences.append("It is idle; it starts only when somebody asks for it.")
            }
        }
        for gate in gates {
            let until = gate.until.map { " until \($0)" } ?? ""
            let reason = gate.reason.map { " (\($0))" } ?? ""
            sentences.append(
                "A step on \(gate.objects.isEmpty ? "any object" : gate.objects.joined(separator: ", ")) would wait now: \(gate.name) is closed\(until)\(reason)."
            )
        }
        if gates.isEmpty && standing.state != .waiting { sentences.append("No gate is closed for its objects now.") }
        return sentences
    }
}

extension Closure {
    fileprivate var kind: String {
        switch cause {
        case .quietWindow: "window"
        case .hold: "hold"
        case .discovered: "discovered"
        case .quota: "quota"
        }
    }
}
