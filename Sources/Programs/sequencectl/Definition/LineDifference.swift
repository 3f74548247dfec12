/// Two texts line by line: what went, what came, with three lines around each.
enum LineDifference {
    struct Line: Encodable, Equatable {
        /// A blank, `-` or `+`.
        var mark: String
        var text: String
    }

    static func lines(from old: String, to new: String) -> [Line] {
        let (old, new) = (split(old), split(new))
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var all: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if before < old.count, removed.contains(before) {
                all.append(Line(mark: "-", text: old[before]))
                before += 1
            } else if after < new.count, inserted.contains(after) {
                all.append(Line(mark: "+", text: new[after]))
                after += 1
            } else {
                all.append(Line(mark: " ", text: old[before]))
                before += 1
                after += 1
            }
        }
        return all.indices.filter { index in
            all[max(0, index - 3)...min(all.count - 1, index + 3)].contains { $0.mark != " " }
        }.map { all[$0] }
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
