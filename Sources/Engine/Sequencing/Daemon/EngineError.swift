/// What stopped the engine's work on one thing; safe to show.
package struct EngineError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unknownName = "unknown_name"
        case unknownRun = "unknown_run"
        case notNow = "not_now"
        case secret
        case source
        case destination
        case mapping
        case identity
        case state
        case accounting
        /// A copy of the state that can't be written or used.
        case backup
        case notInThisVersion = "not_in_this_version"
    }

    package var code: Code
    /// The thing it is about: a sequence, a sync, a source.
    package var subject: String
    package var detail: String
    package var hint: String?
    /// Whether the same may go well at another time, without a person.
    package var isTransient: Bool

    package init(code: Code, subject: String, detail: String, hint: String? = nil, isTransient: Bool = false) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.hint = hint
        self.isTransient = isTransient
    }

    package var description: String {
        switch code {
        case .unknownName: "there is no \(subject)\(detail.isEmpty ? "" : ": \(detail)")"
        case .unknownRun: "there is no run \(subject)"
        case .notNow: "cannot \(subject) now: \(detail)"
        case .secret: "cannot read the secret \(subject): \(detail)"
        // What a source says of itself names the model, too.
        case .source: detail.hasPrefix("cannot read ") ? detail : "cannot read \(subject): \(detail)"
        case .destination: "cannot reach \(subject): \(detail)"
        case .mapping: "cannot map \(subject): \(detail)"
        case .identity: "cannot use the state of \(subject): \(detail)"
        case .state: "cannot keep the state of \(subject): \(detail)"
        case .backup: "cannot \(subject): \(detail)"
        case .accounting: "the rows of \(subject) do not add up: \(detail)"
        case .notInThisVersion: "\(subject) is not in this version: \(detail)"
        }
    }
}
