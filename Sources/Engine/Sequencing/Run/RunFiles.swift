internal import Foundation
internal import SyncModel

extension Conductor {
    /// Makes the folders of the state that must be there before a run.
    ///
    /// - Throws: `EngineError` when the state folder can't be written.
    nonisolated func makeFolders() throws {
        for folder in ["snapshots", "spool"] { try makeStateFolder(parts.stateFolder + "/" + folder) }
    }
}

extension RunContext {
    /// An empty folder for this reading of a run; what an earlier reading left for open jobs stays beside it.
    func freshSpoolFolder(_ run: RunID) throws -> String {
        let folder = spoolFolder(run)
        try makeStateFolder(folder)
        return folder
    }

    /// Takes away a run's spool once everything in it is recorded and applied.
    func removeSpool(_ run: RunID) {
        // A file that stays costs room, nothing else: the next clean-up of the state folder takes it.
        try? FileManager.default.removeItem(atPath: spoolFolder(run))
    }
}

/// Makes a folder that only the daemon may enter; one that is there is left as it is.
private func makeStateFolder(_ folder: String) throws {
    do {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    } catch {
        throw EngineError(code: .state, subject: folder, detail: error.localizedDescription)
    }
}
