extension String {
    /// Columns that the text takes on a terminal: none for combining marks, two for the wide characters of East Asia and for emoji.
    package var displayWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// The text within `width` columns: what does not fit is cut, and `…` says so.
    package func cut(to width: Int, isUnicode: Bool = true) -> String {
        guard displayWidth > width else { return self }
        let mark = isUnicode ? "…" : "~"
        guard width > 1 else { return width == 1 ? mark : "" }
        var result = ""
        var used = 0
        for character in self {
            used += character.displayWidth
            guard used <= width - 1 else { break }
            result.append(character)
        }
        return result + mark
    }

    /// The text, filled with blanks up to `width` columns.
    package func padded(to width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - displayWidth))
        return right ? blanks + self : self + blanks
    }

    /// The text on one line, and without anything that a terminal would obey.
    package var harmless: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
    }
}

extension Character {
    /// Columns of one character, whatever it is made of.
    fileprivate var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if first.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
        return Self.wide.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The blocks that Unicode's East Asian Width (UAX 11) calls wide or full-width.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]
}
