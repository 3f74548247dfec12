import ArgumentParser
import ControlClient
import ControlProtocol

/// `watch [RUN]`.
struct WatchCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow a run to its end; without one, the newest that is under way."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A run's id.", completion: NameCompletion.runs)
    var run: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let id = if let run { run } else { try await underWay(daemon) }
        return try await RunWatch(output: output, daemon: daemon).follow(id, exitsWithResult: false)
    }

    private func underWay(_ daemon: ControlClient) async throws -> String {
        let sequences = try await daemon.status(names: []).document.sequences
        guard let run = sequences.compactMap(\.run).max() else {
            throw ControlFault(
                .notFound,
                "cannot watch: no run is under way",
                hint: "sequencectl list runs shows those that have ended"
            )
        }
        return run
    }
}
