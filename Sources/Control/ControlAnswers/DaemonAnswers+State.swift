package import ControlProtocol
package import ControlServer
package import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func verifyState(caller: Caller) async throws -> StateAnswer {
        try await answering { StateAnswer(state: StateFindings(try await conductor.verifyState())) }
    }

    package func backUpState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        try await onFile {
            let snapshots = try await conductor.backUpState(to: command.path, actor: caller.actor)
            return ActionAnswer(
                target: command.path,
                state: "written",
                message: "the state was written to \(command.path): the ledger and \(snapshots) snapshots",
                count: snapshots
            )
        }
    }

    package func restoreState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer {
        try await onFile {
            let waiting = try await conductor.restoreState(from: command.path, actor: caller.actor)
            return Self.restored(from: command.path, waiting: waiting)
        }
    }

    package func forgetRow(_ command: ForgetCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            let places = try await conductor.forget(command.sync, key: command.key, actor: caller.actor)
            return ActionAnswer(
                target: command.sync,
                state: "forgotten",
                changed: places > 0,
                message: places > 0
                    ? "the row's values were taken out of \(places == 1 ? "1 record" : "\(places) records"); its fingerprint stays"
                    : "the row's values were forgotten before",
                count: places
            )
        }
    }

    /// What is done with a file that the caller named: that it cannot be read or written is no fault of the daemon.
    private func onFile<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await answering(body)
        } catch let fault as ControlFault where fault.code == .failed {
            throw ControlFault(.outsideFailed, fault.message, hint: fault.hint)
        }
    }

    /// What a restore tells, whoever made it.
    package static func restored(from path: String, waiting: [String]) -> ActionAnswer {
        let wait =
            waiting.isEmpty
            ? "no sync waits"
            : "\(waiting.joined(separator: ", ")) wait for `sequencectl adopt SYNC --as-of-backup` or `sequencectl adopt SYNC`"
        return ActionAnswer(
            target: path,
            state: "restored",
            message: "the state was restored from \(path): \(wait)",
            count: waiting.count
        )
    }
}

extension StateFindings {
    /// The report in the wire's words.
    package init(_ report: StateReport) {
        self.init(
            faults: report.faults,
            notices: report.notices,
            runs: report.runs,
            outcomes: report.outcomes,
            openIntents: report.openIntents,
            snapshots: report.snapshots,
            entries: report.entries,
            owed: report.owed,
            inDoubt: report.inDoubt,
            spools: report.spools
        )
    }
}
