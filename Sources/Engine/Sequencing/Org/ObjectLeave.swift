/// The leave to write objects of one destination, which one step has at a time; it outlives the destination's definition.
package actor ObjectLeave {
    private var locks = ObjectLockQueue()
    private var granted: Set<ObjectLockQueue.Ticket> = []
    private var sleepers: [ObjectLockQueue.Ticket: CheckedContinuation<Void, Never>] = [:]

    package init() {}

    /// Asks for objects; `isGranted` tells when they are the asker's.
    package func ask(for objects: [String], holder: String) -> ObjectLockQueue.Ticket {
        let answer = locks.ask(for: objects, holder: holder)
        if answer.isGranted { granted.insert(answer.ticket) }
        return answer.ticket
    }

    package func isGranted(_ ticket: ObjectLockQueue.Ticket) -> Bool { granted.contains(ticket) }

    package func holders(before ticket: ObjectLockQueue.Ticket) -> [String] { locks.holders(before: ticket) }

    /// Returns when the ticket's objects are its, or when the task is cancelled.
    func wait(for ticket: ObjectLockQueue.Ticket) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if granted.contains(ticket) || Task.isCancelled {
                    continuation.resume()
                } else {
                    sleepers[ticket] = continuation
                }
            }
        } onCancel: {
            Task { await self.wake(ticket) }
        }
    }

    /// Gives a ticket's objects back, or leaves the queue.
    package func release(_ ticket: ObjectLockQueue.Ticket) {
        granted.remove(ticket)
        for next in locks.release(ticket) {
            granted.insert(next)
            wake(next)
        }
    }

    private func wake(_ ticket: ObjectLockQueue.Ticket) {
        sleepers.removeValue(forKey: ticket)?.resume()
    }
}
