internal import CivilTime
internal import Foundation
internal import Ledger
internal import Logging
internal import ServiceLifecycle
internal import Snapshot
internal import Spool
package import SyncModel
internal import Synchronization

/// Takes away what `retention` no longer keeps: runs, calls, refused rows and spools, oldest first; snapshots never.
package struct Housekeeper: Service {
    private let conductor: Conductor
    /// So long after the end of a run its spools are kept as they are.
    private let plainFor: Duration

    package init(conductor: Conductor, plainFor: Duration = .seconds(3_600)) {
        self.conductor = conductor
        self.plainFor = plainFor
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await tidy()
                } catch {
                    Logger.current.warning("Retention could not be kept", metadata: ["error": "\(error)"])
                }
                // Ends early only with the daemon.
                try? await Task.sleep(for: .seconds(3_600))
            }
        }
    }

    /// Prunes once, by age, then by size.
    ///
    /// - Returns: the runs that went.
    @discardableResult
    package func tidy() async throws -> [RunID] {
        let retention = await conductor.definitions.settings.retention
        let now = conductor.parts.clock.now
        // Those of no run are stored by nobody else.
        try await conductor.calls.flush(to: ledger)
        try await removeLeftovers(notOf: await conductor.runsAtWork)
        var gone: [RunID] = []
        for run in try await ledger.runsToPrune(endedBefore: now - retention.age, limit: 10_000)
        where try await mayGo(run) {
            try await prune(run)
            gone.append(run)
        }
        try await ledger.pruneLoose(before: now - retention.age)
        try await squeeze(endedBefore: now - plainFor)
        // What was not squeezed yet must not cost a run its place.
        guard !Task.isCancelled else { return gone }
        var size = try await ledger.byteCount() + spoolBytes()
        guard size > retention.size else { return gone }
        for run in try await ledger.runsToPrune(endedBefore: now, limit: 100_000) where try await mayGo(run) {
            try await prune(run)
            gone.append(run)
            size = try await ledger.byteCount() + spoolBytes()
            if size <= retention.size { break }
        }
        return gone
    }

    // MARK: - Implementation

    private var ledger: Ledger { conductor.parts.ledger }
    private var spoolFolder: String { conductor.parts.stateFolder + "/spool" }

    /// Whether every snapshot has taken what the run recorded: until then its spool is needed.
    private func mayGo(_ run: RunID) async throws -> Bool {
        for (sync, number) in try await ledger.lastOutcomes(of: run) {
            let folder = conductor.parts.stateFolder + "/snapshots/" + sync
            guard let taken = try SnapshotStore.lastSequence(inFolder: folder) else { continue }
            if taken < UInt64(number) { return false }
        }
        return true
    }

    private func prune(_ run: RunID) async throws {
        try await ledger.prune(run)
        // A folder that stays is found again as a leftover.
        try? FileManager.default.removeItem(atPath: spoolFolder + "/" + run.rawValue)
    }

    /// What was sent is looked at soon or hardly ever: of runs that ended a while ago it is kept in less room.
    private func squeeze(endedBefore time: Timestamp) async throws {
        // Its thread does not see that the task was cancelled.
        let interruption = Interruption()
        for name in StateFolder.folders(in: spoolFolder) where !Task.isCancelled {
            guard let run = try await ledger.run(RunID(rawValue: name)), run.state.hasEnded,
                let ended = run.ended, ended < time
            else { continue }
            let folder = spoolFolder + "/" + name
            do {
                _ = try await withTaskCancellationHandler {
                    try await BlockingThread.run(named: "squeeze") {
                        try PayloadSpool.squeeze(
                            FileManager.default.contentsOfDirectory(atPath: folder),
                            inFolder: folder,
                            isStopped: { interruption.isAsked }
                        )
                    }
                } onCancel: {
                    interruption.ask()
                }
            } catch {
                // It stays as it is: what is kept is kept.
                Logger.current.info(
                    "Spool could not be compressed",
                    metadata: ["run": "\(name)", "error": "\(error)"]
                )
            }
        }
    }

    /// Spools of plans that a crash left, and of runs that are gone.
    private func removeLeftovers(notOf working: Set<RunID>) async throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: spoolFolder)) ?? [] {
            let run = RunID(rawValue: name)
            if working.contains(run) { continue }
            if !name.hasPrefix("plan-"), try await ledger.run(run) != nil { continue }
            // One that stays is found again the next time.
            try? FileManager.default.removeItem(atPath: spoolFolder + "/" + name)
        }
    }

    private func spoolBytes() -> Int64 {
        guard let files = FileManager.default.enumerator(atPath: spoolFolder) else { return 0 }
        var bytes: Int64 = 0
        while files.nextObject() != nil {
            bytes += (files.fileAttributes?[.size] as? Int64) ?? 0
        }
        return bytes
    }
}

/// Tells a thread that its work is not wanted any more.
private final class Interruption: Sendable {
    private let asked = Atomic(false)

    var isAsked: Bool { asked.load(ordering: .relaxed) }

    func ask() { asked.store(true, ordering: .relaxed) }
}
