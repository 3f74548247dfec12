import ControlClient
import ControlProtocol
import TerminalOutput

/// Follows a run to its end on stderr: live on a terminal, else a line for each change.
struct RunWatch {
    let output: Output
    let daemon: ControlClient

    /// Waits, then prints the run.
    ///
    /// - Parameters:
    ///   - id: the run's.
    ///   - exitsWithResult: whether the exit code says what became of the run.
    /// - Returns: the exit code.
    /// - Throws: `ControlFault`.
    func follow(_ id: String, exitsWithResult: Bool) async throws -> Int32 {
        do {
            let received = try await Interrupt.racing { try await watched(id) }
            guard let received else {
                output.notice("Detached; run \(id) goes on. sequencectl watch \(id) looks at it again.")
                if output.format == .json || output.format == .yaml {
                    throw ControlFault(.detached, "cannot wait longer for run \(id): interrupted; the run goes on")
                }
                return ErrorCode.detached.exitCode(acting: true)
            }
            output.show(received, RunText(output: output).lines)
            let run = received.document.run
            guard run.hasEnded else { return try awaitsApproval(run) }
            return exitsWithResult ? run.exitCode : 0
        } catch let fault as ControlFault where fault.code == .notReached {
            throw ControlFault(
                .daemonGone,
                "cannot wait longer for run \(id): the daemon went away and did not come back in time",
                hint: fault.hint
            )
        }
    }

    // MARK: - Implementation

    private func watched(_ id: String) async throws -> Received<RunAnswer> {
        var progress = RunProgress(terminal: output.notices)
        return try await daemon.wait(forRun: id) { sighting in
            switch sighting {
            case .seen(let run):
                let text = progress.seen(run, at: .now, times: output.times)
                if !output.isQuiet { Output.writeError(text) }
                // Nobody who waits in a script can approve.
                return output.notices.isInteractive || run.stepsAwaitingApproval.isEmpty
            case .daemonAway:
                let text = progress.daemonAway()
                if !output.isQuiet { Output.writeError(text) }
                return true
            }
        }
    }

    private func awaitsApproval(_ run: RunReport) throws -> Int32 {
        let guards = run.stepsAwaitingApproval.map { "\($0.sync): \($0.reason ?? "a guard asks for approval")" }.joined(
            separator: "; "
        )
        output.notice("run \(run.id) awaits approval: \(guards)")
        output.notice("  sequencectl plan \(run.id) shows what it would do, sequencectl approve \(run.id) lets it")
        return ErrorCode.refused.exitCode(acting: true)
    }
}
