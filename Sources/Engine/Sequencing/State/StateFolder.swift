internal import Foundation
package import SyncModel

/// Where what lies in a state folder.
package struct StateFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var ledger: String { path + "/ledger.sqlite" }
    package var snapshots: String { path + "/snapshots" }
    package var spool: String { path + "/spool" }
    /// A restore that is being made, or waits to be finished.
    package var restoring: String { path + "/restore" }

    package func snapshot(of sync: String) -> String { snapshots + "/" + sync }
    package func spool(of run: RunID) -> String { spool + "/" + run.rawValue }

    /// Folders in a folder, by name; none where it is not there.
    static func folders(in folder: String) -> [String] {
        // What is not there or cannot be listed has nothing in it that could be looked at.
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + $0, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }
}
