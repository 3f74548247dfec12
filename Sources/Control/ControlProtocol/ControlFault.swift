/// Why an operation was not done, in words for the person who asked.
package struct ControlFault: Error, Sendable, Equatable {
    package var code: ErrorCode
    /// What happened, to which thing, why.
    package var message: String
    /// What to do about it.
    package var hint: String?

    package init(_ code: ErrorCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}

extension ControlFault: CustomStringConvertible {
    package var description: String {
        hint.map { "\(message) (\($0))" } ?? message
    }
}

/// `{"schema":1,"error":{"code","message","hint"}}`.
package struct ErrorAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var error: ErrorReport

    package init(_ fault: ControlFault) {
        error = ErrorReport(fault)
    }
}

/// What `error` holds.
package struct ErrorReport: Codable, Sendable, Equatable {
    /// An `ErrorCode`; as text, so that a client reads those of a later daemon too.
    package var code: String
    package var message: String
    @OrNull package var hint: String?

    package init(_ fault: ControlFault) {
        code = fault.code.rawValue
        message = fault.message
        hint = fault.hint
    }

    /// The fault that this reports; a code that is not known counts as `failed`.
    package var fault: ControlFault {
        ControlFault(ErrorCode(rawValue: code) ?? .failed, message, hint: hint)
    }
}
