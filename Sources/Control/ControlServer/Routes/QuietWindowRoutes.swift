import ControlProtocol

extension RouteTable {
    static let windows: [Route] = [
        .get(ControlPath.windows) { try await $1.windows(caller: $0.caller) },
        .get(ControlPath.windowTest, takes: ["at"]) { try await $1.testWindows(at: $0.text("at"), caller: $0.caller) },
        .post(ControlPath.windowAdd, least: .operator, QuietWindowAddCommand.self) {
            try await $2.addWindow($0, caller: $1.caller)
        },
        .post(ControlPath.windowEnd, least: .operator, QuietWindowEndCommand.self) {
            try await $2.endWindow($0, caller: $1.caller)
        },
    ]
}
