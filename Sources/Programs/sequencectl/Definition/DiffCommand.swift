import ArgumentParser
import ControlClient
import ControlProtocol
import DefinitionLoading
import Definitions
import TerminalOutput

/// `diff`: the definitions in force against those on disk.
struct DiffCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What a reload would change: definitions in force against those in --config.",
        discussion: "Exit code 0 when they are the same, 1 when they differ."
    )

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let running: DefinitionFilesAnswer = try await daemon.get(ControlPath.definitions).document
        let changes = changes(from: running, to: try DefinitionLoader(folder: globals.config).files())
        try output.show(Document(changes: changes)) { document in
            document.changes.isEmpty ? ["Nothing differs."] : document.changes.flatMap { lines($0, output) }
        }
        return changes.isEmpty ? 0 : 1
    }

    // MARK: - Implementation

    private struct Change: Encodable {
        var file: String
        /// `added`, `removed` or `changed`.
        var change: String
        var lines: [LineDifference.Line]
    }

    private struct Document: Encodable {
        var schema = ControlCoding.schema
        var changes: [Change]
    }

    private func changes(from running: DefinitionFilesAnswer, to disk: [DefinitionFile]) -> [Change] {
        let old = Dictionary(running.files.map { ($0.file, $0.text) }) { first, _ in first }
        let new = Dictionary(disk.compactMap { file in text(file).map { (file.path, $0) } }) { first, _ in first }
        return Set(old.keys).union(new.keys).sorted().compactMap { path in
            guard old[path] != new[path] else { return nil }
            let change = old[path] == nil ? "added" : new[path] == nil ? "removed" : "changed"
            return Change(
                file: path,
                change: change,
                lines: LineDifference.lines(from: old[path] ?? "", to: new[path] ?? "")
            )
        }
    }

    /// The texts that a daemon reads: definitions and queries.
    private func text(_ file: DefinitionFile) -> String? {
        guard [".yaml", ".yml", ".sql"].contains(where: file.path.hasSuffix), case .text(let text) = file.contents
        else { return nil }
        return text
    }

    private func lines(_ change: Change, _ output: Output) -> [String] {
        [Emphasis.strong.applied(to: "\(change.change) \(change.file)".harmless, on: output.terminal)]
            + change.lines.map { line in
                let emphasis: Emphasis = line.mark == "+" ? .good : line.mark == "-" ? .bad : .plain
                return emphasis.applied(to: line.mark + line.text.harmless, on: output.terminal)
            }
    }
}
