internal import Synchronization

/// Objects that nobody may write before an interrupted run has asked Salesforce what became of what it was writing.
package final class ReservedObjects: Sendable {
    typealias Leave = (objects: ObjectLeave, ticket: ObjectLockQueue.Ticket)

    private let leaves: Mutex<[Leave]>

    init(_ leaves: [Leave]) {
        self.leaves = Mutex(leaves)
    }

    /// Lets others write; the first time, and never again.
    func release() async {
        let given = leaves.withLock { leaves in
            defer { leaves = [] }
            return leaves
        }
        for (objects, ticket) in given { await objects.release(ticket) }
    }
}
