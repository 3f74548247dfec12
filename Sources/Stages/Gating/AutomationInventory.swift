/// What an org does of itself when a record of one object is saved.
package struct AutomationInventory: Sendable, Equatable, Codable {
    /// One trigger, flow or rule that is active.
    package struct Item: Sendable, Equatable, Codable {
        /// `trigger`, `flow`, `workflow rule`, `validation rule`, `duplicate rule`, `assignment rule`.
        package var kind: String
        package var name: String
        /// On which events it acts, such as `before insert`; empty where its kind says it.
        package var events: String
        /// When it was changed last, as the org writes it.
        package var changed: String?
        package var changedBy: String?
        /// Of a validation rule what it says to whom it refuses.
        package var message: String?

        package init(
            kind: String,
            name: String,
            events: String = "",
            changed: String?,
            changedBy: String?,
            message: String? = nil
        ) {
            self.message = message
            self.kind = kind
            self.name = name
            self.events = events
            self.changed = changed
            self.changedBy = changedBy
        }
    }

    package var items: [Item]

    package init(_ items: [Item]) {
        self.items = items.sorted { ($0.kind, $0.name, $0.events) < ($1.kind, $1.name, $1.events) }
    }

    /// What appeared, went or was changed since an earlier look, one sentence each.
    package func news(since earlier: AutomationInventory) -> [String] {
        var news: [String] = []
        for item in items {
            guard let known = earlier.find(item) else {
                news.append("\(item.words) appeared\(item.changeWords)")
                continue
            }
            if !known.isSame(as: item) { news.append("\(item.words) was changed\(item.changeWords)") }
        }
        return news + earlier.items.filter { find($0) == nil }.map { "\($0.words) went" }
    }

    /// The one validation rule that says this; nil where none does, or several.
    package func validationRule(saying message: String) -> String? {
        let rules = items.filter { $0.kind == "validation rule" && $0.message == message }
        return rules.count == 1 ? rules[0].name : nil
    }

    /// What is set going by a save, by kind and name: triggers, flows and workflow rules.
    package var whatRuns: [String] {
        items.filter { ["trigger", "flow", "workflow rule"].contains($0.kind) }.map { "\($0.kind) \($0.name)" }
    }

    private func find(_ item: Item) -> Item? { items.first { $0.kind == item.kind && $0.name == item.name } }
}

extension AutomationInventory.Item {
    /// What a rule says was not kept by older versions, and its date tells of a change of it as well.
    fileprivate func isSame(as other: Self) -> Bool {
        var other = other
        other.message = message
        return self == other
    }

    fileprivate var words: String { "\(kind) \(name)" + (events.isEmpty ? "" : " (\(events))") }

    fileprivate var changeWords: String {
        guard let changed else { return "" }
        return ", changed \(changed)" + (changedBy.map { " by \($0)" } ?? "")
    }
}
