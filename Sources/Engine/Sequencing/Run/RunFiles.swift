internal import Foundation
internal import SyncModel

extension RunContext {
    /// An empty folder for this reading of a run; what an earlier reading left for open jobs stays beside it.
    func freshSpoolFolder(_ run: RunID) throws -> String {
        let folder = spoolFolder(run)
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw EngineError(
                code: .state,
                subject: "run \(run)",
                detail: "cannot make \(folder): \(error.localizedDescription)"
            )
        }
        return folder
    }

    /// Takes away a run's spool once everything in it is recorded and applied.
    func removeSpool(_ run: RunID) {
        // A file that stays costs room, nothing else: the next clean-up of the state folder takes it.
        try? FileManager.default.removeItem(atPath: spoolFolder(run))
    }
}
