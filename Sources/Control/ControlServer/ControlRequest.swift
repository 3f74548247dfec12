import ControlProtocol

/// A request as a route sees it: who, with what.
struct ControlRequest: Sendable {
    var caller: Caller
    var idempotencyKey: String?
    var body: [UInt8]
    /// The daemon's version.
    var version: String
    private let parameters: [String: [String]]

    /// Takes the query apart.
    ///
    /// - Throws: `ControlFault` for a parameter that the route does not know, is given twice, or is not UTF-8.
    init(
        caller: Caller,
        query: String? = nil,
        known: Set<String> = [],
        idempotencyKey: String? = nil,
        body: [UInt8] = [],
        version: String = ""
    ) throws {
        self.caller = caller
        self.version = version
        self.idempotencyKey = idempotencyKey
        self.body = body
        var parameters: [String: [String]] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            guard known.contains(name) else {
                let list = known.isEmpty ? "it takes none" : "it takes: \(known.sorted().joined(separator: ", "))"
                throw ControlFault(
                    .badRequest,
                    "cannot take the parameter `\(name)`: this path does not know it",
                    hint: list
                )
            }
            parameters[name, default: []].append(try Self.decoded(parts.count > 1 ? parts[1] : ""))
        }
        self.parameters = parameters
    }

    /// Every value of a parameter that may be given several times.
    func all(_ name: String) -> [String] {
        parameters[name] ?? []
    }

    /// The value of a parameter that may be given once.
    func text(_ name: String) throws -> String? {
        let values = all(name)
        guard values.count <= 1 else {
            throw ControlFault(.badRequest, "cannot take the parameter `\(name)`: it is given \(values.count) times")
        }
        return values.first
    }

    /// The value of a parameter that must be given.
    func required(_ name: String) throws -> String {
        guard let value = try text(name), !value.isEmpty else {
            throw ControlFault(.badRequest, "cannot answer: the parameter `\(name)` is missing")
        }
        return value
    }

    /// A whole number within bounds.
    func number<Number: FixedWidthInteger>(_ name: String, in bounds: ClosedRange<Number>) throws -> Number? {
        guard let value = try text(name) else { return nil }
        guard let number = Number(value), bounds.contains(number) else {
            throw ControlFault(
                .badRequest,
                "cannot take the parameter `\(name)`: `\(value)` is not a number from \(bounds.lowerBound) to \(bounds.upperBound)"
            )
        }
        return number
    }

    /// A parameter that is there or not: `follow`, `follow=true`, `follow=false`.
    func flag(_ name: String) throws -> Bool {
        switch try text(name) {
        case nil, "false": false
        case "", "true": true
        case .some(let value):
            throw ControlFault(.badRequest, "cannot take the parameter `\(name)`: `\(value)` is neither true nor false")
        }
    }

    // MARK: - Implementation

    private static func decoded(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw ControlFault(
                    .badRequest,
                    "cannot read the query: a `%` is not followed by two hexadecimal digits"
                )
            }
            bytes.append(high << 4 | low)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw ControlFault(.badRequest, "cannot read the query: it is not UTF-8")
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
