package import SyncModel

/// A row of a sync with `merge:`, as far as grouping needs it.
package struct MergeMember: Sendable, Equatable {
    /// Its place among the rows.
    package var row: Int
    /// The shared id; empty: the row stands alone.
    package var group: String
    package var isChild: Bool
    /// What `merge_id` holds, where that says who is a child.
    package var mergeID: String?

    package init(row: Int, group: String, isChild: Bool, mergeID: String? = nil) {
        self.row = row
        self.group = group
        self.isChild = isChild
        self.mergeID = mergeID
    }
}

/// Rows that are one record: a parent, and children that are merged into it.
package struct MergeGroups: Sendable, Equatable {
    package struct Group: Sendable, Equatable {
        package var sharedID: String
        package var parent: MergeMember
        package var children: [MergeMember]
    }

    /// A group that is refused with the reason, all its rows together.
    package struct Refused: Sendable, Equatable {
        package var sharedID: String
        package var rows: [Int]
        package var reason: String
    }

    /// In the order of their first rows.
    package private(set) var groups: [Group] = []
    package private(set) var refused: [Refused] = []

    /// Groups rows by their shared id: exactly one of each group must be its parent.
    package init(_ members: [MergeMember]) {
        var order: [String] = []
        var byID: [String: [MergeMember]] = [:]
        for member in members {
            if member.group.isEmpty {
                if member.isChild {
                    refused.append(
                        Refused(
                            sharedID: "",
                            rows: [member.row],
                            reason: "a child without a shared id belongs to nobody"
                        )
                    )
                } else {
                    groups.append(Group(sharedID: "", parent: member, children: []))
                }
                continue
            }
            if byID[member.group] == nil { order.append(member.group) }
            byID[member.group, default: []].append(member)
        }
        for id in order {
            let rows = byID[id] ?? []
            let parents = rows.filter { !$0.isChild }
            guard parents.count == 1 else {
                let found = parents.isEmpty ? "none" : "\(parents.count)"
                let size = rows.count == 1 ? "1 row" : "\(rows.count) rows"
                let reason = "the group \(id) must have exactly one parent, and has \(found) among its \(size)"
                refused.append(Refused(sharedID: id, rows: rows.map(\.row), reason: reason))
                continue
            }
            groups.append(Group(sharedID: id, parent: parents[0], children: rows.filter(\.isChild)))
        }
        groups.sort { $0.parent.row < $1.parent.row }
    }
}

extension MergeMember {
    /// Reads a row's part in its group.
    ///
    /// - Throws: `Refusal` when `is_child` is no boolean.
    package init(_ change: Change, row: Int, merge: SyncDefinition.Merge, columns: MappedColumns) throws(Refusal) {
        func text(_ column: String?) -> String {
            guard let column, let index = columns.names.firstIndex(of: column), index < change.cells.count else {
                return ""
            }
            return change.cells.withCell(index) { String(decoding: MatchFolding.trimmed($0), as: UTF8.self) }
        }
        let mergeID = text(merge.mergeID)
        var isChild = !mergeID.isEmpty
        if let column = merge.isChild {
            var read: [UInt8] = []
            let value = text(column)
            guard Array(value.utf8).withUnsafeBytes({ BooleanForm.append($0, to: &read) }) == nil else {
                throw Refusal(
                    code: "INVALID_TYPE_ON_FIELD_IN_RECORD",
                    message: "column \(column) must say true or false, and says \(value.isEmpty ? "nothing" : value)",
                    values: [column: value]
                )
            }
            isChild = read.first == UInt8(ascii: "t")
        }
        self.init(row: row, group: text(merge.sharedID), isChild: isChild, mergeID: mergeID.isEmpty ? nil : mergeID)
    }
}
