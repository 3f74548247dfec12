/// Why rows on their way cannot be written or read.
///
/// Safe to show: names files, no row.
package struct SpoolError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        /// The kernel said no: no such file, no right.
        case unreadable
        /// The kernel said no: no space, no right.
        case unwritable
        /// It has no trailer: whoever wrote it was stopped.
        case notWhole
        /// A checksum or a length is wrong.
        case damaged
    }

    package var code: Code
    package var path: String
    package var reason: String

    package init(_ code: Code, path: String, reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }
}

extension SpoolError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .unreadable, .notWhole, .damaged: "cannot read spool \(path): \(reason)"
        case .unwritable: "cannot write spool \(path): \(reason)"
        }
    }
}
