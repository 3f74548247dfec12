import Foundation
import Subprocess
import TestKit

/// One disturbance of one scenario.
struct MatrixCase: Sendable, CustomStringConvertible {
    enum Disturbance: Sendable, Hashable, CustomStringConvertible {
        /// The daemon is killed when it reaches a named point for the n-th time.
        case crash(point: String, time: Int)
        /// A call of one kind is broken once or twice.
        case fault(Fault, on: CallKind)

        var description: String {
            switch self {
            case .crash(let point, let time): "killed at \(point)\(time > 1 ? ", time \(time)" : "")"
            case .fault(let fault, let kind): "\(fault.rawValue) on \(kind.name)"
            }
        }
    }

    /// What the emulator does to a call.
    enum Fault: String, Sendable, CaseIterable {
        case dropBefore = "drop before acting"
        case dropAfter = "drop after acting"
        case truncate
        case truncateHonest = "truncate, with the right length"
        case delay
        case unauthorized = "401"
        case tooMany = "429"
        case unavailable = "503"
        case garbage = "malformed answer"

        var json: String {
            switch self {
            case .dropBefore: #""do":"drop","when":"before","times":1"#
            case .dropAfter: #""do":"drop","when":"after","times":1"#
            case .truncate: #""do":"truncate","when":"after","times":1"#
            case .truncateHonest: #""do":"truncate","honest":true,"when":"after","times":1"#
            case .delay: #""do":"delay","delay_ms":400,"times":2"#
            case .unauthorized: #""do":"status","status":401,"times":1"#
            case .tooMany: #""do":"status","status":429,"times":1"#
            case .unavailable: #""do":"status","status":503,"times":2"#
            case .garbage: #""do":"garbage","when":"after","times":1"#
            }
        }
    }

    /// A kind of call, as the emulator's faults name it, and the APIs that make it.
    struct CallKind: Sendable, Hashable {
        var name: String
        var method: String
        var path: String
        var apis: Set<String>

        static let all = [
            CallKind(name: "sign-in", method: "POST", path: "oauth2/token", apis: ["bulk", "bulk2", "rest"]),
            CallKind(name: "describe", method: "GET", path: "describe", apis: ["bulk", "bulk2", "rest"]),
            CallKind(name: "create job", method: "POST", path: "jobs/ingest$", apis: ["bulk2"]),
            CallKind(name: "put data", method: "PUT", path: "batches", apis: ["bulk2"]),
            CallKind(name: "close job", method: "PATCH", path: "jobs/ingest/", apis: ["bulk2"]),
            CallKind(name: "ask for job", method: "GET", path: "jobs/ingest/[^/]+$", apis: ["bulk2"]),
            CallKind(name: "read results", method: "GET", path: "Results|unprocessedrecords", apis: ["bulk2"]),
            CallKind(name: "create original job", method: "POST", path: "async/[0-9.]+/job$", apis: ["bulk"]),
            CallKind(name: "send batch", method: "POST", path: "async/[0-9.]+/job/[^/]+/batch$", apis: ["bulk"]),
            CallKind(name: "close original job", method: "POST", path: "async/[0-9.]+/job/[^/]+$", apis: ["bulk"]),
            CallKind(name: "ask for batches", method: "GET", path: "async/[0-9.]+/job/[^/]+(/batch)?$", apis: ["bulk"]),
            CallKind(name: "read batch results", method: "GET", path: "batch/[^/]+/result", apis: ["bulk"]),
            CallKind(name: "write records", method: "POST", path: "composite", apis: ["rest"]),
            CallKind(name: "write records", method: "PATCH", path: "composite", apis: ["rest"]),
            CallKind(name: "remove records", method: "DELETE", path: "composite", apis: ["rest"]),
            CallKind(name: "query", method: "GET", path: "/query", apis: ["bulk", "bulk2", "rest"]),
        ]
    }

    /// How a case went.
    enum Result: Sendable, Equatable {
        case held
        /// The scenario does not pass this point, or makes no such call.
        case passedBy
        case refused(String)
        case broken([String])
    }

