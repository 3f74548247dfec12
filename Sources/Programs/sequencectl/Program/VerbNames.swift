import ArgumentParser
import ControlProtocol

/// The verbs there are, for who writes one that is not.
enum VerbNames {
    /// Refuses a verb that there is not, before the parser complains of something else.
    static func check(_ arguments: [String]) throws {
        guard let verb = arguments.first, !verb.hasPrefix("-"), !all.contains(verb) else { return }
        let near = all.filter { $0.hasPrefix(verb) || distance($0, verb) <= 2 }.min {
            distance($0, verb) < distance($1, verb)
        }
        throw ControlFault(
            .usage,
            "there is no verb \(verb)",
            hint: near.map { "did you mean `\($0)`?" } ?? "sequencectl --help lists them"
        )
    }

    // MARK: - Implementation

    private static let all =
        ["help"] + Sequencectl.configuration.subcommands.compactMap { $0.configuration.commandName }

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
