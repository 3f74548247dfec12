import Foundation

extension Org {
    /// What a formula makes of a record; null where a part is missing or fits nothing.
    func evaluate(_ part: Formula.Part, _ record: Record, _ number: Int, _ table: Table) -> Value {
        switch part {
        case .text(let text): return text.isEmpty ? .null : .text(text)
        case .number(let value): return .number(value)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .field(let parts):
            let path = FieldPath(parts: parts, offset: 0)
            // Paths are tried when the org is read; one that is gone since then is empty.
            guard let resolved = try? resolve(path, in: table.type, alias: nil, hidden: []) else { return .null }
            return value(at: resolved, number, record, table)
        case .negated(let inner): return evaluate(inner, record, number, table).number.map { .number(-$0) } ?? .null
        case .binary(let mark, let left, let right):
            return combine(
                mark,
                evaluate(left, record, number, table),
                evaluate(right, record, number, table)
            )
        case .call(let name, let parts): return call(name, parts) { evaluate($0, record, number, table) }
        }
    }

    /// Why a formula cannot be used on an object, if it cannot.
    func fault(in part: Formula.Part, of type: ObjectType) -> String? {
        switch part {
        case .text, .number, .bool, .null: return nil
        case .negated(let inner): return fault(in: inner, of: type)
        case .binary(_, let left, let right): return fault(in: left, of: type) ?? fault(in: right, of: type)
        case .call(let name, let parts):
            guard Self.formulaFunctions.contains(name) else { return "unknown function \(name)" }
            return parts.lazy.compactMap { self.fault(in: $0, of: type) }.first
        case .field(let parts):
            do throws(SOQLFault) {
                _ = try resolve(FieldPath(parts: parts, offset: 0), in: type, alias: nil, hidden: [])
                return nil
            } catch {
                return error.message
            }
        }
    }

    /// Counts, sums or picks among the children of a record.
    func evaluate(_ rollUp: RollUp, _ id: RecordID) -> Value {
        guard let child = schema[rollUp.child], let parent = child.position(of: rollUp.foreignKey), hasTable(child)
        else {
            return rollUp.operation == .count ? .number(0) : .null
        }
        let table = table(of: child)
        let numbers = table.children(of: id, by: parent)
        if rollUp.operation == .count { return .number(Double(numbers.count)) }
        guard let position = rollUp.field.flatMap({ child.position(of: $0) }) else { return .null }
        let values = numbers.compactMap { number -> Value? in
            table.record(number).map { value(position, of: $0, number, table) }.flatMap { $0.isNull ? nil : $0 }
        }
        switch rollUp.operation {
        case .count, .sum: return .number(values.reduce(0) { $0 + ($1.number ?? 0) })
        case .minimum: return values.min { (order($0, $1) ?? 0) < 0 } ?? .null
        case .maximum: return values.max { (order($0, $1) ?? 0) < 0 } ?? .null
        }
    }

    // MARK: - Implementation

    private static let formulaFunctions: Set<String> = [
        "IF", "ISBLANK", "ISNULL", "BLANKVALUE", "NULLVALUE", "AND", "OR", "NOT", "TEXT", "VALUE", "ISPICKVAL", "CASE",
        "LEN", "LEFT", "RIGHT", "MID", "UPPER", "LOWER", "TRIM", "CONTAINS", "BEGINS", "SUBSTITUTE", "ROUND", "ABS",
        "CEILING", "FLOOR", "MAX", "MIN", "MOD", "TODAY", "NOW", "YEAR", "MONTH", "DAY", "INCLUDES",
    ]

    private func combine(_ mark: String, _ left: Value, _ right: Value) -> Value {
        switch mark {
        case "&&": return .bool(left == .bool(true) && right == .bool(true))
        case "||": return .bool(left == .bool(true) || right == .bool(true))
        case "=": return .bool(isSame(left, right))
        case "<>": return .bool(!isSame(left, right))
        case "<", "<=", ">", ">=":
            guard let relation = order(left, right) else { return .bool(false) }
            switch mark {
            case "<": return .bool(relation < 0)
            case "<=": return .bool(relation <= 0)
            case ">": return .bool(relation > 0)
            default: return .bool(relation >= 0)
            }
        case "&": return .text(text(left) + text(right))
        default: return reckon(mark, left, right)
        }
    }

    private func reckon(_ mark: String, _ left: Value, _ right: Value) -> Value {
        if mark == "+", case .text = left { return .text(text(left) + text(right)) }
        if mark == "+", case .text = right { return .text(text(left) + text(right)) }
        switch (left, right) {
        case (.date(let day), .number(let days)) where mark == "+" || mark == "-":
            guard days.magnitude < 4_000_000 else { return .null }
            return .date(mark == "+" ? day + Int32(days) : day - Int32(days))
        case (.date(let day), .date(let other)) where mark == "-": return .number(Double(day - other))
        case (.dateTime(let moment), .dateTime(let other)) where mark == "-":
            return .number(Double(moment - other) / 86_400_000)
        default: break
        }
        guard let one = left.number, let other = right.number else { return .null }
        let result: Double
        switch mark {
        case "+": result = one + other
        case "-": result = one - other
        case "*": result = one * other
        case "/": result = one / other
        case "^": result = pow(one, other)
        default: return .null
        }
        return result.isFinite ? .number(result) : .null
    }

