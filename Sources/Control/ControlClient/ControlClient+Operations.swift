package import ControlProtocol

// One function an operation, in the order of the manual.
extension ControlClient {
    package func status(names: [String]) async throws -> Received<StatusAnswer> {
        guard !names.isEmpty else { return try await get(ControlPath.status) }
        return try await get(ControlPath.status, repeating: "name", names)
    }

    package func start(_ command: StartCommand, idempotencyKey: String) async throws -> Received<StartAnswer> {
        try await post(ControlPath.start, command, idempotencyKey: idempotencyKey)
    }

    package func retry(_ command: RetryCommand, idempotencyKey: String) async throws -> Received<StartAnswer> {
        try await post(ControlPath.retry, command, idempotencyKey: idempotencyKey)
    }

    package func run(_ id: String) async throws -> Received<RunAnswer> {
        try await get(ControlPath.show, ["target": id])
    }

    package func show(_ target: String) async throws -> Received<ShownDocument> {
        try await get(ControlPath.show, ["target": target])
    }

    package func runs(of target: String?, limit: Int?, before: String?) async throws -> Received<RunListAnswer> {
        try await get(ControlPath.runs, ["target": target, "limit": limit.map(String.init), "before": before])
    }

    package func plan(_ target: String, samples: Int) async throws -> Received<PlanAnswer> {
        try await get(ControlPath.plan, ["target": target, "sample": String(samples)])
    }

    package func rejected(_ target: String, limit: Int? = nil) async throws -> Received<RejectedAnswer> {
        try await get(ControlPath.rejected, ["target": target, "limit": limit.map(String.init)])
    }

    package func rejectedCauses(_ target: String) async throws -> Received<RejectedCauses> {
        try await get(ControlPath.rejectedCauses, ["target": target])
    }

    /// A refused reload is an answer too: it says which faults there are.
    package func reload() async throws -> Received<ReloadAnswer> {
        try await post(ControlPath.reload, accepting: [ErrorCode.definitionsInvalid.httpStatus])
    }
}

/// What `show` answers: a run or a definition, whichever key is there.
package struct ShownDocument: Decodable, Sendable {
    package var run: RunReport?
    package var definition: DefinitionReport?
}
