internal import Pushing
internal import Salesforce
internal import SyncModel

extension CallFailure {
    /// A call's error in the words of the machines.
    init(_ error: SalesforceError) {
        let retryClass: RetryClass =
            switch error.kind {
            case .transport, .timeout, .malformedAnswer: .transient
            case .limit: error.isConcurrencyLimit ? .transient : .window
            case .authentication: .auth
            case .refusedHere: .bug
            case .salesforce:
                (error.status ?? 0) >= 500 || error.status == 420
                    ? .transient : RowFault(code: error.code, message: error.message).retryClass
            }
        self.init(retryClass: retryClass, code: error.code, mayHaveActed: error.wasSent == .unknown)
    }
}
