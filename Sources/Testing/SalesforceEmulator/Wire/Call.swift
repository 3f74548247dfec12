/// A request as the org sees it.
struct Call: Sendable {
    var method: String
    /// The path as it was sent, without the query.
    var path: String
    /// The path's parts, percent-decoded.
    var segments: [String]
    var query: [(name: String, value: String)]
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// `http://127.0.0.1:8080`, by the Host header.
    var origin: String
    /// Whether an assertion in the body bears the signature of a key of its app.
    var genuineAssertion = false

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    var isXML: Bool { contentType == "application/xml" || contentType == "text/xml" }

    /// The media type without parameters, in lower case.
    var contentType: String {
        let whole = header("content-type") ?? ""
        return whole.prefix { $0 != ";" }.trimmingBlanks().lowercased()
    }
}

/// A response before it is put on the wire.
struct Answer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func with(_ name: String, _ value: String) -> Answer {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        var view = Substring(self)
        while let first = view.unicodeScalars.first, first.value <= 0x20 { view = view.dropFirst() }
        while let last = view.unicodeScalars.last, last.value <= 0x20 { view = view.dropLast() }
        return String(view)
    }
}

/// `%41+b` as `A b`; nil when an escape is broken.
///
/// In a path `+` is itself.
func percentDecoded(_ text: some StringProtocol, plusIsBlank: Bool) -> String? {
    var out: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = bytes.next().flatMap(hexValue), let low = bytes.next().flatMap(hexValue) else {
                return nil
            }
            out.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsBlank: out.append(0x20)
        default: out.append(byte)
        }
    }
    return String(validating: out, as: UTF8.self)
}

func percentEncoded(_ text: String) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.append(byte)
        default: out.append(contentsOf: "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8)
        }
    }
    return String(decoding: out, as: UTF8.self)
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
}

/// The pairs of a query string or a form body.
func formPairs(_ text: some StringProtocol) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for part in text.split(separator: "&") {
        let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = percentDecoded(halves[0], plusIsBlank: true),
            let value = percentDecoded(halves.count > 1 ? halves[1] : "", plusIsBlank: true)
        else { return nil }
        pairs.append((name, value))
    }
    return pairs
}
