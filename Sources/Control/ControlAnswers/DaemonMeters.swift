package import CivilTime
internal import Foundation
internal import Gating
internal import Ledger
internal import Metering
internal import Salesforce
package import Sequencing
package import SyncModel
internal import Synchronization

/// What the daemon counts, as OpenMetrics text; docs/operations.md has the list with example alerts.
///
/// Counters are of this process: they begin at 0 with each start, as the text form has it.
package final class DaemonMeters: Sendable {
    private let conductor: Conductor
    private let meter = Meter()
    private let runs: Counter
    private let durations: Histogram
    private let waits: Histogram
    private let rows: Counter
    private let undelivered: Counter
    private let overridden: Counter
    private let reloads: Counter
    private let requests: Counter
    /// When each sequence delivered last: since the start, and once the state was asked, before it.
    private let deliveries = Mutex((times: [String: Timestamp](), isRead: false))

    package init(conductor: Conductor, started: Timestamp) {
        self.conductor = conductor
        meter.info("sequenced_build", "The daemon's version.", ["version": SoftwareVersion.text])
        runs = meter.counter(
            "sequenced_sequencing_runs",
            "Runs that have ended, skipped and missed ones among them.",
            labels: ["sequence", "result", "trigger"]
        )
        durations = meter.histogram(
            "sequenced_sequencing_run_duration_seconds",
            "How long runs took, from their first step to their end.",
            labels: ["sequence"]
        )
        waits = meter.histogram(
            "sequenced_sequencing_run_wait_seconds",
            "How long runs were queued or waited before they began.",
            labels: ["sequence"]
        )
        rows = meter.counter(
            "sequenced_diffing_rows",
            "Rows of models that ended runs have read, by what became of them since the last delivery.",
            labels: ["sync", "class"]
        )
        undelivered = meter.counter(
            "sequenced_pushing_rows",
            "Rows of ended runs by what became of them in Salesforce.",
            labels: ["sync", "outcome"]
        )
        overridden = meter.counter(
            "sequenced_gating_overridden_runs",
            "Runs that have ended and for which an operator overrode a window.",
            labels: ["sequence"]
        )
        reloads = meter.counter(
            "sequenced_definitions_reloads",
            "Reloads of the definitions.",
            labels: ["result"]
        )
        requests = meter.counter(
            "sequenced_control_requests",
            "Requests on the control socket.",
            labels: ["verb", "status"]
        )
        meter.gauge("sequenced_daemon_start_timestamp_seconds", "When the daemon started.").set(started.inSeconds)
    }

    /// Takes a run into account that has just ended.
    package func ended(_ run: RunRecord) {
        if let ended = run.ended, run.state == .succeeded || run.state == .partial {
            deliveries.withLock { $0.times[run.sequence] = ended }
        }
        runs.add(1, [run.sequence, run.state.rawValue, run.trigger.rawValue])
        overridden.add(run.request.overrideWindow == nil ? 0 : 1, [run.sequence])
        if let began = run.started {
            waits.observe(began - run.created, [run.sequence])
            if let ended = run.ended { durations.observe(ended - began, [run.sequence]) }
        }
        for step in run.steps {
            let counts = step.counts
            for (count, name) in [
                (counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed"),
                (counts.unchanged, "unchanged"), (counts.owed, "owed"),
            ] { rows.add(count, [step.sync, name]) }
            for (count, name) in [
                (counts.created, "created"), (counts.updated, "updated"), (counts.deleted, "deleted"),
                (counts.merged, "merged"), (counts.published, "published"), (counts.rejected, "rejected"),
                (counts.held, "held"), (counts.unmatched, "unmatched"), (counts.inDoubt, "in-doubt"),
            ] { undelivered.add(count, [step.sync, name]) }
        }
    }

    package func reloaded(accepted: Bool) { reloads.add(1, [accepted ? "accepted" : "refused"]) }

    /// One request on the control socket, by the route it took.
    package func answered(verb: String, status: Int) { requests.add(1, [verb, "\(status / 100)xx"]) }

    /// Everything, read at this moment; a family that cannot be read is left out, and the first line says so.
    package func text() async -> String {
        var missing: [String] = []
        do {
            try await readSequences()
        } catch {
            missing.append("# sequences cannot be read: \(error)\n")
        }
        do {
            try await readGates()
        } catch {
            missing.append("# quiet windows cannot be read: \(error)\n")
        }
        readCalls()
        readSizes()
        return missing.map { $0.split(separator: "\n").joined(separator: " ") + "\n" }.joined() + meter.text
    }

    // MARK: - Implementation

    private func readSequences() async throws {
        let standings = try await conductor.statuses()
        let states = meter.gauge(
            "sequenced_sequencing_sequences",
            "Sequences by what they do now.",
            labels: ["state"]
        )
        for state in ["idle", "queued", "waiting", "running", "stopping"] {
            states.set(standings.filter { $0.state.rawValue == state }.count, [state])
        }
        let paused = meter.gauge(
            "sequenced_scheduling_paused",
            "1 while the schedule of a sequence is paused.",
            labels: ["sequence"]
        )
        let next = meter.gauge(
            "sequenced_scheduling_next_timestamp_seconds",
            "When a sequence starts next.",
            labels: ["sequence"]
        )
        let last = meter.gauge(
            "sequenced_sequencing_last_end_timestamp_seconds",
            "When the newest run of a sequence ended, by its result.",
            labels: ["sequence", "result"]
        )
        let success = meter.gauge(
            "sequenced_sequencing_last_success_timestamp_seconds",
            "When a run of a sequence last succeeded or left only rejected rows behind.",
            labels: ["sequence"]
        )
        let succeeded = try await lastDeliveries()
        for standing in standings {
            paused.set(standing.isPaused ? 1 : 0, [standing.name])
            if let time = standing.next {
                next.set(time.inSeconds, [standing.name])
            } else {
                next.remove([standing.name])
            }
            if let run = standing.last, let ended = run.ended {
                for state in RunState.allCases where state != run.state {
                    last.remove([standing.name, state.rawValue])
                }
                last.set(ended.inSeconds, [standing.name, run.state.rawValue])
            }
            if let time = succeeded[standing.name] { success.set(time.inSeconds, [standing.name]) }
        }
        meter.gauge("sequenced_definitions_generation", "Counts the definitions that were in force since the start.")
            .set(await conductor.generation)
    }

    /// Asked of the state once, and kept up by each run that ends.
    private func lastDeliveries() async throws -> [String: Timestamp] {
        let known = deliveries.withLock { $0 }
        if known.isRead { return known.times }
        let stored = try await conductor.parts.ledger.lastDeliveries()
        return deliveries.withLock { known in
            known = (known.times.merging(stored) { max($0, $1) }, true)
            return known.times
        }
    }

    private func readGates() async throws {
        let definitions = await conductor.definitions
        let closed = try await conductor.gates.closures(of: definitions, at: conductor.parts.clock.now)
        let gauge = meter.gauge(
            "sequenced_gating_closed",
            "Gates that are closed now: quiet windows, holds, an org's own work, its quota.",
            labels: ["destination", "kind"]
        )
        for destination in definitions.destinations.keys {
            for kind in ["window", "hold", "discovered", "quota"] {
                let count = closed.filter { $0.destination == destination && $0.closure.kind == kind }.count
                gauge.set(count, [destination, kind])
            }
        }
    }

    private func readCalls() {
        let tally = conductor.callTally
        let labels = ["destination", "api", "status"]
        let calls = meter.counter("sequenced_salesforce_calls", "Calls to Salesforce by their answers.", labels: labels)
        let sent = meter.counter("sequenced_salesforce_sent_bytes", "Bytes of requests' bodies.", labels: labels)
        let received = meter.counter("sequenced_salesforce_received_bytes", "Bytes of answers' bodies.", labels: labels)
        for (kind, amount) in tally.amounts {
            let labels = [kind.destination, kind.api, kind.status]
            calls.raise(to: amount.calls, labels)
            sent.raise(to: amount.bytesSent, labels)
            received.raise(to: amount.bytesReceived, labels)
        }
        let left = meter.gauge(
            "sequenced_salesforce_quota_left_calls",
            "Calls that the org's daily limit leaves, as its last answer said.",
            labels: ["destination"]
        )
        let allowed = meter.gauge(
            "sequenced_salesforce_quota_calls",
            "The org's daily limit of calls, as its last answer said.",
            labels: ["destination"]
        )
        for (destination, limit) in tally.limits {
            left.set(max(0, limit.allowed - limit.used), [destination])
            allowed.set(limit.allowed, [destination])
        }
    }

    private func readSizes() {
        let gauge = meter.gauge("sequenced_state_size_bytes", "What the state takes on disk.", labels: ["part"])
        gauge.set(Double(conductor.parts.ledger.size), ["ledger"])
        for part in ["snapshots", "spool"] {
            gauge.set(Double(Self.size(of: conductor.parts.stateFolder + "/" + part)), [part])
        }
    }

    private static func size(of folder: String) -> Int {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .isRegularFileKey]
        let walk = FileManager.default.enumerator(at: URL(filePath: folder), includingPropertiesForKeys: Array(keys))
        var sum = 0
        while let url = walk?.nextObject() as? URL {
            // A file that goes meanwhile has no size any more.
            guard let values = try? url.resourceValues(forKeys: keys), values.isRegularFile == true else { continue }
            sum += values.fileSize ?? 0
        }
        return sum
    }
}

extension Timestamp {
    /// Seconds since the epoch, as metrics have them.
    fileprivate var inSeconds: Double { Double(microseconds) / 1_000_000 }
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
