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

    /// Makes the names in a folder durable: what was made, renamed or removed there stays so after a power cut.
    ///
    /// - Throws: `EngineError`.
    package static func synchronize(_ folder: String) throws {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let isDurable = handle >= 0 && fsync(handle) == 0
        let reason = errno
        if handle >= 0 { close(handle) }
        guard isDurable else {
            throw EngineError(code: .state, subject: folder, detail: String(cString: strerror(reason)))
        }
    }

    /// Makes a folder that only the daemon may enter, durably, with those above it; one that is there is left as it is.
    ///
    /// - Throws: `EngineError`.
    package static func make(_ folder: String) throws {
        if FileManager.default.fileExists(atPath: folder) { return }
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        if parent != folder { try make(parent) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw EngineError(code: .state, subject: folder, detail: String(cString: strerror(errno)))
        }
        try synchronize(parent)
    }

    /// Whether a file in a run's spool is one of this sync's; the name of another sync may begin alike.
    ///
    /// It holds what was read, or payloads: those are named by the sync, what they are for, and the microsecond of their making.
    static func isSpool(_ file: String, of sync: String) -> Bool {
        guard file.hasPrefix(sync) else { return false }
        let rest = file.dropFirst(sync.count)
        if DiffPaths(path: "").all.contains(String(rest)) { return true }
        let parts = rest.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty else { return false }
        let made = parts[2].prefix(13)
        return parts[1].allSatisfy { $0.isASCII && $0.isLowercase }
            && made.count == 13 && made.allSatisfy { $0.isASCII && $0.isNumber }
    }

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
