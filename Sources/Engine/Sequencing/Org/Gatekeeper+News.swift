internal import CivilTime
internal import Foundation
internal import Gating
internal import Ledger
internal import Logging
internal import Salesforce
package import SyncModel
internal import Synchronization

extension Gatekeeper {
    /// Compares what the org does of itself on a sync's objects with what it did at the last run; news is a warning of this run.
    ///
    /// A look that goes wrong costs the news, never the run.
    func news(of sync: SyncDefinition, _ context: RunContext) async throws {
        guard let destination = context.definitions.destinations[sync.destination], destination.automation.discover,
            !sync.isEvent
        else { return }
        for object in sync.objects {
            let place = "\(destination.name)/\(object.lowercased())"
            let now = clock.now
            let isDue = state.withLock { state in
                if let read = state.newsReadAt[place], now - read < destination.automation.poll, now >= read {
                    return false
                }
                state.newsReadAt[place] = now
                return true
            }
            guard isDue else { continue }
            do {
                let client = try await context.orgs.org(destination).client()
                let found = try await ObjectAutomation(client: client, object: object).read()
                try await compare(found, object, in: destination.name, context)
            } catch let error as SalesforceError {
                Logger.current.info("Automation could not be read", metadata: ["error": "\(error)"])
                // Who can't sign in is told by the step itself.
                guard !error.isWorthRetrying, error.kind != .authentication else { continue }
                let notice =
                    "\(destination.name): the user may not see triggers, flows and rules of \(object): \(error.message)"
                let key = "said:\(destination.name)/automation"
                if try await ledger.value(key) == nil {
                    try await ledger.setValue(notice, for: key)
                    try await context.book.warn(notice)
                }
            }
        }
    }

    /// Triggers, flows and workflow rules on an object, as they were read last; empty where nobody looks or may see them.
    func whatRuns(on object: String, in destination: String) async throws -> [String] {
        guard let text = try await ledger.value(Self.key(ofAutomation: object, in: destination)),
            let kept = try? JSONDecoder().decode(AutomationInventory.self, from: Data(text.utf8))
        else { return [] }
        return kept.whatRuns
    }

    /// Under which the ledger keeps what an org did of itself on an object when that was read last.
    fileprivate static func key(ofAutomation object: String, in destination: String) -> String {
        "automation:\(destination)/\(object.lowercased())"
    }

    // MARK: - Implementation

    private func compare(
        _ found: AutomationInventory,
        _ object: String,
        in destination: String,
        _ context: RunContext
    ) async throws {
        let key = Self.key(ofAutomation: object, in: destination)
        let text = String(decoding: try JSONEncoder().encode(found), as: UTF8.self)
        let before = try await ledger.value(key)
        guard before != text else { return }
        if let before {
            // What an older version has kept in another form is no news.
            let earlier = (try? JSONDecoder().decode(AutomationInventory.self, from: Data(before.utf8))) ?? found
            for sentence in found.news(since: earlier) {
                let words = "automation on \(object): \(sentence)"
                try await context.book.warn(words)
                try await context.book.tell(
                    LedgerEvent(
                        time: clock.now,
                        kind: "automation-changed",
                        run: context.runID,
                        sequence: context.sequence.name,
                        reason: words
                    )
                )
            }
        }
        try await ledger.setValue(text, for: key)
    }
}

extension Conductor {
    /// The validation rule that has refused a row, where its text is that of one rule alone, as the org's rules were read last.
    package func validationRule(refusing row: UndeliveredRow) async throws -> String? {
        guard row.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION", let sync = definitions.syncs[row.sync] else {
            return nil
        }
        for object in sync.objects {
            let key = Gatekeeper.key(ofAutomation: object, in: sync.destination)
            guard let text = try await parts.ledger.value(key),
                let kept = try? JSONDecoder().decode(AutomationInventory.self, from: Data(text.utf8)),
                let rule = kept.validationRule(saying: row.message)
            else { continue }
            return rule
        }
        return nil
    }
}

extension SyncDefinition {
    fileprivate var isEvent: Bool {
        if case .event = target { return true }
        return false
    }
}
