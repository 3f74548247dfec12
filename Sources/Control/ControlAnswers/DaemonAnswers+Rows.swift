package import ControlProtocol
package import ControlServer
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func adopt(_ command: AdoptCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            if command.asOfBackup == true {
                if command.check == true {
                    throw ControlFault(.badRequest, "cannot adopt: --check and --as-of-backup exclude each other")
                }
                let waited = try await conductor.goOnFromBackup(command.sync, actor: caller.actor)
                return ActionAnswer(
                    target: command.sync,
                    state: "adopted",
                    changed: waited,
                    message: waited
                        ? "\(command.sync) goes on from the backup: what was sent since may be sent again"
                        : "\(command.sync) waits for no such word: nothing was restored"
                )
            }
            let adopted = try await conductor.adopt(
                command.sync,
                isChecked: command.check ?? false,
                actor: caller.actor
            )
            return ActionAnswer(
                target: command.sync,
                state: "adopted",
                message: "\(command.sync): \(adopted.words) (run \(adopted.run.id))",
                count: adopted.rows
            )
        }
    }

    package func resolve(_ command: ResolveCommand, caller: Caller) async throws -> ActionAnswer {
        try await answering {
            guard ["delivered", "not-delivered"].contains(command.outcome) else {
                throw ControlFault(
                    .badRequest,
                    "cannot resolve rows as `\(command.outcome)`",
                    hint: "it is `delivered` or `not-delivered`"
                )
            }
            guard !command.keys.isEmpty, !command.reason.allSatisfy(\.isWhitespace) else {
                throw ControlFault(.badRequest, "cannot resolve rows without a key and a reason")
            }
            let isDelivered = command.outcome == "delivered"
            let count = try await conductor.resolve(
                run: RunID(rawValue: command.run),
                keys: command.keys,
                sync: command.sync,
                isDelivered: isDelivered,
                reason: command.reason,
                actor: caller.actor
            )
            let rows = count == 1 ? "1 row counts" : "\(count) rows count"
            return ActionAnswer(
                target: command.run,
                state: "resolved",
                message: isDelivered
                    ? "\(rows) as delivered: nothing more is sent until a value changes"
                    : "\(rows) as not delivered: the next run sends what is in the model then",
                count: count
            )
        }
    }
}
