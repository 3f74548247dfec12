/// What makes a push stop as a whole: never a row that was refused.
package struct PushingError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        /// Rows sent and rows accounted for are not the same.
        case rowsDoNotAddUp
        /// A result names a row twice.
        case doubledResult
    }

    package var code: Code
    package var job: String
    package var facts: String

    package init(code: Code, job: String, facts: String) {
        self.code = code
        self.job = job
        self.facts = facts
    }
}

extension PushingError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .rowsDoNotAddUp: "cannot account for the rows of job \(job): \(facts)"
        case .doubledResult: "cannot match the results of job \(job): \(facts)"
        }
    }
}