    var scenario: Scenario
    var disturbance: Disturbance

    var description: String { "\(scenario), \(disturbance)" }

    /// Every combination: scenario × crash point, and scenario × fault × call kind of its API.
    static func all(points: [String]) -> [MatrixCase] {
        var cases: [MatrixCase] = []
        for scenario in Scenario.all {
            for point in points {
                cases.append(MatrixCase(scenario: scenario, disturbance: .crash(point: point, time: 1)))
            }
            for kind in CallKind.all where scenario.api == "auto" || kind.apis.contains(scenario.api) {
                for fault in Fault.allCases {
                    cases.append(MatrixCase(scenario: scenario, disturbance: .fault(fault, on: kind)))
                }
            }
        }
        return cases
    }

    /// Plays the case, and holds what the org has against what the model says.
    func play(in folder: String, _ org: RigOrg) async throws -> Result {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer {
            // A folder that stays lies in the test's own.
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await org.reset()
        let rig = try Rig(scenario, in: folder, org)
        let check = try await rig.ctl("check")
        guard check.exitCode == 0 else { return .refused(check.output + check.errors) }
        if scenario.isSeeded { try await org.seed(scenario.kind == .archive ? 17 : Scenario.rows) }
        return try await play(rig)
    }

    // MARK: - Implementation

    private func play(_ rig: Rig) async throws -> Result {
        let refusal = Locked<String?>(nil)
        try await rig.withDaemon { _ in
            guard let first = try await rig.run() else { throw Unexpected(description: "the first run has no end") }
            let reason = first.reason ?? ""
            if first.state == "failed", reason.contains("not in this version") { refusal.value = reason }
            if first.state == "failed",
                reason.contains("refused by `check --live`") || reason.contains("cannot be said")
            {
                refusal.value = reason
            }
            if refusal.value == nil, first.state != "succeeded" {
                throw Unexpected(description: "the first run, which nothing disturbs, is \(first.state): \(first)")
            }
        }
        if let reason = refusal.value { return .refused(reason) }
        try rig.execute(scenario.change)
        guard try await disturb(rig) else { return .passedBy }
        try await rig.org.mendFaults()
        var faults: [String] = []
        let notes = Locked<[String]>([])
        try await rig.withDaemon { _ in
            var last = try await rig.newestRun()
            // What one run could not do, the next does.
            for _ in 0..<2 where last.state != "succeeded" {
                notes.value.append("a run was \(last.state): \(last.reason ?? last["rows"]?.reason ?? "")")
                guard let next = try await rig.run() else { break }
                last = next
            }
            if last.state != "succeeded" { notes.value.append("the last run is \(last)") }
            let before = try await rig.org.writingCalls()
            let idle = try await rig.run()
            let after = try await rig.org.writingCalls()
            if idle?.state != "succeeded" || (after != before && scenario.kind != .archive) {
                notes.value.append(
                    "IDLE: a run with nothing to do is \(idle?.state ?? "?"), \(after - before) writing calls"
                )
            }
            if last.state != "succeeded" { notes.value.append("END: the last run is \(last.state)") }
        }
        faults += notes.value.filter { $0.hasPrefix("IDLE") || $0.hasPrefix("END") }
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
        faults += try await rig.faultsOfState().map { "state: \($0)" }
        return faults.isEmpty ? .held : .broken(faults + notes.value)
    }

    /// Runs the change with the disturbance in its way.
    ///
    /// - Returns: whether it came about.
    private func disturb(_ rig: Rig) async throws -> Bool {
        switch disturbance {
        case .crash(let point, let time):
            let ending = try await rig.withDaemon(crashingAt: time > 1 ? "\(point):\(time)" : point) { _ in
                try await rig.runUntilItEndsOrCrashes()
            }
            return ending.status == .signaled(9)
        case .fault(let fault, let kind):
            try await rig.org.fault(
                #"{"match":{"method":"\#(kind.method)","path":"\#(kind.path)"},\#(fault.json)}"#
            )
            try await rig.withDaemon { _ in
                _ = try await rig.run()
            }
            return true
        }
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
