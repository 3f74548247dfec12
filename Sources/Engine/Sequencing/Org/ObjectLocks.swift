/// Who may write which object of one org: one queue, first come, first served.
///
/// A taker gets all its objects at once or waits; since nobody holds some while waiting for others, there is no deadlock.
/// A value: events in, actions out; `Org` obeys it.
package struct ObjectLockQueue: Sendable {
    package struct Ticket: Hashable, Sendable {
        package var number: Int
    }

    /// One who holds objects, or waits for them.
    private struct Entry {
        var ticket: Ticket
        var objects: Set<String>
        var holder: String
    }

    private var holding: [Entry] = []
    private var waiting: [Entry] = []
    private var nextNumber = 0

    package init() {}

    /// Asks for objects (API names, case folded here).
    ///
    /// `holder` names the asker for those who wait.
    ///
    /// - Returns: the ticket, and whether the objects are its at once.
    package mutating func ask(for objects: some Sequence<String>, holder: String) -> (ticket: Ticket, isGranted: Bool) {
        let ticket = Ticket(number: nextNumber)
        nextNumber += 1
        let entry = Entry(ticket: ticket, objects: Set(objects.map { $0.lowercased() }), holder: holder)
        if !(holding + waiting).contains(where: { !$0.objects.isDisjoint(with: entry.objects) }) {
            holding.append(entry)
            return (ticket, true)
        }
        waiting.append(entry)
        return (ticket, false)
    }

    /// Gives back what a ticket holds, or takes it out of the queue.
    ///
    /// - Returns: the tickets that now get their objects, in the order of asking.
    package mutating func release(_ ticket: Ticket) -> [Ticket] {
        holding.removeAll { $0.ticket == ticket }
        waiting.removeAll { $0.ticket == ticket }
        var granted: [Ticket] = []
        var stillWaiting: [Entry] = []
        // What is held, or wanted by one who asked before.
        var taken = holding.reduce(into: Set<String>()) { $0.formUnion($1.objects) }
        for entry in waiting {
            if entry.objects.isDisjoint(with: taken) {
                holding.append(entry)
                granted.append(entry.ticket)
            } else {
                stillWaiting.append(entry)
            }
            taken.formUnion(entry.objects)
        }
        waiting = stillWaiting
        return granted
    }

    /// Who stands between a waiting ticket and its objects.
    package func holders(before ticket: Ticket) -> [String] {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return [] }
        return blockers(of: waiting[index], ahead: Array(waiting[..<index]))
    }

    // MARK: - Implementation

    private func blockers(of entry: Entry, ahead: [Entry]) -> [String] {
        (holding + ahead).filter { !$0.objects.isDisjoint(with: entry.objects) }.map(\.holder)
    }
}
