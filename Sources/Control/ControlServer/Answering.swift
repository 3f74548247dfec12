import ControlProtocol
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Answers one request: role, route, body, operation, document.
final class Answering: Sendable {
    private let rules: Mutex<AccessRules>
    private let daemon: any DaemonOperations
    private let version: String
    private let bounds: ConnectionBounds
    private let logger: Logger
    private let onAnswer: @Sendable (_ verb: String, _ status: Int) -> Void
    private let names = AccountNames()

    init(
        rules: AccessRules,
        daemon: any DaemonOperations,
        version: String,
        bounds: ConnectionBounds,
        logger: Logger,
        onAnswer: @escaping @Sendable (_ verb: String, _ status: Int) -> Void
    ) {
        self.onAnswer = onAnswer
        self.rules = Mutex(rules)
        self.daemon = daemon
        self.version = version
        self.bounds = bounds
        self.logger = logger
    }

    func renew(_ rules: AccessRules) {
        self.rules.withLock { $0 = rules }
    }

    /// Answers `request` of `peer` on `writer`.
    ///
    /// - Throws: only what ends the connection: it cannot be written to.
    func answer(
        _ request: Request,
        from peer: Peer,
        verdict: Admission.Verdict,
        on channel: any Channel,
        to writer: consuming ResponseWriter
    ) async throws {
        var closes = false
        let response: ControlResponse
        do {
            try refuseCrowd(verdict)
            response = try await respond(to: request, from: peer, isConnected: { channel.isActive })
        } catch {
            let fault = Self.fault(error, request)
            // What of the body was not read would be taken for the next request.
            closes = error is BodyError || fault.code == .tooManyConnections
            response = .fault(fault)
        }
        onAnswer(RouteTable.verb(of: request.uri.path), response.status)
        try await write(response, to: request, closing: closes, on: channel, to: writer)
    }

    // MARK: - Implementation

    private func refuseCrowd(_ verdict: Admission.Verdict) throws {
        switch verdict {
        case .admitted: return
        case .refused(let ofThisUser):
            let bound = ofThisUser ? "\(bounds.ofOneUser) connections of this user" : "\(bounds.all) connections"
            throw ControlFault(
                .tooManyConnections,
                "cannot answer: there are \(bound) already",
                hint: "try again when one has ended"
            )
        case .dropped: throw ControlFault(.tooManyConnections, "cannot answer: there are too many connections")
        }
    }

    private func respond(to request: Request, from peer: Peer, isConnected: () -> Bool) async throws -> ControlResponse
    {
        let role = rules.withLock { $0.role(of: peer) }
        let caller = Caller(uid: peer.uid, name: await names.name(of: peer.uid), groups: peer.groups, role: role)
        guard role != nil || RouteTable.isOpen(request.uri.path) else { throw denied(caller, request, least: .viewer) }
        let route = try RouteTable.route(method: request.method.rawValue, path: request.uri.path)
        if let least = route.least, role.map({ $0 < least }) ?? true { throw denied(caller, request, least: least) }
        let body = try await collect(request.body)
        guard route.method == .post || body.isEmpty else {
            throw ControlFault(.badRequest, "cannot answer: a GET takes no body")
        }
        let ours = try ControlRequest(
            caller: caller,
            query: request.uri.query,
            known: route.parameters,
            idempotencyKey: try idempotencyKey(of: request),
            body: body,
            version: version
        )
        guard route.method == .post else { return try await route.answer(ours, daemon) }
        // Whoever waited in the kernel while the daemon restarted may have given up since; then nothing is to change.
        guard isConnected() else { throw ControlFault(.requestTimeout, "cannot answer: the caller has gone") }
        return try await journaled(route, caller) { try await route.answer(ours, daemon) }
    }

    /// Every change is journaled with who asked for it, whatever came of it.
    private func journaled(
        _ route: Route,
        _ caller: Caller,
        _ change: () async throws -> ControlResponse
    ) async throws -> ControlResponse {
        var facts: Logger.Metadata = [
            "sequenced.event": "change-asked",
            "sequenced.verb": "\(route.path.dropFirst(4))",
            "sequenced.peer_uid": "\(caller.uid)",
            "sequenced.peer_name": "\(caller.name)",
        ]
        do {
            let response = try await change()
            facts["sequenced.outcome"] = "done"
            let words = "done"
            logger.notice("\(caller.name) asked to \(route.path.dropFirst(4)): \(words)", metadata: facts)
            return response
        } catch {
            facts["sequenced.outcome"] = "refused"
            facts["sequenced.reason"] = "\(error)"
            let words = "refused, \(error)"
            logger.notice("\(caller.name) asked to \(route.path.dropFirst(4)): \(words)", metadata: facts)
            throw error
        }
    }

