internal import Diffing
internal import Fingerprinting
internal import Snapshot
internal import Spool
internal import SyncModel

extension ScratchFile: ScratchSpace {}

extension SnapshotReader: SnapshotReading {}

/// Writes what a diff finds to the run's spool.
final class SpoolingSink: DiffSink {
    private let changes: ChangeSpoolWriter
    private let refusals: RefusedSpoolWriter
    private let refreshSpool: RefreshSpoolWriter

    init(_ paths: DiffPaths) throws {
        changes = try ChangeSpoolWriter(path: paths.changes)
        refusals = try RefusedSpoolWriter(path: paths.refused)
        refreshSpool = try RefreshSpoolWriter(path: paths.refreshes)
    }

    func travels(_ row: TravellingRow) throws {
        try changes.append(
            row.changeClass,
            key: row.key,
            raw: row.raw,
            keyText: row.keyText,
            matchText: row.matchText,
            known: row.known.map { ($0.raw, $0.shaped, $0.flags) },
            knownFields: row.knownFields,
            cellEnds: row.cellEnds,
            cells: row.cells
        )
    }

    func refused(_ row: RefusedReading) throws {
        try refusals.append(
            RefusedRow(
                code: row.code.rawValue,
                key: row.key,
                keyText: row.keyText,
                message: row.message,
                wasOwed: row.wasOwed
            )
        )
    }

    func refreshes(_ refresh: SnapshotRefresh) throws {
        let spooled =
            switch refresh {
            case .owed(let key, let keyText): SpooledRefresh(kind: .owed, key: key, keyText: keyText)
            case .absent(let key): SpooledRefresh(kind: .absent, key: key)
            case .present(let key): SpooledRefresh(kind: .present, key: key)
            case .forgotten(let key): SpooledRefresh(kind: .forgotten, key: key)
            }
        try refreshSpool.append(spooled)
    }

    /// The changes last: while they are not whole, no plan is.
    func finish() throws {
        _ = try refusals.finish()
        _ = try refreshSpool.finish()
        _ = try changes.finish()
    }
}

/// The files of one diff.
struct DiffPaths: Sendable {
    let path: String
    var changes: String { path + ".changes" }
    var refused: String { path + ".refused" }
    var refreshes: String { path + ".refreshes" }
    var scratch: String { path + ".scratch" }
    var all: [String] { [changes, refused, refreshes, scratch] }
}
