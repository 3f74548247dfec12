package import Fingerprinting
package import SyncModel

/// Room on disk that the diff writes to and reads back; nobody else sees it, and it goes with its holder.
package protocol ScratchSpace: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

/// What was delivered, in key order.
package protocol SnapshotReading: AnyObject {
    /// As many at most.
    var entryCount: Int { get }
    var fieldCount: Int { get }
    /// Begins again with the first block.
    func rewind()
    /// Fills `block` with the next entries' keys, raws and flags, and if `prints` with shaped and fields too; false at the end.
    func readBlock(into block: inout SnapshotBlock, prints: Bool) throws -> Bool
    /// Fills in the texts of the block that was read last.
    func readTexts(into block: inout SnapshotBlock) throws
}

/// Who takes what the diff finds.
///
/// The bytes are there during the call only.
package protocol DiffSink: AnyObject {
    func travels(_ row: TravellingRow) throws
    func refused(_ row: RefusedReading) throws
    func refreshes(_ refresh: SnapshotRefresh) throws
}

/// A row that has to travel, as bytes.
package struct TravellingRow {
    package var changeClass: ChangeClass
    package var key: Hash128
    /// 0 for a removed row.
    package var raw: UInt64
    package var keyText: UnsafeRawBufferPointer
    /// Of a removed row; else empty.
    package var matchText: UnsafeRawBufferPointer
    package var known: KnownPrints?
    package var knownFields: UnsafeBufferPointer<UInt16>
    /// For each cell the offset in `cells` behind its last byte; none for a removed row.
    package var cellEnds: UnsafeBufferPointer<UInt32>
    package var cells: UnsafeRawBufferPointer
}

/// What the snapshot has of a row, but for its fields.
package struct KnownPrints: Sendable, Equatable {
    package var raw: UInt64
    package var shaped: UInt64
    package var flags: SnapshotEntry.Flags
}

/// What the snapshot is to be told before anything is pushed.
package enum SnapshotRefresh: Sendable, Equatable {
    /// The row was refused while it was read.
    case owed(Hash128, keyText: String)
    /// The row is not in the model any more.
    case absent(Hash128)
    /// The row is in the model again, as it was delivered.
    case present(Hash128)
    /// The row was never delivered, and is not in the model any more.
    case forgotten(Hash128)
}

/// Why a row is refused while it is read.
package enum RefusalCode: String, Sendable, CaseIterable {
    case nullKey = "NULL_KEY"
    case doubledKey = "DOUBLED_KEY"
    case nullMatchValue = "NULL_MATCH_VALUE"
    /// Salesforce's own code.
    case duplicateValue = "DUPLICATE_VALUE"
}

/// A row that is refused while it is read.
package struct RefusedReading: Sendable, Equatable {
    package var code: RefusalCode
    /// Nil when the row has no key.
    package var key: Hash128?
    package var keyText: String
    package var message: String
    /// It was owed already: an earlier run did not deliver it.
    package var wasOwed = false
}
