import Foundation

/// Where Debian keeps the server's programs, and as whom they run.
struct PostgresBinaries: Sendable {
    let folder: String
    /// The server refuses to run as root: then it runs as this account.
    let account: Account?

    struct Account: Sendable {
        let user: uid_t
        let group: gid_t
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// The newest version installed.
    /// - Throws: words telling what to install.
    init() throws {
        let root = "/usr/lib/postgresql"
        // No such folder is the same as an empty one.
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let folders = versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
        let found = folders.first { folder in
            ["initdb", "postgres", "psql", "pg_isready"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
        guard let found else {
            throw Missing(
                description:
                    "these tests need a PostgreSQL server's programs in \(root)/VERSION/bin: apt-get install postgresql"
            )
        }
        folder = found
        account = geteuid() == 0 ? try Self.unprivileged() : nil
    }

    private static func unprivileged() throws -> Account {
        for name in ["postgres", "nobody"] {
            // Read at once, before another call overwrites it.
            if let entry = getpwnam(name)?.pointee, entry.pw_uid != 0 {
                return Account(user: entry.pw_uid, group: entry.pw_gid)
            }
        }
        throw Missing(description: "PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
    }
}
