import Foundation

@testable import SalesforceEmulator

/// The form of answers that a real org gave: names, their order and the kinds of values, nothing of what was in them.
enum Shape {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Shapes"
    )

    static func named(_ name: String, in file: String = "answers.json") throws -> JSONValue {
        try JSONReader.read(try bytes(file))[name] ?? .null
    }

    static func lines(_ file: String) throws -> [String] {
        String(decoding: try bytes(file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(file)))
    }

    /// XML as the same kind of value: elements as members, repeated ones as lists.
    static func tree(_ reply: Reply) throws -> JSONValue {
        let node = try XMLReader.read(reply.bytes)
        return .members([node.name: value(of: node)])
    }

    private static func value(of node: XMLNode) -> JSONValue {
        if node.isNil { return .null }
        if node.children.isEmpty { return .string(node.value) }
        var members: [JSONMember] = []
        for child in node.children {
            if let index = members.firstIndex(where: { $0.name == child.name }) {
                let old = members[index].value
                members[index].value = .array((old.array ?? [old]) + [value(of: child)])
            } else {
                members.append(JSONMember(name: child.name, value: value(of: child)))
            }
        }
        return .object(members)
    }

    /// Where an answer is not of a form; empty when it is.
    ///
    /// With `more` it may hold further members, in any order, and hold a value where nothing was seen.
    static func differences(
        _ answer: JSONValue,
        _ shape: JSONValue,
        more: Bool = false,
        at path: String = ""
    ) -> [String] {
        switch shape {
        case .object(let wanted):
            if answer.isNull, wanted.contains(where: { $0.name.isEmpty }) { return [] }
            guard case .object(let found) = answer else {
                return answer.array != nil && wanted.contains { $0.name.isEmpty }
                    ? [] : ["\(path): no object but \(answer)"]
            }
            var out: [String] = []
            let names = wanted.map { $0.name.hasSuffix("?") ? String($0.name.dropLast()) : $0.name }.filter {
                !$0.isEmpty
            }
            for member in wanted where !member.name.isEmpty {
                let isOptional = member.name.hasSuffix("?")
                let name = isOptional ? String(member.name.dropLast()) : member.name
                guard let value = found.first(where: { $0.name == name })?.value else {
                    if !isOptional { out.append("\(path).\(name) is missing") }
                    continue
                }
                out += differences(value, member.value, more: more, at: "\(path).\(name)")
            }
            let known = found.map(\.name).filter(names.contains)
            if !more {
                out += found.filter { !names.contains($0.name) }.map { "\(path).\($0.name) is too much" }
                if known != names.filter(known.contains) { out.append("\(path): the order is \(known)") }
            }
            return out
        case .array(let items):
            if items.first == .string("null"), answer.isNull { return [] }
            let found = answer.array ?? (path.hasSuffix("result") ? [answer] : nil)
            guard let found else { return ["\(path): no list but \(answer)"] }
            guard let item = items.first else { return found.isEmpty || more ? [] : ["\(path): the list is not empty"] }
            return found.enumerated().flatMap { differences($1, item, more: more, at: "\(path)[\($0)]") }
        case .string(let kinds):
            let fits = kinds.split(separator: "|").contains { isKind(String($0), answer, more: more) }
            return fits ? [] : ["\(path): \(answer) is no \(kinds)"]
        case .null, .bool, .number: return ["\(path): the shape is broken"]
        }
    }

    private static func isKind(_ kind: String, _ value: JSONValue, more: Bool) -> Bool {
        switch (kind, value) {
        case ("null", .null), ("nil", .null), ("empty", .null): true
        case ("bool", .bool), ("number", .number): true
        case ("null", _), (_, .null): more
        case ("int", .number(let text)): !text.contains(".")
        case ("empty", .string(let text)): text.isEmpty
        case ("id", .string(let text)):
            if text.hasPrefix("http") { text.contains("/id/") } else { RecordID.read(text) != .malformed }
        case ("moment", .string(let text)): readInstant(text) != nil && (text.hasSuffix("+0000") || text.hasSuffix("Z"))
        case ("path", .string(let text)): text.hasPrefix("/services/")
        case ("address", .string(let text)): text.hasPrefix("http")
        case ("flag", .string(let text)): text == "true" || text == "false"
        case ("digits", .string(let text)): !text.isEmpty && text.allSatisfy(\.isNumber)
        case ("day", .string(let text)): text.count == 10
        case ("text", .string(let text)): !text.isEmpty
        default: false
        }
    }
}
