package import SyncModel

/// What a lost answer means for a call (durability.md).
package enum ResendRule: Sendable, Equatable {
    /// The record ends the same, or a unique field tells the double: sent again.
    case safe
    /// Never sent again: an event.
    case inDoubt

    package init(_ operation: RecordOperation) {
        switch operation {
        case .insert, .update, .upsert, .delete, .clear, .merge: self = .safe
        case .publish: self = .inDoubt
        }
    }
}

/// One batch of sObject collections: sent, sent again, halved to find the row that spoils the whole call.
package struct CollectionMachine: ~Copyable {
    package enum Action: Sendable, Equatable {
        /// Send these rows of the batch, after a pause.
        case send(Range<Int>, after: Duration)
        /// These rows alone were refused with the call; ask for what is next.
        case refuse(Range<Int>, code: String)
        /// What became of these rows is not known and cannot be found out.
        case leaveInDoubt(Range<Int>)
        /// These rows were not taken.
        case leaveUnsent([Range<Int>], code: String)
        case end
    }

    private enum State {
        case idle
        case sending(Range<Int>, failures: Int)
        case telling
        case ended
    }

    private var state = State.idle
    private var pending: [Range<Int>]
    private let rule: ResendRule
    private let backoff: Backoff
    private var isStopping = false
    private static let failureLimit = 5

    package init(rows: Int, rule: ResendRule, backoff: Backoff = Backoff()) {
        pending = rows > 0 ? [0..<rows] : []
        self.rule = rule
        self.backoff = backoff
    }

    package mutating func start() -> Action {
        guard case .idle = state else { preconditionFailure("a batch is started once") }
        return next()
    }

    /// The rows that were sent have their results.
    package mutating func answered() -> Action {
        guard case .sending = state else { preconditionFailure("an answer without a question") }
        return next()
    }

    /// What was told with `refuse` or `leaveInDoubt` is noted.
    package mutating func noted() -> Action {
        guard case .telling = state else { preconditionFailure("nothing was told") }
        return next()
    }

    /// The call failed as a whole.
    ///
    /// `randomness` is in 0 ..< 1.
    package mutating func failed(_ failure: CallFailure, randomness: Double) -> Action {
        guard case .sending(let rows, let failures) = state else { preconditionFailure("an answer without a question") }
        if failure.mayHaveActed, rule == .inDoubt {
            state = .telling
            return .leaveInDoubt(rows)
        }
        switch failure.retryClass {
        case .transient where failures + 1 < Self.failureLimit && !isStopping, .auth where failures == 0 && !isStopping:
            state = .sending(rows, failures: failures + 1)
            let pause =
                failure.retryClass == .auth ? .zero : backoff.pause(attempt: failures + 1, randomness: randomness)
            return .send(rows, after: pause)
        case .transient, .auth, .window, .configuration:
            state = .ended
            return .leaveUnsent([rows] + pending.reversed(), code: failure.code)
        case .shape, .data, .bug:
            guard rows.count > 1 else {
                state = .telling
                return .refuse(rows, code: failure.code)
            }
            // Reference 08, A4: halve until the row is alone.
            let middle = rows.lowerBound + rows.count / 2
            pending.append(middle..<rows.upperBound)
            pending.append(rows.lowerBound..<middle)
            return next()
        }
    }

    /// No new call: what was not sent is left, after the call under way; nil: there is one.
    package mutating func drain() -> Action? {
        isStopping = true
        switch state {
        case .idle: return next()
        case .sending, .telling, .ended: return nil
        }
    }

    // MARK: - Implementation

    private mutating func next() -> Action {
        if isStopping, !pending.isEmpty {
            state = .ended
            return .leaveUnsent(pending.reversed(), code: "stopped")
        }
        guard let rows = pending.popLast() else {
            state = .ended
            return .end
        }
        state = .sending(rows, failures: 0)
        return .send(rows, after: .zero)
    }
}
