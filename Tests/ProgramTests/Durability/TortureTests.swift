import Foundation
import Subprocess
import TestKit
import Testing

/// Kills at random moments, with random faults, again and again: `make torture SEED=… RUNS=… ROWS=…`.
///
/// A test run plays a part of less than a minute: `SEQUENCED_TORTURE=SEED:RUNS:ROWS:SECONDS`.
@Suite(.scratchFolder, .timeLimit(.minutes(600))) struct `Killed at random` {
    @Test func `it still delivers every row once, and knows it`() async throws {
        let parts = (ProcessInfo.processInfo.environment["SEQUENCED_TORTURE"] ?? "").split(separator: ":").map {
            Int($0) ?? 0
        }
        func number(_ index: Int, _ standard: Int) -> Int { index < parts.count ? parts[index] : standard }
        let seed = UInt64(number(0, 20_261_123))
        let runs = number(1, 1_000)
        let rows = number(2, 2_000)
        let end = ContinuousClock.now + .seconds(number(3, 45))
        let folder = try ScratchFolder.current
        try folder.write("org.yaml", RigOrg.definition)
        let emulator = try ProgramRunner(product: "salesforce-emulator")
        let arguments = ["--listen", "127.0.0.1:0", "--quiet", "--org", folder.path("org.yaml")]
        _ = try await emulator.run(
            arguments,
            beside: { program in
                let line = try await program.line(containing: "listening on ")
                let org = RigOrg(url: String(line.dropFirst("listening on ".count)))
                let rig = try TortureRig(rows: rows, in: folder.path, org)
                var torture = Torture(rig: rig, seed: seed, rows: rows)
                for round in 1...runs where ContinuousClock.now < end {
                    do {
                        try await torture.play(round, of: runs)
                    } catch {
                        torture.violations.append("round \(round): \(error)")
                    }
                    if !torture.violations.isEmpty { break }
                }
                print(torture.report)
                for violation in torture.violations { Issue.record("seed \(seed): \(violation)") }
                #expect(torture.rounds > 0)
            }
        )
    }
}

/// The killer, and the book that it keeps.
struct Torture: Sendable {
    let rig: TortureRig
    let seed: UInt64
    var violations: [String] = []
    private(set) var rounds = 0
    private var random: SeededGenerator
    private var kills = 0
    private var stops = 0
    /// Of those, how many met a run that was on.
    private var interruptions = 0
    private var faults = 0
    private var poisoned = 0
    /// How long a run takes that nobody disturbs, in milliseconds: kills are spread over it.
    private var usual: Int

    init(rig: TortureRig, seed: UInt64, rows: Int) {
        self.rig = rig
        self.seed = seed
        random = SeededGenerator(seed: seed)
        usual = max(800, rows / 20)
    }

    var report: String {
        let bound = rounds > 0 ? String(format: "%.4f", 3 / Double(rounds)) : "-"
        return """
            torture: seed \(seed), \(rounds) runs, \(kills) kills, \(stops) stops (\(interruptions) in mid-run), \
            \(faults) faults set, \(poisoned) runs given up after three kills, violations \(violations.count) \
            (with 95 % confidence fewer than \(bound) a run, if none); a run takes some \(usual) ms
            """
    }

    /// One run: the rows change, the run is killed some times among faults, and comes to its end; then everything is counted.
    mutating func play(_ round: Int, of runs: Int) async throws {
        try mutate(round)
        // Now and then a run goes undisturbed, by which it is known how long one takes.
        let disturbances = round == 2 || round % 10 == 0 ? 0 : Int.random(in: 1...3, using: &random)
        for _ in 0..<disturbances { try await disturb() }
        try await rig.org.mendFaults()
        let took = try await finish()
        if disturbances == 0 { usual = round == 2 ? max(took, 300) : (usual + took) / 2 }
        rounds += 1
        // Everything is fetched and compared at the end, and now and then; doubles show in the counters every time.
        let every = Self.thorough(try rig.ever())
        let isThorough = round == runs || round % every == 0
        violations += try await check(isThorough: isThorough).map { "round \(round): \($0)" }
        if round % 10 == 0 { print(report) }
    }

