internal import Salesforce

/// What stopped a step or a run, in the words that stand as its reason.
enum FailureWords {
    /// What happened and why; of what Salesforce refused also what to do, since a reason has no hint beside it.
    static func reason(_ error: any Error) -> String {
        guard let refused = error as? SalesforceError else { return "\(error)" }
        let remedy = ErrorCatalogue.entry(for: refused.code, message: refused.message).remedy
        return remedy.isEmpty ? "\(error)" : "\(error); \(remedy)"
    }
}
