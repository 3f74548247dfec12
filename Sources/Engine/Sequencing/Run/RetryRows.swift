internal import Spool

/// Rows of one spool that are to be sent again, copied to a spool of their own.
actor RetryRows {
    private let ready: ReadySpool
    private let path: String
    private let name: String
    private var writer: PayloadSpoolWriter?

    init(ready: ReadySpool, path: String, attempt: Int) {
        self.ready = ready
        self.path = path
        name = "\(ready.name)-r\(attempt)"
    }

    func add(_ rows: [Int]) throws {
        if rows.isEmpty { return }
        let writer = try self.writer ?? PayloadSpoolWriter(path: path + "/" + name, fieldCount: ready.spool.fieldCount)
        self.writer = writer
        try writer.append(rows, of: ready.spool)
    }

    func finish() throws -> ReadySpool? {
        guard let writer else { return nil }
        _ = try writer.finish()
        let again = ready.with(name: name, spool: try PayloadSpool(path: path + "/" + name))
        try again.keepManifest(in: path)
        return again
    }
}
