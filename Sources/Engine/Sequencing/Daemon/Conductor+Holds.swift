package import Ledger

extension Conductor {
    /// Stores a hold that a person has added or ended; from now on the gate goes by it.
    package nonisolated func store(_ hold: Hold, _ event: LedgerEvent) async throws {
        try await parts.ledger.store(hold, event: event)
        gates.holdsChanged()
        parts.events.announce(event, run: nil)
    }
}
