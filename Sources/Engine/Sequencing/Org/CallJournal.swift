package import CivilTime
package import Ledger
internal import Salesforce
package import SyncModel
internal import Synchronization

/// Hears of every call to Salesforce, counts it for its step, and keeps it until it is stored.
package final class CallJournal: Sendable {
    fileprivate struct State {
        var waiting: [LoggedCall] = []
        var counts: [String: Int] = [:]
        var keepsBodies: Bool
        var redaction: BodyRedaction
        var tally = CallTally()
        var contacts: [String: Contact] = [:]
    }

    /// How the last call to a destination went.
    package struct Contact: Sendable {
        package var time: Timestamp
        /// Whether anything answered, be it with a refusal.
        package var isReached: Bool
        /// Why nothing did.
        package var reason: String?
    }

    /// Hears of the calls to one destination.
    struct Listener: CallObserving {
        let journal: CallJournal
        let destination: String

        func finished(_ call: CallRecord) {
            journal.finished(call, of: destination)
            let contact = Contact(
                time: call.started,
                isReached: call.status != nil,
                reason: call.status == nil ? call.error.map { "\($0)" } : nil
            )
            journal.state.withLock { $0.contacts[destination] = contact }
        }
    }

    fileprivate let state: Mutex<State>

    package init(_ settings: DaemonSettings.Requests = DaemonSettings.Requests()) {
        state = Mutex(State(keepsBodies: settings.bodies, redaction: BodyRedaction(settings.redact)))
    }

    /// Keeps of the calls to come what new settings say.
    package func renew(_ settings: DaemonSettings.Requests) {
        let redaction = BodyRedaction(settings.redact)
        state.withLock { ($0.keepsBodies, $0.redaction) = (settings.bodies, redaction) }
    }

    /// The label under which the calls of a sync's step are made.
    package static func label(run: RunID, sync: String?) -> String {
        sync.map { "\(run.rawValue)/\($0)" } ?? run.rawValue
    }

    /// The label under which a plan of a sync asks: its calls are counted, and belong to no run.
    package static func label(plan: RunID, sync: String) -> String { planMark + label(run: plan, sync: sync) }

    private func finished(_ call: CallRecord, of destination: String) {
        let (keepsBodies, redaction) = state.withLock { ($0.keepsBodies, $0.redaction) }
        func kept(_ body: CallRecord.Body?) -> String? {
            body.map { String(decoding: $0.bytes.prefix(Self.bodyLimit), as: UTF8.self) }
        }
        var logged = LoggedCall(
            started: call.started,
            method: call.method,
            path: redaction.path(call.path),
            status: call.status,
            milliseconds: Int(call.duration / .milliseconds(1)),
            bytesSent: call.bytesSent,
            bytesReceived: call.bytesReceived
        )
        if let label = call.label, !label.hasPrefix(Self.planMark) {
            let parts = label.split(separator: "/", maxSplits: 1).map(String.init)
            logged.run = parts.first.map(RunID.init(rawValue:))
            logged.sync = parts.count == 2 ? parts[1] : nil
        }
        logged.limits = call.limitInfo.map { "\($0)" }
        logged.error = call.error.map { "\($0)" }
        if keepsBodies {
            // A message may repeat what was sent beyond what is kept of it.
            let sent = redaction.isEmpty ? nil : call.requestBody.map { String(decoding: $0.bytes, as: UTF8.self) }
            logged.requestBody = kept(call.requestBody).map(redaction.body)
            logged.responseBody = kept(call.responseBody).map { redaction.answer($0, to: sent) }
        }
        let heard = logged
        state.withLock { state in
            state.waiting.append(heard)
            state.tally.add(call, to: destination)
            if let label = call.label { state.counts[label, default: 0] += 1 }
        }
    }

    func listener(of destination: String) -> Listener { Listener(journal: self, destination: destination) }

    /// The last contact with each destination since the daemon started.
    package var contacts: [String: Contact] { state.withLock(\.contacts) }

    /// All calls since the daemon started, by kind.
    package var tally: CallTally { state.withLock { $0.tally } }

    /// Calls made so far under a label.
    package func count(run: RunID, sync: String) -> Int {
        state.withLock { $0.counts[Self.label(run: run, sync: sync)] ?? 0 }
    }

    /// Calls made so far under a label, whose count is forgotten.
    func takeCount(of label: String) -> Int {
        state.withLock { $0.counts.removeValue(forKey: label) ?? 0 }
    }

    /// Stores what was heard since the last time; what can't be stored waits for the next.
    package func flush(to ledger: Ledger) async throws {
        let calls = state.withLock { state in
            let calls = state.waiting
            state.waiting = []
            return calls
        }
        if calls.isEmpty { return }
        do {
            try await ledger.append(calls)
        } catch {
            state.withLock { $0.waiting = calls + $0.waiting }
            throw error
        }
    }

    /// Forgets the counts of a run that has ended.
    package func forget(run: RunID) {
        state.withLock { state in
            state.counts = state.counts.filter { !$0.key.hasPrefix(run.rawValue) }
        }
    }

    // MARK: - Implementation

    private static let planMark = "plan:"
    /// Characters of a body that are kept: enough to see what was said, not a copy of the data.
    private static let bodyLimit = 16_384
}
