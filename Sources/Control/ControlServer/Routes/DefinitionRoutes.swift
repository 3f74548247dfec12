import ControlProtocol

extension RouteTable {
    static let definitions: [Route] = [
        .get(ControlPath.check) { try await $1.check(caller: $0.caller) },
        .get(ControlPath.definitions) { try await $1.definitionFiles(caller: $0.caller) },
        .post(ControlPath.reload, least: .admin) { request, daemon in
            let answer = try await daemon.reload(caller: request.caller)
            return try .document(answer, status: answer.accepted ? 200 : ErrorCode.definitionsInvalid.httpStatus)
        },
    ]
}
