/// Why a hook told nobody; safe to show.
package struct HookError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case cannotStart
        case failed
        case timeout
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
