/// `requests RUN [--body N]`.
package struct RequestsAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var requests: [APIRequestReport]
    package var truncated: Bool

    package init(requests: [APIRequestReport], truncated: Bool = false) {
        self.requests = requests
        self.truncated = truncated
    }
}

/// One API call of a run.
package struct APIRequestReport: Codable, Sendable, Equatable {
    /// Its place in the run, from 1: what `--body N` names.
    package var number: Int
    package var time: String
    @OrNull package var sync: String?
    package var method: String
    package var path: String
    /// The HTTP status; null when no answer came.
    @OrNull package var status: Int?
    package var milliseconds: Double
    package var bytesSent: Int
    package var bytesReceived: Int
    /// `Sforce-Limit-Info` as it came.
    @OrNull package var limitInfo: String?
    /// Why there was no answer.
    @OrNull package var failure: String?
    /// Only where asked for with `body`.
    @OrNull package var requestBody: String?
    @OrNull package var responseBody: String?

    package init(
        number: Int,
        time: String,
        method: String,
        path: String,
        milliseconds: Double,
        bytesSent: Int,
        bytesReceived: Int
    ) {
        self.number = number
        self.time = time
        self.method = method
        self.path = path
        self.milliseconds = milliseconds
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
        sync = nil
        status = nil
        limitInfo = nil
        failure = nil
        requestBody = nil
        responseBody = nil
    }
}
