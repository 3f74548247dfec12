internal import Yams

/// The one YAML document of a file, taken apart into nodes with places.
struct ComposedDocument {
    /// nil: the document is empty, or so broken that there is nothing to read.
    let root: Node?
    let isEmpty: Bool
    /// Keys that are written again later, under the place of the earlier one.
    let repeated: [Place: String]
    /// Nodes know their anchors only as long as it lives.
    private let parser: Parser?

    /// The first character of a key that is written twice is replaced by this one in the earlier place,
    /// since the parser stops at the first repeated key and would tell nothing else of the file.
    static let repeatMark: Unicode.Scalar = "\u{F8FF}"

    private static let mostRepeats = 50

    init(_ text: String, findings: inout Findings) {
        var source = text
        if source.unicodeScalars.first == "\u{FEFF}" { source.unicodeScalars.removeFirst() }
        guard YAMLPrecheck.passes(source, findings: &findings) else {
            self.init(root: nil, isEmpty: false, repeated: [:], parser: nil)
            return
        }
        var repeated: [Place: String] = [:]
        while true {
            do {
                let parser = try Parser(yaml: source, resolver: .basic, encoding: .utf8)
                let root = try parser.singleRoot()
                self.init(root: root, isEmpty: root?.isNothing ?? true, repeated: repeated, parser: parser)
                return
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let keys, let context) = error, repeated.count < Self.mostRepeats,
                    let key = keys.first, let marked = Self.marking(context.mark, in: source)
                {
                    repeated[Place(context.mark)] = key
                    source = marked
                    continue
                }
                YAMLFault.report(error, in: source, findings: &findings)
            } catch {
                findings.fault(.start, nil, "cannot read YAML: \(error)")
            }
            self.init(root: nil, isEmpty: false, repeated: repeated, parser: nil)
            return
        }
    }

    // MARK: - Implementation

    private init(root: Node?, isEmpty: Bool, repeated: [Place: String], parser: Parser?) {
        self.root = root
        self.isEmpty = isEmpty
        self.repeated = repeated
        self.parser = parser
    }

    /// The text with the first letter at the mark, behind a quote if there is one, replaced; nil where there is none.
    private static func marking(_ mark: Mark, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        var line = 1
        var index = 0
        while index < scalars.count, line < mark.line {
            if scalars[index] == "\n"
                || scalars[index] == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n")
            {
                line += 1
            }
            index += 1
        }
        index += mark.column - 1
        if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, scalars[index].properties.isAlphabetic || scalars[index] == "_" else { return nil }
        scalars[index] = repeatMark
        var marked = String.UnicodeScalarView()
        marked.append(contentsOf: scalars)
        return String(marked)
    }
}

extension Place {
    init(_ mark: Mark?) {
        self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}

extension Node {
    var place: Place { Place(mark) }

    /// `key:` with nothing behind it, `~` and `null` are no value.
    var isNothing: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain, tagName == nil else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The tag that its author wrote, as he wrote it; nil: none, or the one that it has anyway.
    var tagName: String? {
        let tag: String
        let own: String
        switch self {
        case .scalar(let scalar): (tag, own) = (scalar.tag.rawValue, "str")
        case .sequence(let sequence): (tag, own) = (sequence.tag.rawValue, "seq")
        case .mapping(let mapping): (tag, own) = (mapping.tag.rawValue, "map")
        case .alias(let alias): (tag, own) = (alias.tag.rawValue, "")
        }
        let prefix = "tag:yaml.org,2002:"
        guard !tag.isEmpty, tag != "!", tag != prefix + own else { return nil }
        return tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }
}
