import ControlProtocol

extension RouteTable {
    static let destinations: [Route] = [
        .get(ControlPath.limits, takes: ["destination"]) {
            try await $1.limits(destination: $0.text("destination"), caller: $0.caller)
        },
        .get(ControlPath.inspect, takes: ["destination", "object"]) {
            try await $1.inspect(destination: $0.text("destination"), object: $0.text("object"), caller: $0.caller)
        },
        .get(ControlPath.doctor, takes: ["destination"]) {
            try await $1.doctor(destination: $0.text("destination"), caller: $0.caller)
        },
        .post(ControlPath.login, least: .admin, LoginCommand.self) { try await $2.login($0, caller: $1.caller) },
        .post(ControlPath.loginFinish, least: .admin, LoginFinishCommand.self) {
            try await $2.finishLogin($0, caller: $1.caller)
        },
        .post(ControlPath.logout, least: .admin, LoginCommand.self) { try await $2.logout($0, caller: $1.caller) },
    ]
}
