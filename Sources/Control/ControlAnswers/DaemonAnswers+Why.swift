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
            if let window = try await windowSubject(target, definitions) { return WhyAnswer(subjects: [window]) }
            let standing = try await conductor.status(of: sequence(of: target))
            let sequence = definitions.sequences[standing.name]
            let names = sequence?.syncs ?? standing.current?.steps.map(\.sync) ?? [plain(standing.name)]
            let syncs = names.compactMap { definitions.syncs[$0] }
            let closed = try await closedGates(of: syncs, definitions)
            var subject = WhyAnswer.Subject(
                name: sequence == nil ? plain(standing.name) : standing.name,
                kind: sequence == nil ? "sync" : "sequence",
                state: standing.state.rawValue,
                next: standing.next?.rfc3339,
                gates: try await closed + comingGates(of: syncs),
                sentences: sentences(standing, closed) + (try await holdUp(standing))
            )
            if sequence == nil {
                let (next, words) = try await asPart(of: definitions, plain(standing.name), standing)
                subject.next = subject.next ?? next?.rfc3339
                subject.sentences += words
            }
            if standing.state == .idle, let start = subject.next.flatMap(Timestamp.init(rfc3339:)) {
                subject.sentences += try await outlook(of: syncs, at: start)
            }
            if let sequence {
                let leads = try await conductor.gates.automaticLeads(sequence, definitions)
                subject.sentences += leads.map { "Of \($0)." }
            }
            return WhyAnswer(subjects: [subject])
        }
    }

    /// What keeps steps of these syncs from writing now.
    func closedGates(of syncs: [SyncDefinition], _ definitions: DefinitionSet) async throws -> [GateReport] {
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

    // MARK: - Implementation

    /// How far ahead windows are looked for that are not closed yet.
    private static let horizon = Duration.seconds(7 * 86_400)

    private func plain(_ name: String) -> String { name.hasPrefix("sync/") ? String(name.dropFirst(5)) : name }

    /// The sequence that a NAME or a RUN is about.
    private func sequence(of target: String) async throws -> String {
        if let run = try await conductor.run(RunID(rawValue: target)) { return run.sequence }
        return try await conductor.sequenceName(of: target)
    }

    /// A NAME that is a window's; sequences and syncs come first.
    private func windowSubject(_ target: String, _ definitions: DefinitionSet) async throws -> WhyAnswer.Subject? {
        let isSaid = target.hasPrefix("window/")
        let name = isSaid ? String(target.dropFirst(7)) : target
        let isOther = definitions.sequences[name] != nil || definitions.syncs[name] != nil
        guard isSaid || !isOther, let definition = definitions.windows[name] else { return nil }
        let now = conductor.parts.clock.now
        let window = try await conductor.gates.current().window(named: name)
        let stretch = window?.stretch(from: now, through: now + Self.horizon)
        let isClosed = stretch?.from == now
        let objects = definition.objects ?? []
        var report = GateReport(kind: "window", name: "window \(name)", objects: objects, closed: isClosed)
        report.from = stretch?.from.rfc3339
        report.until = stretch?.until.rfc3339
        report.reason = definition.reason
        let concerned = definitions.syncs.values.filter { sync in
            sync.destination == definition.destination
                && (objects.isEmpty
                    || sync.objects.contains { one in objects.contains { $0.lowercased() == one.lowercased() } })
        }
        let names = concerned.map(\.name).sorted().joined(separator: ", ")
        return WhyAnswer.Subject(
            name: name,
            kind: "window",
            state: isClosed ? "closed" : "open",
            next: isClosed ? nil : stretch?.from.rfc3339,
            gates: [report],
            sentences: [
                isClosed
                    ? "It is in force: nothing is written to \(objects.isEmpty ? "the org" : objects.joined(separator: ", "))."
                    : "It is not in force now.",
                names.isEmpty ? "No sync writes to what it is about." : "It holds up \(names).",
            ]
        )
    }

    /// What a sync waits for as a step of its sequences, and when the first of them starts next.
    private func asPart(
        of definitions: DefinitionSet,
        _ sync: String,
        _ standing: SequenceStanding
    ) async throws -> (Timestamp?, [String]) {
        let owners = definitions.sequences.values.filter { $0.syncs.contains(sync) }.map(\.name).sorted()
        guard !owners.isEmpty else { return (nil, ["It is part of no sequence."]) }
        var next: Timestamp?
        var words: [String] = []
        for owner in owners {
            let its = try await conductor.status(of: owner)
            if let start = its.next { next = min(next ?? start, start) }
            let how =
                switch its.state {
                case .idle where its.isPaused: "whose schedule is paused"
                case .idle:
                    its.next.map { "which starts next at \($0.rfc3339)" } ?? "which starts when somebody asks for it"
                case .waiting: "which waits: \(its.waitingFor?.reason ?? "no reason is known")"
                case .queued, .running, .stopping: "which is \(its.state.rawValue)"
                }
            words.append("It is a step of \(owner), \(how).")
        }
        return (next, words)
    }

    /// Windows of files about these syncs that are open now, with their next time.
    private func comingGates(of syncs: [SyncDefinition]) async throws -> [GateReport] {
        let now = conductor.parts.clock.now
        let gate = try await conductor.gates.current()
        return gate.windows.compactMap { window in
            let isAbout = syncs.contains { sync in
                sync.destination == window.destination
                    && window.objects.map { objects in
                        sync.objects.contains { one in objects.contains { $0.lowercased() == one.lowercased() } }
                    } ?? true
            }
            guard isAbout, let stretch = window.stretch(from: now, through: now + Self.horizon), stretch.from > now
            else { return nil }
            var report = GateReport(
                kind: "window",
                name: "window \(window.name)",
                objects: window.objects ?? [],
                closed: false
            )
            report.from = stretch.from.rfc3339
            report.until = stretch.until.rfc3339
            report.reason = window.reason
            return report
        }
    }

    /// What each step will wait for when the sequence starts next.
    private func outlook(of syncs: [SyncDefinition], at start: Timestamp) async throws -> [String] {
        let gate = try await conductor.gates.current()
        let zone = conductor.gates.zone
        return syncs.compactMap { sync in
            let question = GateQuestion(
                destination: sync.destination,
                objects: sync.objects,
                phase: .beginning(expected: nil)
            )
            guard case .closed(let closures) = gate.clearance(for: question, at: start) else { return nil }
            let words = closures.map { $0.words(at: start, in: zone) }.joined(separator: "; ")
            return "\(sync.name) will wait then for \(words)."
        }
    }

    /// What the run waits for that a queued one waits for.
    private func holdUp(_ standing: SequenceStanding) async throws -> [String] {
        guard standing.state == .queued, let id = standing.waitingFor?.run, let run = try await conductor.run(id),
            run.state == .waiting
        else { return [] }
        return ["Run \(run.id) of \(run.sequence) itself waits: \(run.reason ?? "no reason is known")."]
            + approval(of: run)
    }

    /// How a run that asks for approval gets it.
    private func approval(of run: RunRecord) -> [String] {
        guard let approval = run.approval, approval.granted == nil else { return [] }
        return ["`sequencectl plan \(run.id)` shows what it would do, `sequencectl approve \(run.id)` lets it."]
    }

    private func sentences(_ standing: SequenceStanding, _ gates: [GateReport]) -> [String] {
        var sentences: [String] = []
        switch standing.state {
        case .waiting:
            let reason = standing.waitingFor?.reason ?? "no reason is known"
            let until = standing.waitingFor?.until.map { ", until \($0.rfc3339) as far as is known" } ?? ""
            sentences.append("It waits: \(reason)\(reason.contains(" until ") ? "" : until).")
            sentences += standing.current.map(approval) ?? []
        case .running: sentences.append("It is running and waits for nothing.")
        case .stopping: sentences.append("It was asked to stop: what was sent is collected first.")
        case .queued:
            let reason = standing.waitingFor.map { ": \($0.reason)" } ?? " and begins when what is before it has ended"
            sentences.append("It is queued\(reason).")
        case .idle:
            if standing.isPaused {
                let reason = standing.pausedReason.map { ": \($0)" } ?? ""
                let until = standing.pausedUntil.map { " until \($0.rfc3339)" } ?? ""
                sentences.append("Its schedule is paused\(until)\(reason). A manual start runs.")
            } else if let next = standing.next {
                sentences.append("It is idle; its schedule starts it next at \(next.rfc3339).")
            } else {
                let itself = standing.name.hasPrefix("sync/") ? "by itself it" : "it"
                sentences.append("It is idle; \(itself) starts only when somebody asks for it.")
            }
        }
        // A run that waits has said what for.
        if standing.state != .waiting {
            sentences += gates.map { gate in
                let objects = gate.objects.isEmpty ? "any object" : gate.objects.joined(separator: ", ")
                return "A step on \(objects) would wait now for \(gate.name)."
            }
            if gates.isEmpty { sentences.append("Nothing is closed for its objects now.") }
        }
        return sentences
    }
}

extension Closure {
    /// The kind as documents have it.
    fileprivate var kind: String {
        switch cause {
        case .quietWindow: "window"
        case .hold: "hold"
        case .discovered: "discovered"
        case .quota: "quota"
        }
    }
}
