/// Reads the XML that Salesforce writes: elements, attributes, texts, CDATA, comments and instructions, in UTF-8.
///
/// Answers are untrusted, and Foundation's parser traps on some broken ones (seen with Swift 6.3.1), so this one is our
/// own: no document types and therefore no entities but the five of XML itself, depth and number of elements bounded.
struct XMLReader {
    static let deepest = 64
    static let mostElements = 2_000_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var open: [XMLElement] = []
    /// The full names of the open elements, for their end tags.
    private var names: [Range<Int>] = []
    private var count = 0
    private var root: XMLElement?

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The root element; nil if the text is no document.
    mutating func document() -> XMLElement? {
        while offset < bytes.count {
            guard step() else { return nil }
        }
        return open.isEmpty ? root : nil
    }

    // MARK: - Implementation

    /// Takes the next piece; false if there is none that XML knows.
    private mutating func step() -> Bool {
        guard bytes[offset] == UInt8(ascii: "<") else { return takeText() }
        if take("<![CDATA[") { return takeData() }
        if take("<!--") { return skip(past: "-->") }
        if take("<?") { return skip(past: "?>") }
        if take("</") { return takeEnd() }
        offset += 1
        return takeStart()
    }

    private mutating func takeStart() -> Bool {
        guard let name = takeName(), root == nil || !open.isEmpty, open.count < Self.deepest, count < Self.mostElements
        else { return false }
        count += 1
        var element = XMLElement(name: local(name))
        while true {
            let hasBlank = skipBlanks()
            if take("/>") {
                close(element)
                return true
            }
            if take(">") {
                open.append(element)
                names.append(name)
                return true
            }
            guard hasBlank, takeAttribute(of: &element) else { return false }
        }
    }

    private mutating func takeAttribute(of element: inout XMLElement) -> Bool {
        guard let name = takeName() else { return false }
        skipBlanks()
        guard take("=") else { return false }
        skipBlanks()
        guard offset < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[offset]) else {
            return false
        }
        let quote = bytes[offset]
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != quote {
            if bytes[offset] == UInt8(ascii: "<") { return false }
            offset += 1
        }
        guard offset < bytes.count, let value = unescaped(start..<offset) else { return false }
        offset += 1
        switch local(name) {
        case "nil": element.isNil = value == "true" || value == "1"
        case "type": element.type = value.split(separator: ":").last.map(String.init)
        default: break
        }
        return true
    }

    private mutating func takeEnd() -> Bool {
        guard let name = takeName(), let opened = names.last, bytes[name].elementsEqual(bytes[opened]) else {
            return false
        }
        skipBlanks()
        guard take(">"), let element = open.popLast() else { return false }
        names.removeLast()
        close(element)
        return true
    }

    private mutating func close(_ element: XMLElement) {
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private mutating func takeText() -> Bool {
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") { offset += 1 }
        guard !open.isEmpty else { return bytes[start..<offset].allSatisfy(Self.isBlank) }
        guard let text = unescaped(start..<offset) else { return false }
        open[open.count - 1].text += text
        return true
    }

    private mutating func takeData() -> Bool {
        let start = offset
        guard !open.isEmpty, skip(past: "]]>") else { return false }
        open[open.count - 1].text += String(decoding: bytes[start..<offset - 3], as: UTF8.self)
        return true
    }

    private mutating func takeName() -> Range<Int>? {
        let start = offset
        while offset < bytes.count, Self.isNameByte(bytes[offset]) { offset += 1 }
        return start == offset ? nil : start..<offset
    }

    private func local(_ name: Range<Int>) -> String {
        let text = bytes[name]
        let start = text.lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? name.lowerBound
        return String(decoding: bytes[start..<name.upperBound], as: UTF8.self)
    }

    private func unescaped(_ range: Range<Int>) -> String? {
        guard bytes[range].contains(UInt8(ascii: "&")) else { return String(decoding: bytes[range], as: UTF8.self) }
        var text: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            guard bytes[position] == UInt8(ascii: "&") else {
                text.append(bytes[position])
                position += 1
                continue
            }
            guard let end = bytes[position..<min(position + 12, range.upperBound)].firstIndex(of: UInt8(ascii: ";")),
                let scalar = Self.entity(String(decoding: bytes[position + 1..<end], as: UTF8.self))
            else { return nil }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
            position = end + 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func entity(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init)
    }

    private mutating func take(_ mark: StaticString) -> Bool {
        guard matches(mark, at: offset) else { return false }
        offset += mark.utf8CodeUnitCount
        return true
    }

    private mutating func skip(past mark: StaticString) -> Bool {
        while offset < bytes.count {
            if take(mark) { return true }
            offset += 1
        }
        return false
    }

    private func matches(_ mark: StaticString, at start: Int) -> Bool {
        guard start + mark.utf8CodeUnitCount <= bytes.count else { return false }
        for position in 0..<mark.utf8CodeUnitCount where bytes[start + position] != mark.utf8Start[position] {
            return false
        }
        return true
    }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        let start = offset
        while offset < bytes.count, Self.isBlank(bytes[offset]) { offset += 1 }
        return offset > start
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"), 0x80...0xFF:
            true
        default: false
        }
    }
}
