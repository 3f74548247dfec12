internal import Foundation
internal import Shaping
internal import Spool
internal import SyncModel

/// One payload spool that is ready to be sent: rows of one object, one operation and one set of columns.
struct ReadySpool: Sendable {
    /// Its file name within the run's spool folder.
    var name: String
    var spool: PayloadSpool
    /// API name of the object or event that the rows are written to.
    var object: String
    var operation: RecordOperation
    /// With its line feed; empty for JSON.
    var header: [UInt8]
    var columns: [String]
    /// By what a row of a Bulk 2.0 result is known.
    var resultKey: ResultKey

    /// The same, of other rows: what it says of columns and object stays.
    func with(name: String, spool: PayloadSpool) -> ReadySpool {
        var other = self
        other.name = name
        other.spool = spool
        return other
    }
}

extension ReadySpool {
    /// Writes beside the spool what recovery must know of it, before any intent names it.
    func keepManifest(in folder: String) throws {
        let (keyColumn, isCaseSensitive): (String?, Bool) =
            switch resultKey {
            case .column(let name, let caseSensitive): (name, caseSensitive)
            case .wholeRow: (nil, false)
            }
        let manifest = Manifest(
            object: object,
            operation: operation,
            header: String(decoding: header, as: UTF8.self),
            columns: columns,
            keyColumn: keyColumn,
            isKeyCaseSensitive: isCaseSensitive
        )
        try SpoolManifest.write(Array(try JSONEncoder().encode(manifest)), besideSpool: folder + "/" + name)
    }

    /// Opens a spool that an earlier start has left.
    ///
    /// - Throws: `SpoolError` when it or what belongs to it is not whole.
    init(opening name: String, in folder: String) throws {
        let bytes = try SpoolManifest.read(besideSpool: folder + "/" + name)
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
        self.init(
            name: name,
            spool: try PayloadSpool(path: folder + "/" + name),
            object: manifest.object,
            operation: manifest.operation,
            header: Array(manifest.header.utf8),
            columns: manifest.columns,
            resultKey: manifest.keyColumn.map { .column($0, caseSensitive: manifest.isKeyCaseSensitive) } ?? .wholeRow
        )
    }

    private struct Manifest: Codable {
        var object: String
        var operation: RecordOperation
        var header: String
        var columns: [String]
        var keyColumn: String?
        var isKeyCaseSensitive: Bool
    }
}
