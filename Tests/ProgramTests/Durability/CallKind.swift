/// A kind of call, as the emulator's faults name it.
struct CallKind: Sendable, Hashable {
    var name: String
    var method: String
    /// A regular expression that matches somewhere in the path.
    var path: String
    /// Made before the first row is sent, in every scenario alike.
    var isPreparing = false

    /// Every kind that a run makes; the first that fits a call is its kind.
    static let all = [
        CallKind(name: "sign-in", method: "POST", path: "oauth2/token", isPreparing: true),
        CallKind(name: "identity", method: "GET", path: "/id/|oauth2/userinfo", isPreparing: true),
        CallKind(name: "describe", method: "GET", path: "describe", isPreparing: true),
        CallKind(name: "limits", method: "GET", path: "/limits", isPreparing: true),
        CallKind(name: "Tooling query", method: "GET", path: "tooling/query", isPreparing: true),
        CallKind(name: "read a value set", method: "GET", path: "tooling/sobjects"),
        CallKind(name: "write a value set", method: "PATCH", path: "tooling/sobjects"),
        CallKind(name: "query", method: "GET", path: "/query"),
        CallKind(name: "create job", method: "POST", path: "jobs/ingest/?$"),
        CallKind(name: "put data", method: "PUT", path: "batches"),
        CallKind(name: "close job", method: "PATCH", path: "jobs/ingest/"),
        CallKind(name: "read results", method: "GET", path: "Results|unprocessedrecords"),
        CallKind(name: "ask for job", method: "GET", path: "jobs/ingest/[^/]+/?$"),
        CallKind(name: "create original job", method: "POST", path: "async/[0-9.]+/job$"),
        CallKind(name: "send batch", method: "POST", path: "async/[0-9.]+/job/[^/]+/batch$"),
        CallKind(name: "close original job", method: "POST", path: "async/[0-9.]+/job/[^/]+$"),
        CallKind(name: "read batch results", method: "GET", path: "batch/[^/]+/result"),
        CallKind(name: "read a batch's data", method: "GET", path: "batch/[^/]+/request"),
        CallKind(name: "ask for batches", method: "GET", path: "async/[0-9.]+/job/[^/]+(/batch)?$"),
        CallKind(name: "several calls in one", method: "POST", path: "composite/?$", isPreparing: true),
        CallKind(name: "create records", method: "POST", path: "composite/sobjects"),
        CallKind(name: "write records", method: "PATCH", path: "composite/sobjects"),
        CallKind(name: "remove records", method: "DELETE", path: "composite/sobjects"),
        CallKind(name: "SOAP call", method: "POST", path: "Soap/u/"),
        CallKind(name: "metadata call", method: "POST", path: "Soap/m/"),
    ]

    /// The kind of a call that was made; nil: the list lacks it.
    static func of(_ call: Org.Call) throws -> CallKind? {
        try all.first { try $0.method == call.method && call.path.contains(Regex($0.path)) }
    }
}

/// What the emulator does to a call.
enum CallFault: String, Sendable, CaseIterable {
    case dropBefore = "drop before acting"
    case dropAfter = "drop after acting"
    case truncate
    case truncateHonest = "truncate, with the right length"
    case delay
    case unauthorized = "401"
    case tooMany = "429"
    case unavailable = "503"
    case unavailableAfter = "503 after acting"
    case garbage = "malformed answer"

    var json: String {
        switch self {
        case .dropBefore: #""do":"drop","when":"before","times":1"#
        case .dropAfter: #""do":"drop","when":"after","times":1"#
        case .truncate: #""do":"truncate","when":"after","times":1"#
        case .truncateHonest: #""do":"truncate","honest":true,"when":"after","times":1"#
        case .delay: #""do":"delay","delay_ms":400,"times":2"#
        case .unauthorized: #""do":"status","status":401,"times":1"#
        case .tooMany: #""do":"status","status":429,"times":1"#
        case .unavailable: #""do":"status","status":503,"times":2"#
        case .unavailableAfter: #""do":"status","status":503,"when":"after","times":1"#
        case .garbage: #""do":"garbage","when":"after","times":1"#
        }
    }
}
