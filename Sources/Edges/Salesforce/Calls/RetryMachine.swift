/// Says what to do after a call failed: try again and when, sign in anew, or give up.
///
/// Holds no clock.
///
/// A call that might have been carried out is tried again only if it is repeatable; one that Salesforce certainly did
/// not carry out may always be.
struct RetryMachine: ~Copyable {
    enum Action: Equatable {
        case retry(after: Duration)
        /// The session has ended: get another one and call again at once.
        case signInAgain
        case giveUp
    }

    private let isRepeatable: Bool
    private let deadline: Duration
    private var failures = 0
    private var malformedAnswers = 0
    private var hasSignedInAgain = false

    /// A machine for one call; no attempt begins later than `deadline` after the first one.
    init(isRepeatable: Bool, deadline: Duration) {
        self.isRepeatable = isRepeatable
        self.deadline = deadline
    }

    /// An attempt failed, `elapsed` after the first one began; `jitter` is from 0 to 1, drawn anew each time.
    mutating func failed(_ error: SalesforceError, elapsed: Duration, jitter: Double) -> Action {
        if error.isSessionExpired {
            guard !hasSignedInAgain else { return .giveUp }
            hasSignedInAgain = true
            return .signInAgain
        }
        guard isRepeatable || error.wasSent == .no, isPassing(error) else { return .giveUp }
        if error.kind == .malformedAnswer {
            malformedAnswers += 1
            // What comes back twice the same is no broken connection but a proxy's page or the like.
            guard malformedAnswers <= 2 else { return .giveUp }
        }
        failures += 1
        let pause = max(backoff(jitter: jitter), error.retryAfter ?? .zero)
        guard elapsed + pause < deadline else { return .giveUp }
        return .retry(after: pause)
    }

    // MARK: - Implementation

    private func isPassing(_ error: SalesforceError) -> Bool {
        switch error.kind {
        case .transport, .timeout: true
        // Cut off on its way; with a status of 400 or more it is a page of something between us and Salesforce.
        case .malformedAnswer: (error.status ?? 0) < 400 && error.code != SalesforceError.Code.answerTooLarge
        case .limit: error.isConcurrencyLimit
        case .authentication: error.code == "unknown_error" || error.hasPassingStatus
        case .salesforce: error.hasPassingStatus || Self.passingCodes.contains(error.code)
        case .refusedHere: false
        }
    }

    /// From half a second, doubled to 30 s at most, of which the jitter takes away up to a half.
    private func backoff(jitter: Double) -> Duration {
        let doublings = min(failures - 1, 6)
        let whole = min(Duration.milliseconds(500) * (1 << doublings), .seconds(30))
        return whole * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }

    /// Transient at the level of a request whatever the status (reference 08, A3).
    private static let passingCodes: Set<String> = [
        "SERVER_UNAVAILABLE", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", "UNKNOWN_EXCEPTION",
        "INTERNAL_ERROR", "InternalServerError", "Unknown", "ORG_IN_MAINTENANCE", "SSO_SERVICE_DOWN",
    ]
}

extension SalesforceError {
    /// The session has ended, in the words of REST or of the original Bulk API, and a new one would help: a token that
    /// lacks a scope gives the same code with another text (reference 01-auth, 6).
    var isSessionExpired: Bool {
        (code == "INVALID_SESSION_ID" || code == "InvalidSessionId")
            && !message.contains("not valid for use with the REST API")
            && !message.contains("Connected app is not attached to Agent")
    }

    /// Too many calls at one time, which passes by itself, unlike a quota that is used up.
    package var isConcurrencyLimit: Bool {
        code == "REQUEST_LIMIT_EXCEEDED" && message.contains("Concurrent")
    }

    fileprivate var hasPassingStatus: Bool {
        guard let status else { return false }
        return status == 408 || status == 420 || status == 429 || status >= 500
    }
}
