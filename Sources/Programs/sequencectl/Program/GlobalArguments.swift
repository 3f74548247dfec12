/// Brings global options that stand before the verb behind it, where the parser looks for them; the order among them stays, so that the later one holds.
enum GlobalArguments {
    /// The arguments with the verb first.
    static func ordered(_ arguments: [String]) -> [String] {
        var before: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard isGlobal(argument) else { break }
            before.append(argument)
            index += 1
            if takesNext(argument), index < arguments.count {
                before.append(arguments[index])
                index += 1
            }
        }
        let rest = arguments[index...]
        // Without a verb it is `status`; what is neither a verb nor global is left to the parser to refuse, or `--help`.
        guard let verb = rest.first else { return ["status"] + before }
        guard !verb.hasPrefix("-") else { return before + rest }
        // A verb within a verb (`window add`, `state backup`) has its own place for options.
        let length =
            ["window", "state"].contains(verb) && rest.count > 1 && rest.dropFirst().first?.hasPrefix("-") == false
            ? 2 : 1
        return Array(rest.prefix(length)) + before + rest.dropFirst(length)
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
