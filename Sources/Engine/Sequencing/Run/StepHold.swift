internal import Ledger
internal import Salesforce
internal import SyncModel

/// The leave of one step to write: its gate is open and all its objects are its own.
///
/// The first of its syncs that has something to send gets it for all of them; the step's end gives the objects back. While the
/// gate is closed nothing is held.
actor StepHold {
    private let context: RunContext
    private let syncs: [SyncDefinition]
    /// How many rows each is about to send.
    private let rows: [String: Int]
    private var entering: Task<Void, any Error>?
    /// How many syncs of the step write or are about to.
    private var working = 0
    /// How many wait for a person's word.
    private var asking = 0
    private var held: [(objects: ObjectLeave, ticket: ObjectLockQueue.Ticket)] = []

    /// `syncs`: those of the step that have something to send.
    init(_ context: RunContext, _ syncs: [SyncDefinition], rows: [String: Int]) {
        self.context = context
        self.syncs = syncs
        self.rows = rows
    }

    /// Waits until the step may write; who has entered says when it has written.
    ///
    /// - Throws: `StoppedOnRequest`, `WaitedTooLong`.
    func enter() async throws {
        working += 1
        do {
            try await join()
        } catch {
            await hasWritten()
            throw error
        }
    }

    /// One that entered is at its end.
    func hasWritten() async {
        working -= 1
        if working == 0 && asking > 0 { await release() }
    }

    /// One of the syncs waits for a person's word: the objects are nobody's meanwhile, unless another sync of the step is at work.
    ///
    /// Who goes on takes them again.
    func beginsToAsk() async {
        asking += 1
        if working == 0 { await release() }
    }

    func hasAsked() { asking -= 1 }

    /// Gives the objects back.
    func release() async {
        let held = held
        self.held = []
        for (objects, ticket) in held { await objects.release(ticket) }
    }

    // MARK: - Implementation

    private func join() async throws {
        // While somebody enters, objects are asked for and not yet given.
        if entering == nil, !held.isEmpty { return }
        let task = entering ?? Task { try await self.acquire() }
        entering = task
        defer { if entering == task { entering = nil } }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func acquire() async throws {
        while true {
            guard try await context.waitAtGate(for: syncs, rows: rows) else { throw StoppedOnRequest() }
            let waited = try await takeObjects()
            // A window may have opened while others had the objects; then they are not kept from anybody.
            if !waited { return }
            if try await context.gates.isOpen(for: syncs, rows: rows, context) { return }
            await release()
        }
    }

    /// Takes all objects of an org at once, the orgs by name, so that two steps never wait for each other.
    ///
    /// - Returns: whether it had to wait.
    private func takeObjects() async throws -> Bool {
        var hasWaited = false
        do {
            for (org, syncs) in try await context.ledger.byOrg(syncs) {
                let objects = await context.orgs.leave(ofOrg: org)
                let ticket = await objects.ask(for: syncs.flatMap(\.objects), holder: context.sequence.name)
                held.append((objects, ticket))
                if await objects.isGranted(ticket) { continue }
                hasWaited = true
                let holders = Set(await objects.holders(before: ticket)).sorted().joined(separator: ", ")
                for sync in syncs {
                    let reason = "\(sync.objectLabel) is written by \(holders)"
                    try await context.book.step(sync.name, is: .waiting, reason: reason)
                }
                try await context.book.happened(.blocked, reason: "objects are written by \(holders)")
                while await !objects.isGranted(ticket) {
                    let seen = context.signal.beacon.changes
                    if context.signal.isAsked { throw StoppedOnRequest() }
                    let signal = context.signal
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { await objects.wait(for: ticket) }
                        group.addTask { await signal.beacon.wait(beyond: seen) }
                        await group.next()
                        group.cancelAll()
                    }
                    try Task.checkCancellation()
                }
            }
        } catch {
            await release()
            throw error
        }
        if hasWaited { try await context.book.happened(.cleared) }
        return hasWaited
    }
}
