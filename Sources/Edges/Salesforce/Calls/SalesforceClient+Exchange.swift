import AsyncHTTPClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// The head of an answer whose body was streamed.
struct AnswerHead: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var bytes: Int
}

extension SalesforceClient {
    /// One attempt, its answer read whole.
    nonisolated(nonsending) func exchange<Result>(
        _ request: SalesforceRequest,
        session: Session?,
        attempt: Int,
        decode: (SalesforceAnswer) throws -> Result
    ) async throws -> Result {
        var log = ExchangeLog(request, session: session, attempt: attempt, client: self)
        return try await reported(&log) { log in
            let answer = try await self.wholeAnswer(request, session: session, log: &log)
            guard (200..<300).contains(answer.status) || request.alsoAnswers.contains(answer.status) else {
                throw Self.refusal(answer, of: request)
            }
            return try decode(answer)
        }
    }

    /// One attempt, its answer lent in pieces.
    nonisolated(nonsending) func exchange<Result>(
        _ request: SalesforceRequest,
        session: Session?,
        attempt: Int,
        begin: () throws -> Void,
        chunk: (UnsafeRawBufferPointer) throws -> Void,
        end: (AnswerHead) throws -> Result
    ) async throws -> Result {
        var log = ExchangeLog(request, session: session, attempt: attempt, client: self)
        return try await reported(&log) { log in
            let timeout = self.timeout(for: request)
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            let response = try await self.http.execute(self.httpRequest(request, session: session), deadline: deadline)
            log.took(head: response, client: self)
            guard (200..<300).contains(response.status.code) else {
                let body = try await Self.collected(response, request: request, limit: 1 << 20)
                log.took(body)
                throw Self.refusal(
                    SalesforceAnswer(
                        status: Int(response.status.code),
                        headers: response.headers,
                        body: body,
                        action: request.action
                    ),
                    of: request
                )
            }
            try begin()
            for try await buffer in response.body {
                guard NIODeadline.now() < deadline else { throw HTTPClientError.deadlineExceeded }
                try buffer.withUnsafeReadableBytes { bytes in
                    log.took(bytes, limit: Self.recordedOfStream)
                    try chunk(bytes)
                }
            }
            // A cancelled task sees the stream end early.
            try Task.checkCancellation()
            return try end(
                AnswerHead(
                    status: Int(response.status.code),
                    headers: response.headers,
                    bytes: log.record.bytesReceived
                )
            )
        }
    }

    // MARK: - Implementation

    /// Of a result set, the beginning is recorded.
    private static let recordedOfStream = 64 << 10

    private func timeout(for request: SalesforceRequest) -> Duration {
        request.isTransfer ? configuration.transferTimeout : configuration.requestTimeout
    }

