import Glibc

/// What is at the other end of a stream: how wide it is, whether it takes colour, whether a person looks at it.
package struct Terminal: Sendable, Equatable {
    /// Whether colour is wanted: `--color`.
    package enum Colour: String, Sendable, CaseIterable {
        case auto
        case always
        case never
    }

    /// A person looks at it.
    package var isInteractive: Bool
    /// Columns; nil: text is not cut.
    package var width: Int?
    package var rows: Int?
    package var takesColour: Bool
    /// Characters beyond ASCII are shown.
    package var isUnicode: Bool

    package init(
        isInteractive: Bool,
        width: Int? = nil,
        rows: Int? = nil,
        takesColour: Bool = false,
        isUnicode: Bool = true
    ) {
        self.isInteractive = isInteractive
        self.width = width
        self.rows = rows
        self.takesColour = takesColour
        self.isUnicode = isUnicode
    }

    /// Asks about a descriptor, and `NO_COLOR`, `TERM`, `COLUMNS` and the locale.
    package init(descriptor: Int32, environment: [String: String], colour: Colour = .auto) {
        isInteractive = isatty(descriptor) == 1
        let isDumb = (environment["TERM"] ?? "dumb") == "dumb"
        switch colour {
        case .always: takesColour = true
        case .never: takesColour = false
        case .auto: takesColour = isInteractive && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        // Into a file or a pipe goes UTF-8, whatever the locale.
        isUnicode = !isInteractive || ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        guard isInteractive else { return }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            width = Int(size.ws_col)
            rows = Int(size.ws_row)
        }
        if let columns = environment["COLUMNS"].flatMap(Int.init), columns > 0 { width = columns }
        if width == nil { width = 80 }
    }
}

/// How a text stands out; what it is not worth on a terminal without colour, it is left as it is.
package enum Emphasis: Sendable, Equatable {
    case plain
    case strong
    case faint
    case good
    case warning
    case bad
    case active

    /// The text in this emphasis.
    package func applied(to text: String, on terminal: Terminal) -> String {
        guard terminal.takesColour, let code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .good: "32"
        case .warning: "33"
        case .bad: "1;31"
        case .active: "36"
        }
    }
}
