import Foundation
import Subprocess
import TestKit

/// One disturbance of one scenario.
struct MatrixCase: Sendable, CustomStringConvertible {
    enum Disturbance: Sendable, Hashable, CustomStringConvertible {
        /// The daemon is killed when it reaches a named point for the n-th time; what happens to the start after it.
        case crash(point: String, time: Int, then: Aftermath)
        /// A call of one kind is broken once or twice.
        case fault(CallFault, on: CallKind)

        var description: String {
            switch self {
            case .crash(let point, let time, let then):
                "killed at \(point)\(time > 1 ? ", time \(time)" : "")\(then.description)"
            case .fault(let fault, let kind): "\(fault.rawValue) on \(kind.name)"
            }
        }
    }

    /// What befalls the start after a crash.
    enum Aftermath: Sendable, Hashable {
        case nothing
        /// It is killed at the same point, if it comes by.
        case again
        /// Its first call behind the sign-in is broken.
        case fault(CallFault)

        var description: String {
            switch self {
            case .nothing: ""
            case .again: ", and there again"
            case .fault(let fault): ", then \(fault.rawValue)"
            }
        }
    }

    /// How a case went.
    enum Result: Sendable, Equatable {
        case held
        case broken([String])
    }

    var scenario: Scenario
    var disturbance: Disturbance

    var description: String { "\(scenario), \(disturbance)" }

    /// Every disturbance that a scenario can meet: each crash point that its run passes, as often as it does, once more with
    /// something befalling the start after it, and each fault on each kind of call that it makes.
    ///
    /// What is asked before the first row is the same in all scenarios: they share its faults out, a few meeting each.
    static func all(of scenario: Scenario, trail: MatrixTrail) -> [MatrixCase] {
        var disturbances: [Disturbance] = []
        let number = Scenario.all.firstIndex(of: scenario) ?? 0
        let aftermaths: [Aftermath] = [.again, .fault(.dropAfter), .fault(.truncateHonest)]
        for (place, (point, count)) in trail.points.sorted(by: { $0.key < $1.key }).enumerated() {
            for time in Set([1, min(2, count), count]).sorted() {
                disturbances.append(.crash(point: point, time: time, then: .nothing))
            }
            disturbances.append(.crash(point: point, time: 1, then: aftermaths[(number + place) % aftermaths.count]))
        }
        for (place, kind) in trail.calls.enumerated() {
            for (index, fault) in CallFault.allCases.enumerated()
            where !kind.isPreparing || (number + place + index) % 5 == 0 {
                disturbances.append(.fault(fault, on: kind))
            }
        }
        return disturbances.map { MatrixCase(scenario: scenario, disturbance: $0) }
    }

    /// Plays the case, and holds what the org has against what the model says.
    func play(in world: MatrixWorld) async throws -> Result {
        try await world.putBack()
        let rig = world.rig
        try await disturb(rig)
        let account = Locked(Account())
        try await rig.withDaemon { _ in
            try await account.value = finish(rig)
        }
        var faults = account.value.faults
        let held = try await rig.org.held(scenario)
        let expected = scenario.expected
        if held.created != scenario.created {
            faults.append("\(held.created) were ever created, \(scenario.created) are expected")
        }
        if held.titles.count != expected.count {
            faults.append("the org holds \(held.titles.count), not \(expected.count)")
        }
        for (key, title) in held.titles where expected[key] == nil || expected[key] != .some(title) {
            faults.append("the org holds \(key) with \(title ?? "no title")")
        }
        if let merged = scenario.merged, try await rig.org.merged() != merged {
            faults.append("\(try await rig.org.merged()) were merged, \(merged) are expected")
        }
        faults += try await rig.faultsOfState().map { "state: \($0)" }
        return faults.isEmpty ? .held : .broken(faults + account.value.notes)
    }

    // MARK: - Implementation

    /// What was seen on the way to the end.
    private struct Account: Sendable {
        var faults: [String] = []
        var notes: [String] = []
    }

    /// Runs the change with the disturbance in its way.
    private func disturb(_ rig: Rig) async throws {
        switch disturbance {
        case .crash(let point, let time, let then):
            let name = time > 1 ? "\(point):\(time)" : point
            let ending = try await rig.withDaemon(crashingAt: name) { try await rig.startAndDie($0) }
            guard ending.status == .signaled(9) else {
                throw Unexpected(description: "it did not come by the point: \(ending.status)")
            }
            switch then {
            case .nothing: break
            case .again: try await rig.withDaemon(crashingAt: point) { try await rig.waitForOpenRun($0) }
            case .fault(let fault):
                try await rig.org.fault(#"{"match":{"path":"services/(data|async|Soap)|/id/"},\#(fault.json)}"#)
                try await rig.withDaemon { try await rig.waitForOpenRun($0) }
                try await rig.org.mendFaults()
            }
        case .fault(let fault, let kind):
            try await rig.org.fault(
                #"{"match":{"method":"\#(kind.method)","path":"\#(kind.path)"},\#(fault.json)}"#
            )
            try await rig.withDaemon { _ in try await rig.runToAnyEnd() }
            try await rig.org.mendFaults()
        }
    }

    /// Lets the run end; what it could not do, the next does; then a run has nothing to do.
    private func finish(_ rig: Rig) async throws -> Account {
        var account = Account()
        var last = try await rig.newestRun()
        try await settleDoubt(rig, &account)
        for _ in 0..<2 where last.state != "succeeded" {
            account.notes.append("a run was \(last.state): \(last.reason ?? last["rows"]?.reason ?? "")")
            guard let next = try await rig.run() else { break }
            last = next
        }
        if last.state != "succeeded" {
            account.faults.append("the last run is \(last.state)")
            account.notes.append("\(last)")
        }
        let before = try await rig.org.callCount()
        let idle = try await rig.run()
        let writing = try await rig.org.writingCalls(after: before)
        if idle?.state != "succeeded" || (writing != 0 && scenario.kind != .archive) {
            account.faults.append("a run with nothing to do is \(idle?.state ?? "?"), \(writing) writing calls")
        }
        return account
    }

    /// Says of rows in doubt what became of them, as a person would who looks into the org; where none may be, one is a fault.
    private func settleDoubt(_ rig: Rig, _ account: inout Account) async throws {
        let present = Set(try await rig.org.held(scenario).titles.map(\.key))
        var isSettled = true
        for run in try await rig.document(Documents.Runs.self, "list", "runs").runs {
            let rows = try await rig.document(Documents.Rejected.self, "rejected", run.id).rows
            for row in rows where row.state == "in-doubt" {
                if !scenario.mayDoubt { account.faults.append("\(row.key) is in doubt: \(row.message)") }
                let outcome = present.contains(row.key) ? "delivered" : "not-delivered"
                let said = try await rig.ctl(
                    "resolve",
                    run.id,
                    row.key,
                    "--as",
                    outcome,
                    "--reason",
                    "looked into the org"
                )
                if said.exitCode != 0 { account.faults.append("resolve: \(said.errors)") }
                account.notes.append("\(row.key) was in doubt, \(outcome)")
                isSettled = false
            }
        }
        if !isSettled { _ = try await rig.run() }
    }
}

/// A value that closures of several tasks change.
final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    /// The lock makes it safe.
    var value: Value {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
