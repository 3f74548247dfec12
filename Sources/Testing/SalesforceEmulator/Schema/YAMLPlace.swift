import Yams

/// A node of a YAML file and the path to it, so that faults name their place.
struct YAMLPlace {
    let node: Node
    let path: String

    func fault(_ what: String) -> EmulatorError {
        let mark = node.mark.map { " at line \($0.line), column \($0.column)" } ?? ""
        return EmulatorError(.badOrg, "cannot use the org file: \(path.isEmpty ? "the file" : path)\(mark) \(what)")
    }

    func mapping() throws -> [(String, YAMLPlace)] {
        if isNull { return [] }
        guard let mapping = node.mapping else { throw fault("must be a mapping") }
        return try mapping.map { key, value in
            guard let name = key.string else { throw fault("has a key that is no text") }
            return (name, YAMLPlace(node: value, path: path.isEmpty ? name : "\(path).\(name)"))
        }
    }

    /// The mapping as a dictionary; keys that are not expected are refused.
    func fields(_ known: String...) throws -> [String: YAMLPlace] {
        var fields: [String: YAMLPlace] = [:]
        for (name, place) in try mapping() {
            guard known.contains(name) else {
                throw place.fault("is not known; expected \(known.joined(separator: ", "))")
            }
            fields[name] = place
        }
        return fields
    }

    func list() throws -> [YAMLPlace] {
        if isNull { return [] }
        guard let sequence = node.sequence else { throw fault("must be a list") }
        return sequence.enumerated().map { YAMLPlace(node: $1, path: "\(path)[\($0)]") }
    }

    var isNull: Bool { node.null != nil && node.scalar?.style == .plain }

    func text() throws -> String {
        guard let scalar = node.scalar else { throw fault("must be a text") }
        return scalar.string
    }

    func texts() throws -> [String] { try list().map { try $0.text() } }

    func flag() throws -> Bool {
        guard let bool = node.bool else { throw fault("must be true or false") }
        return bool
    }

    func number() throws -> Int {
        guard let number = node.int else { throw fault("must be a whole number") }
        return number
    }

    /// `20min`, `30s`, `500ms`, `10us`, in microseconds; a bare number counts milliseconds.
    func microseconds() throws -> Int {
        let text = try text()
        let digits = text.prefix { $0.isNumber }
        let units = [
            "": 1_000, "us": 1, "ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000,
        ]
        guard let count = Int(digits), let unit = units[text.dropFirst(digits.count).trimmingBlanks()], count < 1 << 32
        else {
            throw fault("must be a duration such as 20min, 30s, 500ms or 10us")
        }
        return count * unit
    }
}
