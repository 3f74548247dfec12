/// Whose snapshot it is: when one of these no longer fits, it is not used (durability.md, Whose state it is).
package struct SnapshotIdentity: Sendable, Equatable {
    package var stateID: String
    package var sync: String
    package var orgID: String
    /// The object, the two objects (`Contact/Lead`) or the event.
    package var object: String
    package var matchField: String?
    package var keyColumns: [String]

    package init(
        stateID: String,
        sync: String,
        orgID: String,
        object: String,
        matchField: String?,
        keyColumns: [String]
    ) {
        self.stateID = stateID
        self.sync = sync
        self.orgID = orgID
        self.object = object
        self.matchField = matchField
        self.keyColumns = keyColumns
    }

    /// What is different in the other one, in words; nil when nothing is.
    package func difference(to wanted: SnapshotIdentity) -> String? {
        var parts: [String] = []
        func compare(_ what: String, _ has: String, _ wants: String) {
            if has != wants { parts.append("\(what) was \(has), is \(wants)") }
        }
        compare("the state id", stateID, wanted.stateID)
        compare("the sync", sync, wanted.sync)
        compare("the org", orgID, wanted.orgID)
        compare("the object", object, wanted.object)
        compare("the match field", matchField ?? "none", wanted.matchField ?? "none")
        compare("the primary key", keyColumns.joined(separator: ", "), wanted.keyColumns.joined(separator: ", "))
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
