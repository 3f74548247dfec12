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

    @Argument(help: "A run's id, or a sequence: its run that is under way.", completion: NameCompletion.everything)
    var run: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let id = if let run { try await identifier(of: run, daemon) } else { try await underWay(daemon) }
        return try await RunWatch(output: output, daemon: daemon).follow(id, exitsWithResult: false)
    }

    // MARK: - Implementation

    /// The run that is meant: by its id, or the one of a sequence or a sync that has not ended.
    private func identifier(of name: String, _ daemon: ControlClient) async throws -> String {
        let shown: ShownDocument
        do {
            shown = try await daemon.show(name).document
        } catch let fault as ControlFault where fault.code == .notFound {
            throw ControlFault(.notFound, "there is no run \(name)", hint: "sequencectl list runs names them")
        } catch let fault as ControlFault where fault.code == .notReached {
            // Whoever waits says what that means for the run.
            return name
        }
        if shown.run != nil { return name }
        let sequences = try await daemon.status(names: [name]).document.sequences
        if let run = sequences.compactMap(\.run).first { return run }
        throw ControlFault(
            .notFound,
            "cannot watch \(name): no run of it is under way",
            hint: "sequencectl list runs \(name) shows those that have ended"
        )
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