    /// Runs the attempt, gives every failure its form, and tells the observer how it went.
    private nonisolated(nonsending) func reported<Result>(
        _ log: inout ExchangeLog,
        _ body: (inout ExchangeLog) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(&log)
            log.finish(nil, client: self)
            return result
        } catch let error as SalesforceError {
            log.finish(error, client: self)
            throw error
        } catch  where TransportFault.isCancellation(error) || Task.isCancelled {
            log.finish(nil, client: self)
            throw CancellationError()
        } catch let error as CallerError {
            log.finish(nil, client: self)
            throw error.cause
        } catch {
            let fault = TransportFault.error(for: error, action: log.record.action, hasAnswer: log.record.status != nil)
            log.finish(fault, client: self)
            throw fault
        }
    }

    private nonisolated(nonsending) func wholeAnswer(
        _ request: SalesforceRequest,
        session: Session?,
        log: inout ExchangeLog
    ) async throws -> SalesforceAnswer {
        let outgoing = httpRequest(request, session: session)
        let timeout = timeout(for: request)
        let (http, uploads) = (http, uploads)
        let (response, body) = try await Self.within(timeout) {
            let begun = ContinuousClock.now
            let response = try await http.execute(outgoing, deadline: .now() + TimeAmount(timeout))
            if case .upload(let upload, _) = request.body { uploads.took(upload, .now - begun) }
            return (response, try await Self.collected(response, request: request, limit: request.answerLimit))
        }
        log.took(head: response, client: self)
        log.took(body)
        return SalesforceAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            body: body,
            action: request.action
        )
    }

    /// The client's own deadline ends when the head has come; this one holds for the body too.
    private static func within<Result: Sendable>(
        _ timeout: Duration,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await ContinuousClock().sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static func collected(
        _ response: HTTPClientResponse,
        request: SalesforceRequest,
        limit: Int
    ) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await buffer in response.body {
            guard body.count + buffer.readableBytes <= limit else {
                throw SalesforceError(
                    kind: .malformedAnswer,
                    code: SalesforceError.Code.answerTooLarge,
                    message: "the answer is longer than \(limit) bytes",
                    action: request.action,
                    status: Int(response.status.code),
                    wasSent: .unknown
                )
            }
            body.append(contentsOf: buffer.readableBytesView)
        }
        try Task.checkCancellation()
        return body
    }

    private func httpRequest(_ request: SalesforceRequest, session: Session?) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(
            url: (session?.identity.instanceURL ?? configuration.loginURL) + request.target
        )
        outgoing.method = request.method
        outgoing.headers.add(name: "Accept-Encoding", value: "gzip")
        outgoing.headers.add(name: "User-Agent", value: configuration.clientName)
        let token = session?.accessToken ?? ""
        switch request.family {
        case .rest:
            outgoing.headers.add(name: "Authorization", value: "Bearer \(token)")
            outgoing.headers.add(name: "Sforce-Call-Options", value: "client=\(configuration.clientName)")
        case .bulk:
            outgoing.headers.add(name: "X-SFDC-Session", value: token)
            outgoing.headers.add(name: "Sforce-Call-Options", value: "client=\(configuration.clientName)")
        case .soap: outgoing.headers.add(name: "SOAPAction", value: "\"\"")
        case .oauth: break
        }
        for header in request.headers { outgoing.headers.replaceOrAdd(name: header.name, value: header.value) }
        switch request.body {
        case .none: break
        case .bytes(let bytes, let contentType):
            outgoing.headers.replaceOrAdd(name: "Content-Type", value: contentType)
            outgoing.body = .bytes(bytes)
        case .envelope(let envelope):
            outgoing.headers.replaceOrAdd(name: "Content-Type", value: "text/xml; charset=UTF-8")
            outgoing.body = .bytes(Array(envelope(token).utf8))
        case .upload(let upload, let contentType):
            outgoing.headers.replaceOrAdd(name: "Content-Type", value: contentType)
            if upload.isPacked { outgoing.headers.replaceOrAdd(name: "Content-Encoding", value: "gzip") }
            outgoing.body = .stream(UploadBytes(upload: upload), length: .known(Int64(upload.length)))
        }
        return outgoing
    }

    private static func refusal(_ answer: SalesforceAnswer, of request: SalesforceRequest) -> SalesforceError {
        let retryAfter = answer.headers.first(name: "Retry-After").flatMap(Int.init).map {
            Duration.seconds(min(max($0, 0), 86_400))
        }
        if let fault = AnswerFault.read(answer.body) {
            return fault.error(
                status: answer.status,
                action: request.action,
                family: request.family,
                retryAfter: retryAfter
            )
        }
        // Salesforce refuses in words; anything else in the 400s comes from something between us and it.
        let isClientFault = (400..<500).contains(answer.status)
        let isServerFault = answer.status >= 500 || answer.status == 420
        return SalesforceError(
            kind: isServerFault ? .salesforce : .malformedAnswer,
            code: isServerFault ? SalesforceError.Code.serverTrouble : SalesforceError.Code.malformedAnswer,
            message: "the answer holds no error of Salesforce's: \(SafeExcerpt.of(answer.body))",
            action: request.action,
            status: answer.status,
            wasSent: isClientFault && ![408, 420].contains(answer.status) ? .no : .unknown,
            retryAfter: retryAfter
        )
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(
            seconds.multipliedReportingOverflow(by: 1_000_000_000).overflow
                ? .max : seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        )
    }
}
