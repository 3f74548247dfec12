/// How Salesforce is to treat records that are written over REST or SOAP.
package struct RecordOptions: Sendable, Equatable {
    /// Which assignment rule runs for cases and leads (reference 02-rest, request headers).
    package enum AssignmentRule: Sendable, Equatable {
        /// The org's default rule, as if a person had saved the record.
        case active
        case none
        case rule(id: String)
    }

    package var assignmentRule: AssignmentRule
    /// Duplicates that a rule only warns of are saved.
    package var allowDuplicates: Bool

    package init(assignmentRule: AssignmentRule = .none, allowDuplicates: Bool = false) {
        self.assignmentRule = assignmentRule
        self.allowDuplicates = allowDuplicates
    }

    var headers: [(name: String, value: String)] {
        let assignment =
            switch assignmentRule {
            case .active: "TRUE"
            case .none: "FALSE"
            case .rule(let id): id
            }
        var headers = [(name: "Sforce-Auto-Assign", value: assignment)]
        if allowDuplicates { headers.append((name: "Sforce-Duplicate-Rule-Header", value: "allowSave=true")) }
        return headers
    }
}
