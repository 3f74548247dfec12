/// Why a snapshot cannot be used.
///
/// Safe to show: names files and identities, no row.
package struct SnapshotError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        /// The kernel said no: no space, no right, no such file.
        case unreadable
        case unwritable
        /// A checksum, a length or a magic number is wrong in the middle of a file.
        case damaged
        /// Written by a newer version, or with another version of the fingerprints.
        case otherVersion
        /// It belongs to another sync, org, object, match field, key or state.
        case otherIdentity
        /// It has batches that the ledger does not have.
        case aheadOfLedger
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

extension SnapshotError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .unreadable, .damaged, .otherVersion: "cannot read snapshot \(path): \(reason)"
        case .unwritable: "cannot write snapshot \(path): \(reason)"
        case .otherIdentity, .aheadOfLedger: "cannot use snapshot \(path): \(reason)"
        }
    }
}
