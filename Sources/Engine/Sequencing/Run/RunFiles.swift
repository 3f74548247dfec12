internal import Foundation
internal import SyncModel

extension Conductor {
    /// Makes the folders of the state that must be there before a run.
    ///
    /// - Throws: `EngineError` when the state folder can't be written.
    nonisolated func makeFolders() throws {
        for folder in ["snapshots", "spool"] { try StateFolder.make(parts.stateFolder + "/" + folder) }
    }
}

extension RunContext {
    /// An empty folder for this reading of a run; what an earlier reading left for open jobs stays beside it.
    func freshSpoolFolder(_ run: RunID, _ reading: String? = nil) throws -> String {
        let folder = spoolFolder(run) + (reading.map { "/" + $0 } ?? "")
        try StateFolder.make(folder)
        return folder
    }

    /// Leaves of an ended run's spool what was sent, for `explain`, `requests` and `resolve`; what was read goes.
    func leaveSpool(_ run: RunID) {
        let folder = spoolFolder(run)
        // A file that stays costs room, nothing else: retention takes it.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // A folder is that of a later reading, and nothing else is in it.
        let readings = StateFolder.folders(in: folder)
        let read = files.filter { file in
            file == "plan.json" || readings.contains(file) || DiffPaths(path: "").all.contains { file.hasSuffix($0) }
        }
        if read.count == files.count { return removeSpool(run) }
        for file in read { try? FileManager.default.removeItem(atPath: folder + "/" + file) }
    }

    /// Takes away a spool that nobody will ask for.
    func removeSpool(_ run: RunID) {
        // A file that stays costs room, nothing else: retention takes it.
        try? FileManager.default.removeItem(atPath: spoolFolder(run))
    }
}
