import ControlProtocol

extension RouteTable {
    static let runs: [Route] = [
        .stream(ControlPath.show, takes: ["target"]) { request, daemon in
            switch try await daemon.show(request.required("target"), caller: request.caller) {
            case .run(let answer): try .document(answer)
            case .definition(let answer): try .document(answer)
            }
        },
        .get(ControlPath.plan, takes: ["target", "sample"]) {
            try await $1.plan(
                $0.required("target"),
                samples: $0.number("sample", in: 0...1_000) ?? 5,
                caller: $0.caller
            )
        },
        .get(ControlPath.rejected, takes: ["target", "limit"]) {
            try await $1.rejected($0.required("target"), limit: $0.number("limit", in: 1...Int.max), caller: $0.caller)
        },
        .get(ControlPath.rejectedCauses, takes: ["target"]) {
            try await $1.rejectedCauses($0.required("target"), caller: $0.caller)
        },
        .get(ControlPath.explain, takes: ["sync", "key"]) {
            try await $1.explain(sync: $0.required("sync"), key: $0.required("key"), caller: $0.caller)
        },
        .get(ControlPath.requests, takes: ["run", "body", "limit"]) {
            try await $1.requests(
                run: $0.required("run"),
                body: $0.number("body", in: 1...Int.max),
                limit: $0.number("limit", in: 1...Int.max),
                caller: $0.caller
            )
        },
        .post(ControlPath.start, least: .operator, StartCommand.self) {
            try await $2.start($0, idempotencyKey: $1.idempotencyKey, caller: $1.caller)
        },
        .post(ControlPath.stop, least: .operator, StopCommand.self) { try await $2.stop($0, caller: $1.caller) },
        .post(ControlPath.pause, least: .operator, PauseCommand.self) { try await $2.pause($0, caller: $1.caller) },
        .post(ControlPath.resume, least: .operator, ResumeCommand.self) { try await $2.resume($0, caller: $1.caller) },
        .post(ControlPath.retry, least: .operator, RetryCommand.self) {
            try await $2.retry($0, idempotencyKey: $1.idempotencyKey, caller: $1.caller)
        },
        .post(ControlPath.approve, least: .operator, ApproveCommand.self) {
            try await $2.approve($0, caller: $1.caller)
        },
        .post(ControlPath.adopt, least: .operator, AdoptCommand.self) { try await $2.adopt($0, caller: $1.caller) },
        .post(ControlPath.resolve, least: .operator, ResolveCommand.self) {
            try await $2.resolve($0, caller: $1.caller)
        },
    ]
}
