internal import Yams

/// Turns what the YAML parser complains of into a fault with a place and a remedy.
///
/// The text itself is never repeated: it may hold a secret.
enum YAMLFault {
    static func report(_ error: YamlError, in text: String, findings: inout Findings) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            findings.fault(place(mark, context), nil, explanation(of: problem, at: mark, in: text))
        case .composer(_, let problem, let mark, _):
            findings.fault(Place(mark), nil, explanation(of: problem, at: mark, in: text))
        case .duplicatedKeysInMapping(let keys, let context):
            findings.fault(Place(context.mark), keys.first, "key \(Findings.quoted(keys.first ?? "")) is written twice")
        case .reader(let problem, _, _, _):
            findings.fault(.start, nil, "cannot read YAML: \(problem)")
        case .memory, .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            findings.fault(.start, nil, "cannot read YAML")
        }
    }

    // MARK: - Implementation

    /// An end of file is where the parser noticed; where the unfinished thing began helps more.
    private static func place(_ mark: Mark, _ context: YamlError.Context?) -> Place {
        guard let context, context.text.contains("quoted scalar") else { return Place(mark) }
        return Place(context.mark)
    }

    private static func explanation(of problem: String, at mark: Mark, in text: String) -> String {
        let character = self.character(at: mark, in: text)
        if character == "\t" { return "a tab cannot indent: use blanks" }
        switch problem {
        case _
        where character == "*" && problem.hasPrefix("did not find expected alphabetic")
            || problem == "found undefined alias":
            return "text that begins with `*` must stand in quotes"
        case "did not find expected alphabetic or numeric character":
            return "text that begins with `*` or `&` must stand in quotes"
        case "found character that cannot start any token":
            return "text that begins with \(Findings.quoted(String(character ?? " "))) must stand in quotes"
        case "mapping values are not allowed in this context":
            return "a colon is not expected here: mind the indentation; text with `: ` in it must stand in quotes"
        case "but found another document":
            return "a second document begins here: one file holds one object"
        case "could not find expected ':'", "did not find expected key":
            return "expected a key and a colon: mind the indentation"
        case "did not find expected '-' indicator":
            return "expected another entry of the list, which begins with `- `: mind the indentation"
        case "did not find expected ',' or ']'":
            return "expected `,` or `]` in the list"
        case "did not find expected ',' or '}'":
            return "expected `,` or `}` between the braces"
        case "found unexpected end of stream":
            return "the text in quotes never ends"
        case "found unknown escape character":
            return "unknown escape after `\\`: within single quotes a backslash is an ordinary character"
        case "found undefined tag handle":
            return "unknown tag: only !credential, !env and !file are taken"
        default:
            return "cannot read YAML: \(problem)"
        }
    }

    private static func character(at mark: Mark, in text: String) -> Character? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first.map(Character.init)
    }
}
