import ArgumentParser
import ControlProtocol

/// The verbs there are, for who writes one that is not.
enum VerbNames {
    /// Refuses a verb that there is not, or that there is not within another, before the parser complains of something else.
    static func check(_ arguments: [String]) throws {
        guard let verb = arguments.first, !verb.hasPrefix("-") else { return }
        guard all.contains(verb) else { throw unknown(verb, among: all, help: "sequencectl --help lists them") }
        guard let inner = Sequencectl.configuration.subcommands.first(where: { $0.configuration.commandName == verb }),
            !inner.configuration.subcommands.isEmpty
        else { return }
        let names = names(of: inner)
        let list = "\(verb) \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
        guard let word = arguments.dropFirst().first, !word.hasPrefix("-") else {
            if inner.configuration.defaultSubcommand != nil || isHelp(arguments) { return }
            throw ControlFault(.usage, "\(verb) needs to know what: \(list)")
        }
        guard names.contains(word) else { throw unknown(word, among: names, within: verb, help: "it is \(list)") }
    }

    // MARK: - Implementation

    private static let all = ["help"] + names(of: Sequencectl.self)

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    private static func isHelp(_ arguments: [String]) -> Bool {
        arguments.contains { ["-h", "--help", "--version"].contains($0) }
    }

    private static func unknown(
        _ word: String,
        among names: [String],
        within verb: String? = nil,
        help: String
    ) -> ControlFault {
        let near = names.filter { $0.hasPrefix(word) || distance($0, word) <= 2 }.min {
            distance($0, word) < distance($1, word)
        }
        let lead = verb.map { "\($0) " } ?? ""
        return ControlFault(
            .usage,
            "there is no verb \(lead)\(word)",
            hint: near.map { "did you mean `\(lead)\($0)`?" } ?? help
        )
    }

    /// How many letters have to be added, taken away or changed.
    private static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first), Array(second))
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
            }
        }
        return row[second.count]
    }
}
