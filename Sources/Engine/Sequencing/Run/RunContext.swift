package import Ledger
internal import Logging
package import SyncModel

/// Everything that conducting one run needs; the definitions are those it began with.
package struct RunContext: Sendable {
    package var runID: RunID
    package var definitions: DefinitionSet
    package var sequence: SequenceDefinition
    package var book: RunBook
    package var signal: StopSignal
    package var progress: RunProgress
    package var ledger: Ledger
    package var orgs: OrgRegistry
    package var calls: CallJournal
    package var gates: Gatekeeper
    package var claims: SyncClaims
    package var clock: EngineClock
    package var secrets: SecretAccess
    package var stateFolder: String
    /// A window that an operator overrode for this run.
    package var overriddenWindow: String?
    /// What it keeps from others since it was interrupted, until it has found out how things stand; nil: nothing.
    package var reserved: ReservedObjects?

    /// How long Salesforce is waited for: a run's `max_wait`; a plan does not wait.
    package var patience: Duration
    /// What `plan RUN` shows while the run waits for approval.
    package var desk = PlanDesk()

    /// What was looked up in this run.
    package var lookups = LookupCache()

    package var snapshotFolder: String { stateFolder + "/snapshots" }

    /// Where this run's rows lie until they are delivered.
    package func spoolFolder(_ run: RunID) -> String { stateFolder + "/spool/" + run.rawValue }

    /// The destination of a sync.
    ///
    /// - Throws: `EngineError` when the definition is gone.
    package func destination(of sync: SyncDefinition) throws -> DestinationDefinition {
        guard let destination = definitions.destinations[sync.destination] else {
            throw EngineError(
                code: .unknownName,
                subject: "destination \(sync.destination)",
                detail: "sync \(sync.name) names it"
            )
        }
        return destination
    }
}
