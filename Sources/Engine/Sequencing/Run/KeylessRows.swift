internal import Ledger
internal import SyncModel

/// Rows of a model that have no primary key: as many as the run before met are no news.
///
/// Nothing tells which is which, so they are counted.
struct KeylessRows {
    private let ledger: Ledger
    private let name: String
    private let run: RunID
    private let before: Int
    private var count = 0

    init(_ context: RunContext, _ sync: SyncDefinition) async throws {
        ledger = context.ledger
        run = context.runID
        name = "keyless:\(sync.name)"
        // The run, how many it met, and how many the one before it.
        let kept = try await ledger.value(name)?.split(separator: " ") ?? []
        guard kept.count == 3 else {
            before = 0
            return
        }
        // A run that begins its work anew does not count its own.
        before = Int(kept[kept[0] == run.rawValue ? 2 : 1]) ?? 0
    }

    /// Counts one more, and says whether the run before met as many.
    mutating func next() -> Bool {
        count += 1
        return count <= before
    }

    func keep() async throws {
        if count > 0 || before > 0 { try await ledger.setValue("\(run.rawValue) \(count) \(before)", for: name) }
    }
}
