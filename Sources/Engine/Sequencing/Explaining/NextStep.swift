internal import SyncModel

/// Says in a sentence what becomes of a row next.
struct NextStep {
    let life: RowLife
    let sync: SyncDefinition
    let known: SnapshotEntry?

    var sentence: String {
        if known?.flags.contains(.inDoubt) == true { return inDoubt }
        if let child = life.child, life.problem == nil { return words(of: child) }
        switch life.changeClass {
        case nil: return unknown
        case .unchanged: return "Nothing: the row was delivered as it is now."
        case .added: return problem ?? "The next run sends it: it was never delivered."
        case .changed: return problem ?? "The next run sends it: it is not as it was delivered."
        case .removed: return removed
        case .owed: return problem ?? "The next run sends it again."
        }
    }

    // MARK: - Implementation

    private var unknown: String {
        guard let last = life.deliveries.first(where: { $0.undelivered == nil }) else {
            return
                "Nothing: the key is neither in the model nor was it ever delivered. Look at its spelling, and at the model's query."
        }
        return switch last.operation {
        case .delete: "Nothing: it has left the model, and run \(last.run) has deleted its record."
        case .clear: "Nothing: it has left the model, and run \(last.run) has cleared the mapped fields of its record."
        case .insert, .update, .upsert, .merge, .publish:
            "Nothing: it is not in the model, and what run \(last.run) delivered of it is not looked after any more."
        }
    }

    private func words(of child: RowLife.ChildPart) -> String {
        switch child {
        case .merged(let victimID, let parentKey, let parentID):
            """
            Nothing: it is a child, and its record \(victimID) was merged into \(parentID), the record of row \(parentKey). It is neither \
            created again nor deleted.
            """
        case .nothingToMerge:
            """
            Nothing: it is a child, which is never created, and Salesforce had no record of it to merge into its parent's when it was \
            looked for. It is looked for again when its row changes.
            """
        case .open:
            """
            The next run looks for its record and merges it into that of its group's parent; it is a child, which is never created.
            """
        }
    }

    private var inDoubt: String {
        let run = life.deliveries.first { $0.undelivered?.state == .inDoubt }?.run.rawValue ?? "RUN"
        return """
            It is in doubt and is not sent until a person has said what became of it: look the record up, then \
            `sequencectl resolve \(run) \(life.key) --as delivered|not-delivered --reason TEXT`.
            """
    }

    private var problem: String? {
        guard let problem = life.problem else { return nil }
        switch problem.state {
        case .rejected where life.isResting:
            return """
                It rests: it was rejected \(times) runs running for the same reason. The first run of each day (UTC) tries it again, \
                and the next run does when its values, the mapping or the object change; \
                `sequencectl start \(sync.name) --keys '\(life.key)'` does now.
                """
        case .rejected where problem.isRetryable:
            return "The next run sends it again: what refused it may have passed by then."
        case .rejected:
            return "The next run tries it again, and it is refused again unless what stands above is mended."
        case .held: return "It goes out in the first run after its parent has been delivered, the same run included."
        case .unmatched: return "The next run looks for its record again; it is updated as soon as there is one."
        case .unsent: return "The next run sends it: the last one ended before its turn."
        case .inDoubt: return inDoubt
        }
    }

    /// In how many runs running it was rejected, as far as they are counted.
    private var times: String {
        let count = known?.refusal?.count ?? 0
        return count < 15 ? "\(count)" : "15 or more"
    }

    private var removed: String {
        switch sync.whenRemoved {
        case .nothing: "Nothing: it has left the model, and `when_removed: nothing` leaves its record alone."
        case .clear: "It has left the model: the next run clears the mapped fields of its record."
        case .delete: "It has left the model: the next run deletes its record."
        }
    }
}
