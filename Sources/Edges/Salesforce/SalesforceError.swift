/// Why a call to Salesforce did not give what was asked for: one error for the whole room, safe to show.
///
/// A row that Salesforce refused is no error but a result; see `CollectionResult` and the result sets of jobs.
package struct SalesforceError: Error, Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The connection could not be made, or it broke.
        case transport
        /// No whole answer within the time given.
        case timeout
        /// Signing in was refused, or the session is not accepted.
        case authentication
        /// Salesforce answered with an error.
        case salesforce
        /// What came back is not what Salesforce sends.
        case malformedAnswer
        /// A limit of the org is used up; the same call passes once its window has moved.
        case limit
        /// The call was not made: what was asked for, or the configuration, is wrong.
        case refusedHere
    }

    /// Could the request have taken effect? What recovery after a lost answer rests on.
    package enum Effect: String, Sendable {
        /// It certainly did not: it never left, or Salesforce refused it.
        case no
        /// Nobody here can tell.
        case unknown
    }

    package var kind: Kind
    /// Salesforce's code as sent, else one of `Code`.
    package var code: String
    package var message: String
    /// API names of the fields that Salesforce blames.
    package var fields: [String]
    /// The HTTP status, if there was one.
    package var status: Int?
    /// What was being done, as "query Account".
    package var action: String
    package var wasSent: Effect
    /// How long Salesforce asks to wait, from `Retry-After`.
    package var retryAfter: Duration?
    /// What a duplicate rule said, where one fired.
    package var duplicateRule: DuplicateRuleFinding?

    package init(
        kind: Kind,
        code: String,
        message: String,
        action: String,
        fields: [String] = [],
        status: Int? = nil,
        wasSent: Effect = .no,
        retryAfter: Duration? = nil,
        duplicateRule: DuplicateRuleFinding? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.action = action
        self.fields = fields
        self.status = status
        self.wasSent = wasSent
        self.retryAfter = retryAfter
        self.duplicateRule = duplicateRule
    }

    /// Our own codes, for what Salesforce has no word for.
    package enum Code {
        package static let connectionFailed = "CONNECTION_FAILED"
        package static let connectionLost = "CONNECTION_LOST"
        package static let tlsFailed = "TLS_FAILED"
        package static let timeout = "TIMEOUT"
        package static let malformedAnswer = "MALFORMED_ANSWER"
        package static let answerTooLarge = "ANSWER_TOO_LARGE"
        package static let serverTrouble = "SERVER_TROUBLE"
        package static let uploadFailed = "UPLOAD_FAILED"
        package static let invalidRequest = "INVALID_REQUEST"
        package static let invalidConfiguration = "INVALID_CONFIGURATION"
        package static let shutDown = "CLIENT_SHUT_DOWN"
    }

    /// The same call may well pass later, with nothing changed by anybody.
    package var isWorthRetrying: Bool {
        switch kind {
        case .transport, .timeout, .malformedAnswer, .limit: true
        case .refusedHere: false
        case .authentication, .salesforce:
            (status ?? 0) >= 500 || status == 420
                || ErrorCatalogue.entry(for: code, message: message).classes.contains(.transient)
        }
    }
}

extension SalesforceError: CustomStringConvertible {
    package var description: String {
        let place = status.map { " (HTTP \($0))" } ?? ""
        let blamed = fields.isEmpty ? "" : " [\(fields.joined(separator: ", "))]"
        return "cannot \(action): \(code): \(message)\(blamed)\(place)"
    }
}

/// A duplicate rule that refused a record, and the records that it found.
package struct DuplicateRuleFinding: Sendable, Equatable {
    package var rule: String
    package var object: String
    /// The rule only alerts: the record passes with `allowSave`.
    package var allowsSave: Bool
    package var matchedRecordIDs: [String]

    package init(rule: String, object: String, allowsSave: Bool, matchedRecordIDs: [String]) {
        self.rule = rule
        self.object = object
        self.allowsSave = allowsSave
        self.matchedRecordIDs = matchedRecordIDs
    }
}
