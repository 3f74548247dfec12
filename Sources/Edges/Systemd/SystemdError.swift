/// What the service manager, or the host it speaks for, did not let us do.
package struct SystemdError: Error, Sendable, Equatable {
    package enum Code: Sendable, Equatable {
        case notify
        case descriptors
        case credential
        case environment
        case secretFile
    }

    package var code: Code
    /// What was tried: "read credential `x`".
    package var what: String
    package var why: String

    package init(_ code: Code, _ what: String, _ why: String) {
        self.code = code
        self.what = what
        self.why = why
    }
}

extension SystemdError: CustomStringConvertible {
    package var description: String { "cannot \(what): \(why)" }
}
