internal import Fingerprinting
internal import Ledger
internal import Shaping
internal import Spool
internal import SyncModel

/// A row of a sync that merges, as far as its group needs it.
struct MergeRow: Sendable {
    var key: Hash128
    var keyText: String
    var raw: UInt64
    /// It has to travel: added, changed or owed; or it was delivered before it was a child.
    var isDue: Bool
    /// The match column's text; empty: none.
    var match: String
    /// What `merge_id` holds.
    var mergeID: String?

    /// What the snapshot has in the place of the payload's hash of a child: merged, or nothing to merge.
    static let childPrint: UInt64 = 1
}

/// Which part each row plays in its group (syncs.md, Merge).
struct MergeRoles: Sendable {
    struct Group: Sendable {
        var parent: MergeRow
        /// Those that have to be merged, or to be looked for.
        var children: [MergeRow]
    }

    private(set) var groups: [Group] = []
    /// Where each row of a group goes; rows that stand alone are not among them.
    private(set) var courses: [Hash128: RowCourse] = [:]
    /// Groups that name another parent now, of whose merged rows none is looked at again.
    private(set) var notes: [String] = []

    /// Reads the rows of all groups in which something has to travel.
    ///
    /// - Throws: `SpoolError`.
    init(_ diff: DiffResult, _ sync: SyncDefinition, _ columns: MappedColumns, merged: [Hash128: MergedRow]) throws {
        guard let merge = sync.merge else { return }
        let due = try Self.dueGroups(diff, merge, columns)
        var rows: [MergeRow] = []
        var members: [MergeMember] = []
        let reader = try diff.changes()
        while let change = try reader.next() {
            guard change.changeClass != .removed else { continue }
            let member: MergeMember
            do {
                member = try MergeMember(change, row: rows.count, merge: merge, columns: columns)
            } catch {
                if change.changeClass != .unchanged {
                    courses[change.key] = .left(.rejected, code: error.code, message: error.message)
                }
                continue
            }
            if member.group.isEmpty && !member.isChild {
                if change.changeClass != .unchanged, let was = merged[change.key] {
                    courses[change.key] = Self.mergedAway(change.keyText, was)
                }
                continue
            }
            guard member.group.isEmpty || due.contains(Fingerprint.hash64(member.group)) else { continue }
            rows.append(MergeRow(change, member, columns))
            members.append(member)
        }
        let grouped = MergeGroups(members)
        for refused in grouped.refused {
            for row in refused.rows.map({ rows[$0] }) where row.isDue {
                courses[row.key] = .left(.rejected, code: "MERGE_GROUP", message: refused.reason)
            }
        }
        for group in grouped.groups { take(group, rows, merged) }
    }

    // MARK: - Implementation

    private mutating func take(_ group: MergeGroups.Group, _ rows: [MergeRow], _ merged: [Hash128: MergedRow]) {
        let parent = rows[group.parent.row]
        let children = group.children.map { rows[$0.row] }
        if let was = merged[parent.key] {
            for row in [parent] + children where row.isDue { courses[row.key] = Self.mergedAway(parent.keyText, was) }
            return
        }
        let moved = children.first { child in merged[child.key].map { $0.parentKey != parent.keyText } ?? false }
        let message = moved.flatMap { moved in
            merged[moved.key].map { was in
                "the group \(group.sharedID) names \(parent.keyText) as its parent, but the record of \(moved.keyText) was merged"
                    + " into that of \(was.parentKey) (\(was.parentID)); a merge can't be undone, so nothing of it is merged again"
            }
        }
        for child in children where child.isDue {
            courses[child.key] = message.map { .left(.rejected, code: "MERGED_ELSEWHERE", message: $0) } ?? .passedBy
        }
        // An insert looks at no delivered row again; its parent may be new.
        if let message, !children.contains(where: \.isDue) { notes.append(message) }
        if moved == nil, children.contains(where: \.isDue) {
            groups.append(Group(parent: parent, children: children.filter(\.isDue)))
        }
    }

    private static func mergedAway(_ key: String, _ was: MergedRow) -> RowCourse {
        let message =
            "the record of \(key) (\(was.victimID)) was merged into that of \(was.parentKey) (\(was.parentID)); a merge can't be"
            + " undone, so it is neither created again nor a parent"
        return .left(.rejected, code: "MERGED_ELSEWHERE", message: message)
    }

    /// Hashes of the shared ids of groups in which a row has to travel.
    private static func dueGroups(
        _ diff: DiffResult,
        _ merge: SyncDefinition.Merge,
        _ columns: MappedColumns
    ) throws -> Set<UInt64> {
        var due: Set<UInt64> = []
        let reader = try diff.changes()
        while let change = try reader.next() {
            guard change.changeClass != .removed else { continue }
            // A row whose part cannot be read is refused where the groups are made.
            guard let member = try? MergeMember(change, row: 0, merge: merge, columns: columns) else { continue }
            guard !member.group.isEmpty, MergeRow(change, member, columns).isDue else { continue }
            due.insert(Fingerprint.hash64(member.group))
        }
        return due
    }
}

extension MergeRow {
    init(_ change: Change, _ member: MergeMember, _ columns: MappedColumns) {
        let match = columns.match.map { index in
            change.cells.withCell(index) { String(decoding: MatchFolding.trimmed($0), as: UTF8.self) }
        }
        self.init(
            key: change.key,
            keyText: change.keyText,
            raw: change.raw,
            isDue: change.changeClass != .unchanged
                || (member.isChild && change.known?.shaped != Self.childPrint),
            match: match ?? "",
            mergeID: member.mergeID
        )
    }
}

/// Of a sync that merges: parents and rows that stand alone are written, children are not.
struct MergeRouting: RowRouting {
    let courses: [Hash128: RowCourse]
    /// Parents whose unique values are still a victim's: written without them first.
    var provisional: Set<Hash128> = []
    /// Only these, with all their values.
    var only: Set<Hash128>?
    /// Parents of whom nothing has to be written, since mode insert finds them.
    var existing: Set<Hash128> = []

    func course(of change: Change) -> RowCourse {
        if let only { return only.contains(change.key) ? .lane(0) : .passedBy }
        if change.changeClass == .unchanged { return .passedBy }
        if let course = courses[change.key] { return course }
        if existing.contains(change.key) { return .settled }
        return .lane(provisional.contains(change.key) ? 1 : 0)
    }
}

/// Removals of a sync that merges: a merged child has no record of its own any more.
struct MergeRemovalRouting: RowRouting {
    func course(of change: Change) -> RowCourse {
        change.known?.shaped == MergeRow.childPrint ? .forgotten : .lane(0)
    }
}
