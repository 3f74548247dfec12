internal import Fingerprinting

/// A row known by all its cells: how the cells of a Bulk 2.0 result row become one hash.
///
/// Shaping takes the hash of what it sends, and who reads results takes that of what comes back, so both are here.
package enum EchoedRow {
    /// Adds a cell, framed by its length, to the bytes that are hashed.
    package static func append(_ cell: UnsafeRawBufferPointer, to frame: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: cell.count).littleEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: cell)
    }

    /// The hash of a row's cells in the order of their columns, never 0.
    package static func hash(_ frame: [UInt8]) -> UInt64 {
        max(frame.withUnsafeBytes { Fingerprint.hash64($0) }, 1)
    }
}
