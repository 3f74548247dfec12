/// Brings global options that stand before the verb behind it, where the parser looks for them; the order among them stays, so that the later one holds.
enum GlobalArguments {
    /// The arguments with the verb first, and behind it the verb within it.
    static func ordered(_ arguments: [String]) -> [String] {
        let (before, rest) = leading(arguments[...])
        // Without a verb it is `status`; what is neither a verb nor global is left to the parser to refuse, or `--help`.
        guard let verb = rest.first else { return ["status"] + before }
        guard !verb.hasPrefix("-") else {
            // What is no option of all verbs is told of as such, and not the first that stands before it.
            return rootOptions.contains(verb) || verb.hasPrefix("---") ? Array(rest) : ["status"] + before + rest
        }
        // Help takes no options.
        guard verb != "help" else { return [verb] + rest.dropFirst().filter { !$0.hasPrefix("-") } }
        guard ["window", "state"].contains(verb) else { return [verb] + before + rest.dropFirst() }
        // A verb within a verb (`window add`, `state backup`) has its own place for options.
        let (between, inner) = leading(rest.dropFirst())
        guard let word = inner.first, !word.hasPrefix("-") else { return [verb] + before + between + inner }
        return [verb, word] + before + between + inner.dropFirst()
    }

    /// What `--output` says, wherever it stands; for errors that come before the parser has read it.
    static func format(of arguments: [String]) -> OutputFormat {
        var format = OutputFormat.table
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            var value: String?
            if argument == "--output" || argument == "-o", index + 1 < arguments.count { value = arguments[index + 1] }
            for lead in ["--output=", "-o="] where argument.hasPrefix(lead) {
                value = String(argument.dropFirst(lead.count))
            }
            if let known = value.flatMap(OutputFormat.init(rawValue:)) { format = known }
        }
        return format
    }

    // MARK: - Implementation

    /// The global options that stand at the beginning, and what follows them.
    private static func leading(_ arguments: ArraySlice<String>) -> (options: [String], rest: ArraySlice<String>) {
        var rest = arguments
        while let argument = rest.first, isGlobal(argument) { rest = rest.dropFirst(takesNext(argument) ? 2 : 1) }
        return (Array(arguments[..<rest.startIndex]), rest)
    }

    /// What the root itself takes; what begins with three dashes is a shell's own way to ask for completions.
    private static let rootOptions: Set<String> = [
        "-h", "--help", "--version", "--help-hidden", "--experimental-dump-help", "--generate-completion-script",
    ]
    private static let options: Set<String> = ["--output", "-o", "--socket", "--config", "--color", "--timeout"]
    private static let flags: Set<String> = ["--no-legend", "--no-pager", "--utc", "--quiet", "-q"]

    private static func isGlobal(_ argument: String) -> Bool {
        let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
        return flags.contains(argument) || options.contains(name)
    }

    private static func takesNext(_ argument: String) -> Bool {
        options.contains(argument)
    }
}
