internal import ControlProtocol
internal import Ledger
internal import Sequencing

/// Reads the events for one caller, no faster than it takes them.
actor EventReader {
    private let conductor: Conductor
    private let follows: Bool
    private var last: Int64
    private var waiting: ArraySlice<LedgerEvent> = []

    /// `follows`: those to come are waited for.
    init(_ conductor: Conductor, after number: Int64, follows: Bool) {
        self.conductor = conductor
        self.follows = follows
        last = number
    }

    /// The next event; nil: there are no more.
    func next() async throws -> EventReport? {
        if waiting.isEmpty { waiting = try await more()[...] }
        guard let event = waiting.popFirst() else { return nil }
        last = event.number
        return EventReport(event)
    }

    // MARK: - Implementation

    private func more() async throws -> [LedgerEvent] {
        if follows { return try await conductor.feed.next(after: last) ?? [] }
        return try await conductor.parts.ledger.events(after: last, limit: 500)
    }
}
