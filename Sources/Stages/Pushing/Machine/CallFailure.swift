package import SyncModel

/// A call that was not answered as it should have been, after the client's own tries.
package struct CallFailure: Sendable, Equatable {
    package var retryClass: RetryClass
    package var code: String
    /// Salesforce may have acted: the request left, its answer did not come.
    package var mayHaveActed: Bool

    package init(retryClass: RetryClass, code: String, mayHaveActed: Bool) {
        self.retryClass = retryClass
        self.code = code
        self.mayHaveActed = mayHaveActed
    }
}
