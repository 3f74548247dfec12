extension Org {
    /// Whether a validation rule's condition holds of a record: comparisons joined by AND and OR, with parentheses and NOT.
    ///
    /// What is no such condition is taken for a formula.
    func holds(_ condition: String, _ record: Record, _ number: Int, _ table: Table) -> Bool {
        let scope = QueryScope(type: table.type, hidden: [], includesDeleted: true)
        // Conditions are tried when the org is read; one that fails later holds of nothing.
        guard let query = try? SOQLParser.parse("SELECT Id FROM \(table.type.name) WHERE \(mixed(condition))"),
            let parsed = query.condition, let test = try? test(parsed, scope)
        else {
            guard let formula = try? Formula(condition) else { return false }
            return evaluate(formula.root, record, number, table) == .bool(true)
        }
        return test(number, record, table)
    }

    /// Why a condition cannot be used, if it cannot.
    func fault(in condition: String, of type: ObjectType) -> String? {
        do throws(SOQLFault) {
            let query = try SOQLParser.parse("SELECT Id FROM \(type.name) WHERE \(mixed(condition))")
            let scope = QueryScope(type: type, hidden: [], includesDeleted: true)
            if let parsed = query.condition { _ = try test(parsed, scope) }
            return nil
        } catch {
            // What reads as no condition may be a formula.
            guard let formula = try? Formula(condition), fault(in: formula.root, of: type) == nil else {
                return error.message
            }
            return nil
        }
    }

    /// SOQL wants parentheses where AND and OR meet; a rule need not have them: AND binds closer.
    private func mixed(_ condition: String) -> String {
        var depth = 0
        var isQuoted = false
        var parts: [String] = [""]
        var words = Substring(
            condition.replacing("\"", with: "'").replacing("&&", with: " AND ").replacing("||", with: " OR ")
        )
        while let letter = words.first {
            if letter == "'" { isQuoted.toggle() }
            if !isQuoted {
                if letter == "(" { depth += 1 }
                if letter == ")" { depth -= 1 }
                if depth == 0, words.prefix(4).uppercased() == " OR " {
                    parts.append("")
                    words = words.dropFirst(4)
                    continue
                }
            }
            parts[parts.count - 1].append(letter)
            words = words.dropFirst()
        }
        return parts.count == 1 ? parts[0] : parts.map { "(\($0))" }.joined(separator: " OR ")
    }
}
