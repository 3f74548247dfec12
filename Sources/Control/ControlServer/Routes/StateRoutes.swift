import ControlProtocol

extension RouteTable {
    static let state: [Route] = [
        .post(ControlPath.stateBackup, least: .admin, StateFileCommand.self) {
            try await $2.backUpState($0, caller: $1.caller)
        },
        .post(ControlPath.stateRestore, least: .admin, StateFileCommand.self) {
            try await $2.restoreState($0, caller: $1.caller)
        },
        .post(ControlPath.stateVerify, least: .admin) { try .document(await $1.verifyState(caller: $0.caller)) },
        .post(ControlPath.stateForget, least: .admin, ForgetCommand.self) {
            try await $2.forgetRow($0, caller: $1.caller)
        },
    ]
}
