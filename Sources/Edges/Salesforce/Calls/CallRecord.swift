package import CivilTime

/// One HTTP exchange with Salesforce, as the request log keeps it.
package struct CallRecord: Sendable {
    /// The beginning of a body; of secrets nothing is kept.
    package struct Body: Sendable, Equatable {
        package var bytes: [UInt8]
        /// Bytes of the whole body.
        package var size: Int

        package var isWhole: Bool { bytes.count == size }
    }

    /// Counts up within a client.
    package var id: UInt64
    /// What the caller named with `CallLabel.$current`, as a run and a step.
    package var label: String?
    /// What was being done, as "query Account".
    package var action: String
    package var method: String
    /// Path and query, without the host.
    package var path: String
    /// 1 for the first attempt at a call.
    package var attempt: Int
    package var status: Int?
    package var started: Timestamp
    package var duration: Duration
    package var bytesSent: Int
    package var bytesReceived: Int
    package var limitInfo: LimitInfo?
    /// Nil where there was none, for uploads (they lie in the spool) and for sign-in.
    package var requestBody: Body?
    /// Nil where there was none and for sign-in; of a result set the beginning.
    package var responseBody: Body?
    package var error: SalesforceError?
}

/// Hears of every exchange, from whatever task it ran in.
///
/// Must return soon and must not block.
package protocol CallObserving: Sendable {
    func finished(_ call: CallRecord)
}

/// Names the work that calls belong to: `CallLabel.$current.withValue("run 17/contacts") { … }`.
package enum CallLabel {
    @TaskLocal package static var current: String?
}
