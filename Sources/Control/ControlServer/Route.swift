import ControlProtocol

/// One entry of the route table: where, who at least, with which parameters, and what answers.
struct Route: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    typealias Handler = @Sendable (ControlRequest, any DaemonOperations) async throws -> ControlResponse

    let method: Method
    let path: String
    /// Nil: everybody who can connect.
    let least: Role?
    let parameters: Set<String>
    let answer: Handler

    /// A document that is read.
    static func get<Answer: Encodable & Sendable>(
        _ path: String,
        least: Role? = .viewer,
        takes parameters: Set<String> = [],
        _ answer: @escaping @Sendable (ControlRequest, any DaemonOperations) async throws -> Answer
    ) -> Route {
        Route(method: .get, path: path, least: least, parameters: parameters) { request, daemon in
            try .document(await answer(request, daemon))
        }
    }

    /// Something else than a document that is read.
    static func stream(
        _ path: String,
        least: Role = .viewer,
        takes parameters: Set<String> = [],
        _ answer: @escaping Handler
    ) -> Route {
        Route(method: .get, path: path, least: least, parameters: parameters, answer: answer)
    }

    /// A change that takes a command.
    static func post<Command: Codable & SendableMetatype, Answer: Encodable & Sendable>(
        _ path: String,
        least: Role,
        _ command: Command.Type,
        _ answer: @escaping @Sendable (Command, ControlRequest, any DaemonOperations) async throws -> Answer
    ) -> Route {
        Route(method: .post, path: path, least: least, parameters: []) { request, daemon in
            try .document(await answer(ControlCoding.decodeCommand(Command.self, from: request.body), request, daemon))
        }
    }

    /// A change that takes nothing.
    static func post(_ path: String, least: Role, _ answer: @escaping Handler) -> Route {
        Route(method: .post, path: path, least: least, parameters: [], answer: answer)
    }
}

/// What goes back.
enum ControlResponse: Sendable {
    case json(status: Int, [UInt8])
    case text(type: String, String)
    /// `isEndless`: it ends when its reader goes, not by itself.
    case events(EventStream, isEndless: Bool)

    var status: Int {
        switch self {
        case .json(let status, _): status
        case .text, .events: 200
        }
    }

    static func document(_ document: some Encodable, status: Int = 200) throws -> ControlResponse {
        .json(status: status, try ControlCoding.encode(document))
    }

    static func fault(_ fault: ControlFault) -> ControlResponse {
        // An error's document holds three texts: it can be written.
        let bytes =
            (try? ControlCoding.encode(ErrorAnswer(fault)))
            ?? Array(#"{"schema":1,"error":{"code":"failed","message":"","hint":null}}"#.utf8)
        return .json(status: fault.code.httpStatus, bytes)
    }
}
