import Foundation
import TestKit

/// What a run passes that nobody disturbs: the crash points, how often each, and the kinds of calls.
struct MatrixTrail: Sendable {
    var points: [String: Int]
    var calls: [CallKind]
}

/// A scenario's database, state and org as they are before the run that is disturbed: made once, put back before each case.
struct MatrixWorld: Sendable {
    let rig: Rig
    let trail: MatrixTrail

    /// Why a scenario cannot be.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes the world, and has the run that is to be disturbed come to its end once without that.
    ///
    /// - Throws: `Refused` when `check` or the run refuses what is written.
    static func make(_ scenario: Scenario, in folder: String, _ org: RigOrg) async throws -> MatrixWorld {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try await org.reset()
        let rig = try Rig(scenario, in: folder, org)
        let check = try await rig.ctl("check")
        guard check.exitCode == 0 else { throw Refused(description: check.output + check.errors) }
        try await org.seed(scenario.seeded)
        let first = Locked<Documents.RunReport?>(nil)
        try await rig.withDaemon { _ in first.value = try await rig.run() }
        guard let run = first.value else { throw Unexpected(description: "the first run has no end") }
        let reason = [run.reason, run["rows"]?.reason].compactMap(\.self).joined(separator: "; ")
        if run.state == "failed", reason.contains("api: ") || reason.contains("not in this version") {
            throw Refused(description: reason)
        }
        guard run.state == "succeeded" else {
            throw Unexpected(description: "the first run, which nothing disturbs, is \(run.state): \(run)")
        }
        try rig.execute(scenario.change)
        try FileManager.default.copyItem(atPath: rig.state, toPath: rig.savedState)
        try await org.takeSnapshot()
        return MatrixWorld(rig: rig, trail: try await trail(of: rig))
    }

    /// Puts state and org back.
    func putBack() async throws { try await Self.putBack(rig) }

    // MARK: - Implementation

    private static func trail(of rig: Rig) async throws -> MatrixTrail {
        try await putBack(rig)
        let before = try await rig.org.callCount()
        let ended = Locked<Documents.RunReport?>(nil)
        try await rig.withDaemon(tracing: rig.trace) { _ in ended.value = try await rig.run() }
        guard ended.value?.state == "succeeded" else {
            throw Unexpected(description: "the run that nothing disturbs is \(String(describing: ended.value))")
        }
        var trail = MatrixTrail(points: [:], calls: [])
        for name in try String(contentsOfFile: rig.trace, encoding: .utf8).split(separator: "\n") {
            trail.points[String(name), default: 0] += 1
        }
        var seen: Set<CallKind> = []
        for call in try await rig.org.calls(after: before) {
            guard let kind = try CallKind.of(call) else {
                throw Unexpected(description: "the matrix has no kind for \(call.method) \(call.path)")
            }
            if seen.insert(kind).inserted { trail.calls.append(kind) }
        }
        return trail
    }

    private static func putBack(_ rig: Rig) async throws {
        try await rig.org.mendFaults()
        try await rig.org.restore()
        try FileManager.default.removeItem(atPath: rig.state)
        try FileManager.default.copyItem(atPath: rig.savedState, toPath: rig.state)
    }
}
