@testable import Definitions

/// Makes definitions up from the tables of keys: sound ones, and ones with a mistake that a schema can see.
struct DefinitionGenerator<Numbers: RandomNumberGenerator> {
    var numbers: Numbers
    /// Which node is to be a mistake, counted as they are made; nil: none.
    var mistakeAt: Int?
    private var made = 0

    init(numbers: Numbers, mistakeAt: Int?) {
        self.numbers = numbers
        self.mistakeAt = mistakeAt
    }

    mutating func value(of type: ValueType, depth: Int = 0) -> WrittenValue {
        made += 1
        if made == mistakeAt { return mistake(for: type, depth: depth) }
        switch type {
        case .text, .textOrSecret: return .text(pick(["some text", "7", "a: b # c"]))
        case .path: return .text("/srv/some where")
        case .apiName: return .text(pick(["Account", "Name", "Unique_Key__c", "x9"]))
        case .column: return .text(pick(["account_id", "Some Column", "ä"]))
        case .template: return .text(pick(["{{name}}", "a {{ b }} c {{d}}"]))
        case .url: return .text("https://example.com/hook")
        case .reference, .nameOf: return .text("known")
        case .flag: return .flag(Bool.random(using: &numbers))
        case .whole(let range): return .number(Double(number(in: range)))
        case .share: return .text(pick(["20%", "0.5%", "100%"]))
        case .bound: return Bool.random(using: &numbers) ? .number(50) : .text("5%")
        case .span: return .text(pick(["2w", "3w 2d", "1 month"]))
        case .size: return .text(pick(["2GiB", "512 MiB", "3T"]))
        case .choice(let words, _): return .text(pick(words))
        case .word(let word): return .text(word)
        case .version: return .text("62.0")
        case .character: return .text(pick([";", "tab", "|"]))
        case .zone: return .text("Europe/London")
        case .calendar: return .text("Mon..Fri 02:30")
        case .cron: return .text("30 2 * * 1-5")
        case .secret: return .tagged(pick(["credential", "env"]), "NAME")
        case .oneOrMore(let element):
            if Bool.random(using: &numbers) { return value(of: element, depth: depth) }
            return .list((0...Int.random(in: 0...1, using: &numbers)).map { _ in value(of: element, depth: depth) })
        case .list(let element, let least):
            return .list((0..<max(1, least)).map { _ in value(of: element, depth: depth + 1) })
        case .mapping(let table): return .mapping(members(of: table, depth: depth))
        case .variants(let variants):
            let variant = pick(variants.variants)
            var members = members(of: variant.table, depth: depth)
            for index in members.indices where members[index].name == variants.key {
                members[index].value = .text(variant.value)
            }
            return .mapping(members)
        case .named(let name, let element):
            let names = if case .apiName = name { ["Alpha__c", "Beta__c"] } else { ["known", "other"] }
            return .mapping(names.map { .init(name: $0, value: value(of: element, depth: depth + 1)) })
        case .either(let types): return value(of: pick(types), depth: depth)
        }
    }

    // MARK: - Implementation

    private mutating func members(of table: KeyTable, depth: Int) -> [WrittenValue.Member] {
        let chosen = Set(table.exactlyOne.map { pick($0) })
        let others = Set(table.exactlyOne.joined())
        return table.keys.compactMap { key in
            let isWanted: Bool
            if others.contains(key.name) {
                isWanted = chosen.contains(key.name)
            } else {
                isWanted = key.isRequired || Int.random(in: 0..<(2 + depth), using: &numbers) == 0
            }
            return isWanted ? .init(name: key.name, value: value(of: key.type, depth: depth + 1)) : nil
        }
    }

    private mutating func mistake(for type: ValueType, depth: Int) -> WrittenValue {
        mistakeAt = nil
        let strangers: [WrittenValue] = [
            .nothing, .list([.text("a"), .list([])]), .mapping([.init(name: "zzz", value: .text("a"))]),
        ]
        let sound = value(of: type, depth: depth)
        guard case .mapping(var members) = sound, Int.random(in: 0..<4, using: &numbers) > 0 else {
            return pick(misfits(of: type) + strangers)
        }
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: members.append(.init(name: "zzz", value: .text("a")))
        case 1: if !members.isEmpty { members.remove(at: Int.random(in: 0..<members.count, using: &numbers)) }
        case 2:
            if case .mapping(let table) = type, let group = table.exactlyOne.randomElement(using: &numbers) {
                for name in group where !members.contains(where: { $0.name == name }) {
                    guard let key = table.key(name) else { continue }
                    members.append(.init(name: name, value: value(of: key.type, depth: depth + 1)))
                    break
                }
            }
        default:
            if let place = members.indices.randomElement(using: &numbers) { members[place].value = pick(strangers) }
        }
        return .mapping(members)
    }

    private func misfits(of type: ValueType) -> [WrittenValue] {
        switch type {
        case .text, .path, .nameOf, .textOrSecret, .column: [.text("")]
        case .apiName: [.text("a.b"), .text("9a"), .text(""), .text("ä")]
        case .template: [.text("no column")]
        case .url: [.text("ftp://example.com"), .text("example.com")]
        case .flag: [.text("yes"), .number(1)]
        case .whole(let range):
            [.number(1.5), .text("many")] + (range.lowerBound > -1_000 ? [.number(Double(range.lowerBound - 1))] : [])
                + (range.upperBound < 1 << 40 ? [.number(Double(range.upperBound + 1))] : [])
        case .share: [.text("20"), .text("%"), .text("-1%")]
        case .bound: [.number(-1), .text("some")]
        case .span: [.text("soon"), .text("-1h"), .text("")]
        case .size: [.text("2 parsecs"), .text("MiB")]
        case .choice, .word: [.text("nonesuch"), .number(1)]
        case .character: [.text("ab"), .text("")]
        case .oneOrMore(let element): misfits(of: element)
        default: []
        }
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range.lowerBound...min(range.upperBound, range.lowerBound + 1_000), using: &numbers)
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &numbers)]
    }
}
