/// What is looked for in a text before the YAML parser sees it.
///
/// The parser calls itself for each level of nesting and compares keys by their whole contents, so that depth and aliases must be
/// bounded first; and it tells of a strange character by an offset only.
enum YAMLPrecheck {
    /// Far more than people write; a parse of it takes milliseconds.
    static let mostBytes = 1 << 20
    private static let mostDepth = 64
    /// So many levels fit on any thread's stack, whatever stands in quotes.
    private static let harmlessBrackets = 1_000
    private static let mostAliases = 20

    /// Returns whether the text may be parsed; else it has told why not.
    static func passes(_ text: String, findings: inout Findings) -> Bool {
        guard text.utf8.count <= mostBytes else {
            findings.fault(.start, nil, "the file has \(text.utf8.count) bytes; at most \(mostBytes) are read")
            return false
        }
        return hasPlainCharacters(text, findings: &findings) && isShallow(text, findings: &findings)
            && hasFewAliases(text, findings: &findings)
    }

    // MARK: - Implementation

    /// YAML 1.1, section 5.1, says which characters a stream may have.
    private static func hasPlainCharacters(_ text: String, findings: inout Findings) -> Bool {
        var place = Place.start
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A:
                place = Place(line: place.line + 1, column: 1)
                continue
            case 0x09, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xF8FE, 0xF900...0xFEFE, 0xFF00...0xFFFD, 0x10000...:
                break
            default:
                let code = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
                findings.fault(place, nil, "character U+\(padded) may not be in a definition")
                return false
            }
            place.column += 1
        }
        return true
    }

    private static func isShallow(_ text: String, findings: inout Findings) -> Bool {
        var indents: [Int] = []
        var opened = 0
        var open = 0
        var openUnquoted = 0
        var deepest = 0
        var quote: UInt8?
        var line = 0
        for content in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            let lead = content.prefix { $0 == 0x20 || $0 == 0x2D || $0 == 0x3F || $0 == 0x3A }
            let indent = content.prefix { $0 == 0x20 }.count
            if content.count > indent {
                while let last = indents.last, last >= indent { indents.removeLast() }
                indents.append(indent)
            }
            for byte in content {
                switch byte {
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    opened += 1
                    open += 1
                    if quote == nil { openUnquoted += 1 }
                    deepest = max(deepest, opened > harmlessBrackets ? max(open, openUnquoted) : open)
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    open = max(0, open - 1)
                    if quote == nil { openUnquoted = max(0, openUnquoted - 1) }
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    if quote == byte { quote = nil } else if quote == nil { quote = byte }
                default: break
                }
            }
            let indicators = lead.count { $0 != 0x20 }
            if indents.count > mostDepth || deepest > mostDepth || indicators > mostDepth {
                findings.fault(Place(line: line, column: 1), nil, "nested more than \(mostDepth) levels deep")
                return false
            }
        }
        return true
    }

    /// `*name` where a value may begin; what stands in quotes or SQL is counted too, but is hardly ever so frequent.
    private static func hasFewAliases(_ text: String, findings: inout Findings) -> Bool {
        var aliases = 0
        var anchor: Place?
        var place = Place.start
        var before: Unicode.Scalar = "\n"
        var sigil: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if let found = sigil, scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar) {
                if found == "*" {
                    aliases += 1
                } else {
                    anchor = anchor ?? Place(line: place.line, column: place.column - 1)
                }
            }
            let begins =
                before == "\n" || before == "\r" || before == " " || before == "\t" || before == "[" || before == "{"
                || before == ","
            sigil = begins && (scalar == "*" || scalar == "&") ? scalar : nil
            before = scalar
            place =
                scalar == "\n"
                ? Place(line: place.line + 1, column: 1) : Place(line: place.line, column: place.column + 1)
        }
        guard let anchor, aliases > mostAliases else { return true }
        findings.fault(anchor, nil, "anchors and aliases are not taken: write the value out")
        return false
    }
}
