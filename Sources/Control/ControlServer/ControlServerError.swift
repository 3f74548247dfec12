import Glibc

/// Why the control socket cannot be had, or a caller not be known.
package struct ControlServerError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case bind = "listen on the control socket"
        /// Another process listens on it.
        case inUse = "take the control socket"
        case peer = "tell who is connected"
    }

    package var code: Code
    package var path: String?
    package var why: String

    package init(_ code: Code, path: String? = nil, _ why: String) {
        self.code = code
        self.path = path
        self.why = why
    }

    init(_ code: Code, path: String? = nil, errno number: Int32) {
        self.init(code, path: path, String(cString: strerror(number)))
    }
}

extension ControlServerError: CustomStringConvertible {
    package var description: String {
        "cannot \(code.rawValue)" + (path.map { " \($0)" } ?? "") + ": \(why)"
    }
}
