internal import GRDB

/// Why the durable state could not be read or written.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case cannotOpen
        case newerVersion
        case corrupt
        case full
        case readOnly
        case failed
        case conflict
    }

    package var code: Code
    package var path: String
    package var detail: String

    package init(code: Code, path: String, detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    init(opening path: String, cause: any Error) {
        self.init(code: Self.code(of: cause, otherwise: .cannotOpen), path: path, detail: "\(cause)")
    }

    init(doing action: String, cause: any Error) {
        self.init(code: Self.code(of: cause, otherwise: .failed), path: action, detail: "\(cause)")
    }

    package var description: String {
        switch code {
        case .cannotOpen: "cannot open the state file \(path): \(detail)"
        case .newerVersion:
            "cannot open the state file \(path): a newer version of sequenced wrote it; start that version, or restore a backup"
        case .corrupt: "cannot read the state (\(path)): the file is damaged; restore a backup (\(detail))"
        case .full: "cannot write the state (\(path)): the disk is full; free room, or lower `retention`"
        case .readOnly:
            "cannot write the state (\(path)): it may not be written; check the owner and the mount (\(detail))"
        case .failed: "cannot \(path) in the state: \(detail)"
        case .conflict: "cannot \(path): \(detail)"
        }
    }

    private static func code(of cause: any Error, otherwise: Code) -> Code {
        guard let error = cause as? DatabaseError else { return otherwise }
        switch error.resultCode {
        case .SQLITE_FULL: return .full
        case .SQLITE_READONLY, .SQLITE_PERM: return .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupt
        default: return otherwise
        }
    }
}