    private func isSame(_ left: Value, _ right: Value) -> Bool {
        if left.isNull || right.isNull { return left.isNull == right.isNull }
        if case .text(let one) = left, case .text(let other) = right { return one == other }
        return order(left, right) == 0
    }

    private func text(_ value: Value) -> String {
        switch value {
        case .number(let number):
            number == number.rounded() && number.magnitude < 1e15 ? String(Int64(number)) : "\(number)"
        default: plainText(value, of: Field(name: "", label: "", type: .string), zone: "Z")
        }
    }

    private func call(_ name: String, _ parts: [Formula.Part], _ of: (Formula.Part) -> Value) -> Value {
        func at(_ index: Int) -> Value { parts.indices.contains(index) ? of(parts[index]) : .null }
        func isTrue(_ index: Int) -> Bool { at(index) == .bool(true) }
        switch name {
        case "IF": return isTrue(0) ? at(1) : at(2)
        case "AND": return .bool(parts.allSatisfy { of($0) == .bool(true) })
        case "OR": return .bool(parts.contains { of($0) == .bool(true) })
        case "NOT": return .bool(!isTrue(0))
        case "ISBLANK", "ISNULL": return .bool(at(0).isNull)
        case "BLANKVALUE", "NULLVALUE": return at(0).isNull ? at(1) : at(0)
        case "ISPICKVAL": return .bool(isSame(at(0), at(1)))
        case "CASE":
            let wanted = at(0)
            var index = 1
            while index + 1 < parts.count {
                if isSame(wanted, at(index)) { return at(index + 1) }
                index += 2
            }
            return index < parts.count ? at(index) : .null
        case "TEXT": return at(0).isNull ? .null : .text(text(at(0)))
        case "VALUE": return Double(text(at(0))).map(Value.number) ?? .null
        case "TODAY": return .date(Int32(clock.now.day))
        case "NOW": return .dateTime(clock.now.milliseconds)
        case "YEAR", "MONTH", "DAY":
            guard case .date(let day) = at(0) else { return .null }
            let civil = CivilDay(Int(day))
            return .number(Double(name == "YEAR" ? civil.year : name == "MONTH" ? civil.month : civil.day))
        case "ROUND", "ABS", "CEILING", "FLOOR", "MOD", "MAX", "MIN": return numeric(name, parts.map(of))
        default: return textual(name, text(at(0)), at(1), at(2))
        }
    }

    private func numeric(_ name: String, _ values: [Value]) -> Value {
        let numbers = values.compactMap(\.number)
        guard let first = numbers.first else { return .null }
        let second = numbers.count > 1 ? numbers[1] : 0
        switch name {
        case "ABS": return .number(first.magnitude)
        case "CEILING": return .number(first.rounded(.up))
        case "FLOOR": return .number(first.rounded(.down))
        case "MOD": return second == 0 ? .null : .number(first.truncatingRemainder(dividingBy: second))
        case "MAX": return .number(numbers.max() ?? first)
        case "MIN": return .number(numbers.min() ?? first)
        default:
            let scale = pow(10, second)
            return .number((first * scale).rounded(.toNearestOrAwayFromZero) / scale)
        }
    }

    private func textual(_ name: String, _ subject: String, _ second: Value, _ third: Value) -> Value {
        func count(_ value: Value) -> Int { Int(min(max(value.number ?? 0, 0), 1e6)) }
        let result: String
        switch name {
        case "LEN": return .number(Double(subject.count))
        case "CONTAINS", "INCLUDES": return .bool(subject.contains(text(second)))
        case "BEGINS": return .bool(subject.hasPrefix(text(second)))
        case "LEFT": result = String(subject.prefix(count(second)))
        case "RIGHT": result = String(subject.suffix(count(second)))
        case "MID": result = String(subject.dropFirst(max(count(second) - 1, 0)).prefix(count(third)))
        case "UPPER": result = subject.uppercased()
        case "LOWER": result = subject.lowercased()
        case "TRIM": result = subject.trimmingBlanks()
        case "SUBSTITUTE": result = text(second).isEmpty ? subject : subject.replacing(text(second), with: text(third))
        default: return .null
        }
        return result.isEmpty ? .null : .text(result)
    }
}

/// A field that adds up a parent's children.
struct RollUp: Sendable, Equatable {
    enum Operation: String {
        case count, sum
        case minimum = "min"
        case maximum = "max"
    }

    var operation: Operation
    var child: String
    /// The child's reference to the parent.
    var foreignKey: String
    /// The child's field; none where children are counted.
    var field: String?
}

extension Value {
    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }
}