    /// Compares what the org holds with what the database says.
    func check(isThorough: Bool) async throws -> [String] {
        var wrong = try await rig.document(Documents.State.self, "state", "verify", "--state", rig.state).state.faults
        let counters = try await rig.org.everCreated()
        let ever = try rig.ever()
        // Nothing of these ever goes: each row was written once, and is there.
        for (what, object) in [("accounts", "Account"), ("leads", "Lead")] {
            let (made, due) = (counters.created[object] ?? 0, ever[what] ?? 0)
            if made != due { wrong.append("\(made) of \(object) were created, there are \(due) rows") }
        }
        let published = counters.published["Row_Told__e"] ?? 0
        if published != ever["notes"] { wrong.append("\(published) events for \(ever["notes"] ?? 0) rows") }
        // A contact that came and went before a run was delivered was never made.
        let (made, gone) = (counters.created["Contact"] ?? 0, counters.deleted["Contact"] ?? 0)
        if made > ever["contacts"] ?? 0 {
            wrong.append("\(made) contacts were created of \(ever["contacts"] ?? 0) rows")
        }
        let present = try rig.count("contacts")
        if made - gone != present { wrong.append("\(made) contacts less \(gone), the model has \(present)") }
        guard isThorough else { return wrong }
        let model = try rig.model()
        for (object, rows) in model.sorted(by: { $0.key < $1.key }) {
            let held = try await rig.org.values(of: object)
            if held.count != rows.count {
                wrong.append("\(object): the org has \(held.count), the model \(rows.count)")
            }
            var seen: Set<String> = []
            for (key, value) in held {
                if !seen.insert(key).inserted { wrong.append("\(object): \(key) is there twice") }
                // An insert or event is sent once, whatever becomes of the row.
                if rows[key] != value { wrong.append("\(object): \(key) has \(value), not \(rows[key] ?? "nothing")") }
                if wrong.count > 10 { return wrong }
            }
        }
        return wrong
    }

    // MARK: - Implementation

    private static func thorough(_ ever: [String: Int]) -> Int {
        ever.values.reduce(0, +) > 20_000 ? 10 : 1
    }

    private mutating func mutate(_ round: Int) throws {
        guard round > 1 else { return }
        try rig.change(
            nth: Int.random(in: 3...40, using: &random),
            lost: Int.random(in: 50...400, using: &random),
            round: round
        )
        try rig.add(
            accounts: Int.random(in: 0...3, using: &random),
            contacts: Int.random(in: 0...80, using: &random),
            leads: Int.random(in: 1...60, using: &random),
            notes: Int.random(in: 1...40, using: &random),
            round: round
        )
    }

    /// Lets the daemon run among faults for a while, then takes it away.
    private mutating func disturb() async throws {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            try await rig.org.fault(fault())
            faults += 1
        }
        let pause = Int.random(in: 10...(usual + usual / 4), using: &random)
        let isKilled = Int.random(in: 0..<5, using: &random) > 0
        let rig = rig
        try await rig.withDaemon { program in
            try await rig.answering()
            if try await !rig.isOpen() { _ = try await rig.ctl(["start", "crm"]) }
            try await Task.sleep(for: .milliseconds(pause))
            if isKilled {
                try await program.kill()
            } else {
                try program.send(.terminate)
                try await program.waitForEnd()
            }
        }
        if isKilled { kills += 1 } else { stops += 1 }
        if try rig.hasOpenRun() { interruptions += 1 }
    }

    /// Lets runs come to their end until one has succeeded.
    ///
    /// - Returns: how long the first of them took, in milliseconds.
    private mutating func finish() async throws -> Int {
        let rig = rig
        let given = Locked(0)
        let took = Locked(0)
        let last = Locked<Documents.RunReport?>(nil)
        try await rig.withDaemon { _ in
            try await rig.answering()
            // What was changed before the last run began may not be in it.
            var run = try await rig.newest() == nil ? nil : try await rig.end()
            if run?.reason?.contains("times in a row") == true {
                given.value += 1
                _ = try await rig.ctl(["resume", "crm"])
            }
            for attempt in 1...4 {
                let begun = ContinuousClock.now
                _ = try await rig.ctl(["start", "crm"])
                run = try await rig.end()
                if attempt == 1 { took.value = Int((ContinuousClock.now - begun) / .milliseconds(1)) }
                if run?.state == "succeeded" { break }
            }
            last.value = run
        }
        poisoned += given.value
        guard let run = last.value, run.state == "succeeded" else {
            throw Unexpected(description: "no run succeeds any more: \(String(describing: last.value))")
        }
        return took.value
    }

    private mutating func fault() -> String {
        let things = [
            #""do":"drop","when":"before""#, #""do":"drop","when":"after""#, #""do":"reset","when":"after""#,
            #""do":"truncate","when":"after""#, #""do":"truncate","honest":true,"when":"after""#,
            #""do":"status","status":503"#, #""do":"status","status":429"#, #""do":"status","status":401"#,
            #""do":"garbage","when":"after""#, #""do":"delay","delay_ms":300"#,
        ]
        let rate = [0.02, 0.05, 0.2].randomElement(using: &random) ?? 0.02
        let thing = things.randomElement(using: &random) ?? things[0]
        if Int.random(in: 0..<6, using: &random) == 0 {
            return Bool.random(using: &random)
                ? #"{"do":"unprocessed","object":"Contact","rows":7,"times":1}"#
                : #"{"do":"row-error","object":"Account","rate":0.01,"code":"UNABLE_TO_LOCK_ROW","message":"locked"}"#
        }
        return #"{"match":{"path":"services/"},"rate":\#(rate),\#(thing)}"#
    }
}
