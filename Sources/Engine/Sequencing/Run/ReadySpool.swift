internal import Foundation
internal import Ledger
internal import Pushing
internal import Salesforce
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
    /// Which way it goes.
    var api = PushAPI.rest
    /// One JSON object a row instead of a line of CSV: by REST and nothing else.
    var isJSON = false
    /// Some row names a parent that it locks.
    var hasParents = false
    /// Where it is to be cut, when its rows lie in the order in which they go; nil: that is still to be worked out.
    var cuts: [Range<Int>]?
    /// Of rows that refer to rows of their own object: who they are and whom they name; else empty.
    var relations: [Waves.Row] = []

    /// The same, of other rows: what it says of columns and object stays.
    func with(name: String, spool: PayloadSpool) -> ReadySpool {
        var other = self
        other.name = name
        other.spool = spool
        other.relations = []
        other.cuts = nil
        return other
    }
}

extension ReadySpool {
    /// The header and the payloads of some rows, read from the spool while they are sent.
    func upload(_ rows: Range<Int>) throws -> IngestUpload {
        let length = header.count + (try spool.payloadBytes(rows))
        return IngestUpload(length: length) {
            let reader = SpoolUpload(ready: self, rows: rows)
            return { try await reader.next() }
        }
    }

    /// What a row's payload says, by column.
    ///
    /// A cell that a line of CSV leaves empty says nothing: Salesforce leaves the field alone.
    func values(of row: Int) throws -> [String: String] {
        var payload: [UInt8] = []
        try spool.payload(row, into: &payload)
        if isJSON {
            return operation == .delete ? ["Id": String(decoding: payload, as: UTF8.self)] : jsonValues(payload)
        }
        return try DelimitedCells.read(payload, columns).filter { !$0.value.isEmpty }
    }

    // MARK: - Implementation

    private func jsonValues(_ payload: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        // We wrote it ourselves; one that can't be read shows no values, which is all that is lost.
        for member in JSONValue(reading: payload)?.object?.members ?? [] where member.name != "attributes" {
            guard let parent = member.value.object else {
                values[member.name] = member.value.scalarText ?? ""
                continue
            }
            for inner in parent.members where inner.name != "attributes" {
                values["\(member.name).\(inner.name)"] = inner.value.scalarText ?? ""
            }
        }
        return values
    }
}

/// Hands out a spool's bytes some at a time.
private actor SpoolUpload {
    private let ready: ReadySpool
    private let rows: Range<Int>
    /// Bytes of the payloads; nil: nothing was handed out yet.
    private var left: Range<Int>?
    /// Small enough to come from memory that was used before: larger pieces are taken from the kernel one by one.
    private static let pieceLength = 64 << 10

    init(ready: ReadySpool, rows: Range<Int>) {
        self.ready = ready
        self.rows = rows
    }

    func next() throws -> [UInt8]? {
        guard let left else {
            self.left = try ready.spool.payloadRange(rows)
            return ready.header.isEmpty ? try next() : ready.header
        }
        guard !left.isEmpty else { return nil }
        let portion = left.prefix(Self.pieceLength)
        self.left = portion.upperBound..<left.upperBound
        var bytes: [UInt8] = []
        try ready.spool.copyPayloads(bytes: portion, into: &bytes)
        return bytes
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
            isKeyCaseSensitive: isCaseSensitive,
            api: api,
            isJSON: isJSON
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
            resultKey: manifest.keyColumn.map { .column($0, caseSensitive: manifest.isKeyCaseSensitive) } ?? .wholeRow,
            api: manifest.api,
            isJSON: manifest.isJSON
        )
    }

    private struct Manifest: Codable {
        var object: String
        var operation: RecordOperation
        var header: String
        var columns: [String]
        var keyColumn: String?
        var isKeyCaseSensitive: Bool
        var api: PushAPI
        var isJSON: Bool
    }
}

extension RunContext {
    /// What is stored before a range of a spool is sent; `operation`: where it is not the spool's own.
    func intent(
        _ kind: String,
        _ operation: RecordOperation? = nil,
        of ready: ReadySpool,
        _ rows: Range<Int>,
        by sync: SyncDefinition
    ) -> Intent {
        Intent(
            run: runID,
            sync: sync.name,
            kind: kind,
            operation: operation ?? ready.operation,
            spool: ready.name,
            firstRow: rows.lowerBound,
            rowCount: rows.count
        )
    }
}
