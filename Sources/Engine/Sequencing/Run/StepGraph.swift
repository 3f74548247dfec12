package import SyncModel

/// Which steps may begin, and which never will: the order of one run, as a value.
package struct StepGraph: Sendable {
    package enum Ending: Sendable, Equatable {
        /// Reached its end with no more refused rows than its `max_rejected`.
        case passed
        /// More rows were refused than its `max_rejected`.
        case tooManyRejected
        /// A fatal error.
        case fatal
        /// Was asked to stop.
        case cancelled
    }

    package struct Advance: Equatable, Sendable {
        /// Indexes of the steps that begin now.
        package var begins: [Int] = []
        /// Steps that will never run, and the step that stopped them.
        package var skips: [Skip] = []
        /// Nothing is under way and nothing will begin.
        package var isOver = false
    }

    package struct Skip: Equatable, Sendable {
        package var step: Int
        package var because: Int
    }

    private enum Place: Equatable {
        case waiting
        case underWay
        case ended
        case left
    }

    private let steps: [StepDefinition]
    private var places: [Place]
    private var stoppedBy: Int?

    /// `including`: the steps of this run; the others count as ended before.
    package init(steps: [StepDefinition], including included: Set<Int>? = nil) {
        self.steps = steps
        places = steps.indices.map { included?.contains($0) ?? true ? .waiting : .left }
    }

    /// Whether a step stopped the sequence.
    package var isStopped: Bool { stoppedBy != nil }

    /// The run begins.
    package mutating func begun() -> Advance { advance() }

    /// A step under way has ended.
    package mutating func ended(_ step: Int, _ ending: Ending) -> Advance {
        precondition(places[step] == .underWay, "a step that is not under way cannot end")
        places[step] = .ended
        if steps[step].onFailure.stops(ending) && stoppedBy == nil { stoppedBy = step }
        return advance()
    }

    // MARK: - Implementation

    private mutating func advance() -> Advance {
        var result = Advance()
        for index in steps.indices where places[index] == .waiting {
            if let stoppedBy {
                places[index] = .ended
                result.skips.append(Skip(step: index, because: stoppedBy))
            } else if steps[index].after.allSatisfy({ places[$0] == .ended || places[$0] == .left }) {
                places[index] = .underWay
                result.begins.append(index)
            }
        }
        result.isOver = !places.contains { $0 == .waiting || $0 == .underWay }
        return result
    }
}

extension StepDefinition.FailureBehaviour {
    /// Whether an ending stops the sequence.
    func stops(_ ending: StepGraph.Ending) -> Bool {
        switch (self, ending) {
        case (_, .passed): false
        case (_, .cancelled): true
        case (.stop, .tooManyRejected), (.stop, .fatal), (.stopOnFatal, .fatal): true
        case (.stopOnFatal, .tooManyRejected), (.continue, .tooManyRejected), (.continue, .fatal): false
        }
    }
}
