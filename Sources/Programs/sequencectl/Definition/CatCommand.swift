import ArgumentParser
import ControlProtocol
import DefinitionLoading
import Definitions
import TerminalOutput

/// `cat NAME`.
struct CatCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "The files of a definition in --config, each under its path.",
        discussion:
            "A name is looked for among sequences, then syncs, then windows; `model/NAME`, `source/NAME` … say which."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A definition's name.")
    var name: String

    func perform(_ output: Output) async throws -> Int32 {
        let files = try DefinitionLoader(folder: globals.config).files()
        guard
            let path = DefinitionPath.candidates(for: name).first(where: { path in files.contains { $0.path == path } })
        else {
            throw ControlFault(
                .notFound,
                "cannot show `\(name)`: \(globals.config) has no definition of that name",
                hint: "sequencectl list shows those in force"
            )
        }
        // A model's query may lie beside it.
        let stem = path.split(separator: ".").dropLast().joined(separator: ".")
        let shown = files.filter { $0.path == path || (path.hasPrefix("models/") && $0.path == stem + ".sql") }
        try output.show(Document(files: shown.map { .init(file: "\(globals.config)/\($0.path)", text: $0.shownText) }))
        { document in
            document.files.flatMap { [Emphasis.faint.applied(to: "# \($0.file)", on: output.terminal), $0.text] }
        }
        return 0
    }

    private struct Document: Encodable {
        struct File: Encodable {
            var file: String
            var text: String
        }

        var schema = ControlCoding.schema
        var files: [File]
    }
}

/// Where a definition of some name may lie.
enum DefinitionPath {
    private static let folders = [
        "sequence": "sequences", "sync": "syncs", "window": "quiet-windows", "model": "models", "source": "sources",
        "destination": "destinations",
    ]

    /// The paths in the order in which names are looked for.
    static func candidates(for name: String) -> [String] {
        if name == "sequenced" { return ends(of: name) }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, let folder = folders[parts[0]] ?? (folders.values.contains(parts[0]) ? parts[0] : nil) {
            return ends(of: "\(folder)/\(parts[1])")
        }
        return ["sequence", "sync", "window", "model", "source", "destination"].compactMap { folders[$0] }.flatMap {
            ends(of: "\($0)/\(name)")
        }
    }

    private static func ends(of stem: String) -> [String] {
        ["\(stem).yaml", "\(stem).yml"]
    }
}

extension DefinitionFile {
    /// The text without what a terminal would obey.
    var shownText: String {
        switch contents {
        case .text(let text):
            text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).harmless }.joined(
                separator: "\n"
            )
        case .notText(let line, let column): "# not UTF-8 from line \(line), column \(column) on"
        case .unreadable(let reason): "# cannot be read: \(reason)"
        }
    }
}
