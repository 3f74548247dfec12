internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Shaping
internal import Snapshot
internal import SyncModel

extension ChangeShaping {
    /// The fields that are sent only when a record is created, or only when it is there.
    var fieldsByExistence: Set<String> {
        lanes.reduce(into: []) { fields, lane in
            if lane.shaper.form.operation == .upsert { fields.formUnion(lane.shaper.fieldsByExistence) }
        }
    }

    /// Shapes some rows once more, as their records are there or not; and those of them that are refused now.
    func otherWay(_ rows: [Hash128: Bool]) throws -> (ready: [ReadySpool], left: [BatchOutcome.Undelivered]) {
        let again = try pass("other")
        again.existing = rows
        var left: [BatchOutcome.Undelivered] = []
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        while !portion.isLast {
            portion = try again.next(10_000)
            left += portion.undelivered
        }
        return (try again.finish(), left)
    }

    /// Shapes some rows once more, another way in place of the lane of this number; `name` tells its spools from those of other passes.
    ///
    func again(
        _ keys: Set<Hash128>,
        _ lane: ShapingLane,
        _ number: Int,
        name: String = "linked"
    ) throws -> ShapedAgain {
        let again = try pass("\(name)\(number)", lane)
        again.only = keys
        var shaped = ShapedAgain()
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        while !portion.isLast {
            portion = try again.next(10_000)
            shaped.left.formUnion(portion.undelivered.map(\.key))
            shaped.refreshes.append(portion.refresh)
            shaped.unchanged += portion.unchanged
        }
        shaped.ready = try again.finish()
        return shaped
    }

    /// Rows that were shaped once more.
    struct ShapedAgain: Sendable {
        var ready: [ReadySpool] = []
        /// Those that cannot be shaped so.
        var left: Set<Hash128> = []
        /// What the snapshot has to know of rows that turned out to be as delivered, and how many they are.
        var refreshes: [SnapshotBatch] = []
        var unchanged = 0
    }

    /// Another pass over the same changes, into spools of its own; `lane`: all rows by this one.
    private func pass(_ name: String, _ lane: ShapingLane? = nil) throws -> ChangeShaping {
        try ChangeShaping(
            sync: sync,
            diff: diff,
            selection: selection,
            lanes: lane.map { [$0] } ?? lanes,
            router: lane == nil ? router : OneLane(),
            run: run,
            parents: parents,
            folder: folder,
            prefix: prefix + "-" + name
        )
    }

    /// `Shaper.lookedUpOwnLinks`, where rows of one object are created; else empty.
    var lookedUpOwnLinks: [String: String] {
        guard case .object = sync.target, sync.merge == nil, selection == .present,
            sync.mode == .upsert || sync.mode == .insert
        else { return [:] }
        return lanes.first?.shaper.lookedUpOwnLinks ?? [:]
    }

    /// The field by whose values the rows refer to one another; nil: they do not.
    var ownKey: String? { lanes.lazy.compactMap(\.shaper.ownKey).first }

    /// Whether the records can do without their links to one another for a while.
    var mayOmitOwnLinks: Bool { lanes.allSatisfy(\.shaper.mayOmitOwnLinks) }

    /// Shapes some rows once more, without their links into their own object.
    ///
    /// They count as delivered only when they have gone with their links, too.
    func withoutOwnLinks(_ keys: Set<Hash128>) throws -> [ReadySpool] {
        let again = try pass("unlinked")
        again.onlyUnlinked = keys
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        while !portion.isLast { portion = try again.next(10_000) }
        return try again.finish()
    }
}
