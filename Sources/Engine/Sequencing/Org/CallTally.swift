package import Salesforce

/// How many calls were made since the daemon started, by what they were for: few kinds, whatever the number of calls.
package struct CallTally: Sendable {
    package struct Kind: Hashable, Sendable {
        package var destination: String
        /// `rest`, `bulk`, `bulk2`, `soap`, `tooling`, `oauth`.
        package var api: String
        /// `2xx` … `5xx`, or `none` where no answer came.
        package var status: String
    }

    package struct Amount: Sendable, Equatable {
        package var calls = 0
        package var bytesSent = 0
        package var bytesReceived = 0

        package init() {}

        package mutating func add(_ other: Amount) {
            calls += other.calls
            bytesSent += other.bytesSent
            bytesReceived += other.bytesReceived
        }
    }

    package private(set) var amounts: [Kind: Amount] = [:]
    /// What the last answer said of the org's daily calls, by destination.
    package private(set) var limits: [String: LimitInfo] = [:]

    package init() {}

    mutating func add(_ call: CallRecord, to destination: String) {
        let status = call.status.map { "\($0 / 100)xx" } ?? "none"
        let kind = Kind(destination: destination, api: Self.api(of: call.path), status: status)
        amounts[kind, default: Amount()].calls += 1
        amounts[kind, default: Amount()].bytesSent += call.bytesSent
        amounts[kind, default: Amount()].bytesReceived += call.bytesReceived
        if let limit = call.limitInfo { limits[destination] = limit }
    }

    /// Salesforce's own division of its paths (reference 02-rest, 03-bulk1, 04-bulk2, 06-soap).
    static func api(of path: String) -> String {
        if path.hasPrefix("/services/async/") { return "bulk" }
        if path.hasPrefix("/services/oauth2/") { return "oauth" }
        if path.lowercased().hasPrefix("/services/soap/") { return "soap" }
        if path.contains("/jobs/") { return "bulk2" }
        return path.contains("/tooling/") ? "tooling" : "rest"
    }
}
