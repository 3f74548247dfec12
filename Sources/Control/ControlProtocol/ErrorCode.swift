/// What kind of thing went wrong, as `error.code` says it; each has one HTTP status and one exit code.
package enum ErrorCode: String, Sendable, Codable, CaseIterable {
    /// The request does not have the shape, or holds a value that cannot be.
    case badRequest = "bad-request"
    /// The caller's role does not reach.
    case notPermitted = "not-permitted"
    /// Nothing has that name.
    case notFound = "not-found"
    /// The path is there, the method is not.
    case methodNotAllowed = "method-not-allowed"
    /// The request did not arrive in time.
    case requestTimeout = "request-timeout"
    /// Not now: a guard, a window, a run that goes on, a daemon that stops.
    case refused
    /// The body is larger than the daemon takes.
    case tooLarge = "too-large"
    /// Definitions with faults; those in force stay.
    case definitionsInvalid = "definitions-invalid"
    /// Something outside failed: a source, Salesforce.
    case outsideFailed = "outside-failed"
    /// Too many connections, in all or of this caller.
    case tooManyConnections = "too-many-connections"
    /// This daemon has no answer to that operation.
    case notSupported = "not-supported"
    /// The daemon failed at it; the journal says more.
    case failed
    /// Said by the client only: no daemon answers on the socket.
    case notReached = "not-reached"
    /// Said by the client only: `--timeout` passed.
    case timedOut = "timed-out"
    /// Said by the client only: the command line is wrong.
    case usage
    /// Said by the client only: left by Ctrl-C, the run goes on.
    case detached
    /// Said by the client only: the daemon went away while a run was waited for, and did not come back in time.
    case daemonGone = "daemon-gone"

    /// The status of the HTTP answer; those that only a client says have none of their own.
    package var httpStatus: Int {
        switch self {
        case .badRequest, .usage: 400
        case .notPermitted: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout, .timedOut: 408
        case .refused: 409
        case .tooLarge: 413
        case .definitionsInvalid: 422
        case .outsideFailed: 424
        case .tooManyConnections: 429
        case .failed, .detached: 500
        case .notSupported: 501
        case .notReached, .daemonGone: 503
        }
    }

    /// The code that `sequencectl` ends with.
    ///
    /// - Parameter acting: whether the verb changes something: an unknown object is 5 then, else 4.
    /// - Returns: never 0.
    package func exitCode(acting: Bool) -> Int32 {
        switch self {
        case .failed, .outsideFailed, .requestTimeout, .methodNotAllowed: 1
        case .notFound: acting ? 5 : 4
        case .badRequest, .tooLarge, .usage: 64
        case .notReached, .notSupported: 69
        case .daemonGone: 13
        case .refused, .tooManyConnections: 75
        case .notPermitted: 77
        case .definitionsInvalid: 78
        case .timedOut: 124
        case .detached: 130
        }
    }
}
