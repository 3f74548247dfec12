package import Ledger

/// What those who follow the events read: each is read from the ledger once, however many they are.
///
/// The newest are held; who asks for older ones reads them for itself.
package actor EventFeed {
    private let ledger: Ledger
    private let hub: EventHub
    /// Every event behind `floor`, in order, up to the last that was read.
    private var held: ArraySlice<LedgerEvent> = []
    private var floor: Int64?
    /// Announcements of which everything is held.
    private var seen = 0
    private var reading: Task<Void, any Error>?

    package init(ledger: Ledger, hub: EventHub) {
        self.ledger = ledger
        self.hub = hub
    }

    /// Events after a number, oldest first, some at a time; none: there are no newer ones yet.
    package func events(after number: Int64) async throws -> [LedgerEvent] {
        let announced = hub.changes
        while floor == nil || seen < announced { try await read() }
        guard let floor, number >= floor else { return try await ledger.events(after: number, limit: Self.portion) }
        guard let first = held.firstIndex(where: { $0.number > number }) else { return [] }
        return Array(held[first...].prefix(Self.portion))
    }

    /// Events after a number, waited for; nil: there will be no more, or who waits was cancelled.
    package func next(after number: Int64) async throws -> [LedgerEvent]? {
        while true {
            let changes = hub.changes
            let events = try await events(after: number)
            if !events.isEmpty { return events }
            guard await hub.wait(beyond: changes), !Task.isCancelled else { return nil }
        }
    }

    // MARK: - Implementation

    private static let portion = 500
    /// So many are held at least, once there were as many.
    private static let depth = 1_000

    /// Reads what has come since the last time; who asks meanwhile waits for it.
    private func read() async throws {
        let task = reading ?? Task { try await self.readOn() }
        reading = task
        defer { if reading == task { reading = nil } }
        try await task.value
    }

    private func readOn() async throws {
        // What is announced from here on is perhaps not read.
        let changes = hub.changes
        var last: Int64
        if let known = held.last?.number ?? floor {
            last = known
        } else {
            last = max(0, try await ledger.lastEventNumber() - Int64(Self.depth))
            floor = last
        }
        while true {
            let events = try await ledger.events(after: last, limit: Self.portion)
            held += events
            last = events.last?.number ?? last
            if held.count > 2 * Self.depth {
                held = held.suffix(Self.depth)
                floor = held.first.map { $0.number - 1 } ?? floor
            }
            if events.count < Self.portion { break }
        }
        seen = changes
    }
}
