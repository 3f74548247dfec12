package import Fingerprinting
package import SyncModel

/// What a diff is to do.
package struct DiffPlan: Sendable {
    package var columns: MappedColumns
    package var matchRule: MatchRule
    /// Removed rows travel; else they are counted in the run in which they go.
    package var removes: Bool
    /// No row is unchanged.
    package var fullResync: Bool
    /// Mapping or types have changed: rows with equal raw fingerprints travel as changed, to be shaped and compared.
    package var reshapes: Bool
    /// A row that was delivered once is never looked at again: of inserts and events.
    package var createsOnly: Bool
    /// Unchanged rows travel, too: who merges must see whole groups.
    package var carriesUnchanged: Bool
    /// Rows that rest, and are as they were refused, do not travel.
    package var rests: Bool
    /// Only rows with these keys are put in a class.
    package var keys: Set<Hash128>?
    /// Rows may be settled while they are read: the match values of the snapshot's rows were compared in the same way.
    package var settles: Bool
    /// Of the tags in memory, another one each run: two rows that look alike by chance do so in one run only.
    package var seed: UInt64
    /// As many entries are looked up in memory, at 7 bytes each; a larger snapshot is joined partition by partition.
    package var entriesInMemory: Int
    /// A power of two.
    package var partitions: Int

    package init(
        columns: MappedColumns,
        matchRule: MatchRule = .folded,
        removes: Bool = true,
        fullResync: Bool = false,
        reshapes: Bool = false,
        createsOnly: Bool = false,
        carriesUnchanged: Bool = false,
        rests: Bool = false,
        keys: Set<Hash128>? = nil,
        settles: Bool = true,
        seed: UInt64 = 0,
        entriesInMemory: Int = 12_000_000,
        partitions: Int = 128
    ) {
        self.columns = columns
        self.matchRule = matchRule
        self.removes = removes
        self.fullResync = fullResync
        self.reshapes = reshapes
        self.createsOnly = createsOnly
        self.carriesUnchanged = carriesUnchanged
        self.rests = rests
        self.keys = keys
        self.settles = settles
        self.seed = seed
        self.entriesInMemory = entriesInMemory
        precondition(partitions > 0 && partitions & (partitions - 1) == 0, "partitions are a power of two")
        self.partitions = partitions
    }

    /// Which partition a hash falls in: by its upper bits, so that partitions follow each other in key order.
    func partition(of high: UInt64) -> Int {
        partitions == 1 ? 0 : Int(high >> UInt64(64 - partitions.trailingZeroBitCount))
    }
}
