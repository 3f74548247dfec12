internal import Foundation

/// What belongs to a payload spool as a whole: a few bytes beside it, durable before the spool is used.
package enum SpoolManifest {
    /// Writes the bytes; whole and durable when this returns, with the names of all files of the spool, which are there before.
    ///
    /// - Throws: `SpoolError`.
    package static func write(_ bytes: [UInt8], besideSpool path: String) throws {
        let writer = try RecordSpoolWriter(path: place(path))
        try writer.append(bytes)
        try writer.finish()
        try SpoolDescriptor.synchronize(folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// The bytes as written.
    ///
    /// - Throws: `SpoolError` when they are not there or not whole.
    package static func read(besideSpool path: String) throws -> [UInt8] {
        try RecordSpoolReader(path: place(path)).next { Array($0) } ?? []
    }

    private static func place(_ path: String) -> String { path + ".manifest" }
}