    private func denied(_ caller: Caller, _ request: Request, least: Role) -> ControlFault {
        logger.warning(
            "Caller refused",
            metadata: [
                "sequenced.event": "access-denied",
                "sequenced.verb": "\(request.method.rawValue) \(request.uri.path)",
                "sequenced.peer_uid": "\(caller.uid)",
                "sequenced.peer_name": "\(caller.name)",
            ]
        )
        let has = caller.role.map { "has the role \($0.rawValue)" } ?? "has no role"
        return ControlFault(
            .notPermitted,
            "cannot answer: this needs the role \(least.rawValue), and \(caller.name) \(has)",
            hint: "roles are given to groups under `roles` in sequenced.yaml; log in again after joining one"
        )
    }

    private func idempotencyKey(of request: Request) throws -> String? {
        let wanted = ControlPath.idempotencyKeyHeader.lowercased()
        guard let field = request.headers.first(where: { $0.name.canonicalName == wanted }) else { return nil }
        guard (1...255).contains(field.value.utf8.count) else {
            throw ControlFault(
                .badRequest,
                "cannot take the header \(ControlPath.idempotencyKeyHeader): it has 1 to 255 bytes"
            )
        }
        return field.value
    }

    /// The body, within its bounds of size and time.
    private func collect(_ body: RequestBody) async throws -> [UInt8] {
        let (limit, patience) = (bounds.body, bounds.patience)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await Self.bytes(of: body, limit: limit) }
            group.addTask {
                try await Task.sleep(for: patience)
                throw BodyError(
                    ControlFault(.requestTimeout, "cannot take the request: its body did not come within \(patience)")
                )
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private static func bytes(of body: RequestBody, limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else {
                    throw BodyError(
                        ControlFault(.tooLarge, "cannot take the request: its body has more than \(limit) bytes")
                    )
                }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let error as BodyError {
            throw error
        } catch {
            throw BodyError(ControlFault(.badRequest, "cannot take the request: its body is not what HTTP allows"))
        }
        return bytes
    }

    private static func fault(_ error: any Error, _ request: Request) -> ControlFault {
        if let fault = error as? ControlFault { return fault }
        if let failure = error as? BodyError { return failure.fault }
        return ControlFault(
            .failed,
            "cannot answer \(request.method.rawValue) \(request.uri.path): \(error)",
            hint: "the journal says more: journalctl -u sequenced"
        )
    }

    private func write(
        _ response: ControlResponse,
        to request: Request,
        closing: Bool,
        on channel: any Channel,
        to writer: consuming ResponseWriter
    ) async throws {
        var headers = HTTPFields()
        headers[.server] = "sequenced/\(version)"
        if closing { headers[.connection] = "close" }
        switch response {
        case .json(let status, let bytes):
            headers[.contentType] = ControlPath.jsonType
            if status == ErrorCode.methodNotAllowed.httpStatus {
                headers[.allow] = RouteTable.methods(of: request.uri.path).joined(separator: ", ")
            }
            try await whole(bytes, status: status, headers, to: writer)
        case .text(let type, let text):
            headers[.contentType] = type
            try await whole(Array(text.utf8), status: 200, headers, to: writer)
        case .events(let events, let isEndless):
            headers[.contentType] = ControlPath.eventStreamType
            var body: any ResponseBodyWriter = try await writer.writeHead(
                HTTPResponse(status: .ok, headerFields: headers)
            )
            if isEndless {
                body = try await Self.stream(events, to: body, whileOpen: channel)
            } else {
                try await Self.stream(events, to: &body)
            }
            try await body.finish(nil)
        }
    }

    private func whole(
        _ bytes: [UInt8],
        status: Int,
        _ headers: HTTPFields,
        to writer: consuming ResponseWriter
    ) async throws {
        var headers = headers
        headers[.contentLength] = String(bytes.count)
        let head = HTTPResponse(status: .init(code: status), headerFields: headers)
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Streams until the reader has gone, too: that is noticed at once, not with the next event.
    private static func stream(
        _ events: EventStream,
        to body: any ResponseBodyWriter,
        whileOpen channel: any Channel
    ) async throws -> any ResponseBodyWriter {
        let (open, continuation) = AsyncStream<Never>.makeStream()
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        nonisolated(unsafe) var body = body
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in open {}
                throw CancellationError()
            }
            // Only this task touches the writer until the group has ended.
            group.addTask { try await stream(events, to: &body) }
            defer { group.cancelAll() }
            try await group.next()
        }
        return body
    }

    /// One event a line, until there are no more, the reader has gone, or the daemon stops.
    private static func stream(_ events: EventStream, to body: inout any ResponseBodyWriter) async throws {
        do {
            for try await event in events.cancelOnGracefulShutdown() {
                try await body.write(ByteBuffer(bytes: try ControlCoding.encode(event) + [UInt8(ascii: "\n")]))
            }
        } catch let fault as ControlFault {
            // The status has gone out; the last line says why there are no more.
            try await body.write(ByteBuffer(bytes: try ControlCoding.encode(ErrorAnswer(fault)) + [UInt8(ascii: "\n")]))
        }
    }
}

/// A body that was not read to its end: what is left of it would be taken for the next request, so the connection closes.
private struct BodyError: Error {
    var fault: ControlFault

    init(_ fault: ControlFault) {
        self.fault = fault
    }
}
