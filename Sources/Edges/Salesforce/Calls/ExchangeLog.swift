import AsyncHTTPClient
import NIOHTTP1
import Synchronization

/// Gathers the record of one exchange while it goes on.
struct ExchangeLog: Sendable {
    private(set) var record: CallRecord
    private let keepsBodies: Bool
    private let bodyLimit: Int
    private let elapsed: @Sendable () -> Duration

    init(_ request: SalesforceRequest, session: Session?, attempt: Int, client: SalesforceClient) {
        keepsBodies = request.family != .oauth
        elapsed = client.clock.stopwatch()
        bodyLimit = client.configuration.recordedBodyLimit
        var sent = 0
        var body: CallRecord.Body?
        switch request.body {
        case .none: break
        case .bytes(let bytes, _):
            sent = bytes.count
            if keepsBodies { body = CallRecord.Body(bytes: Array(bytes.prefix(bodyLimit)), size: bytes.count) }
        case .envelope(let envelope):
            sent = envelope(session?.accessToken ?? "").utf8.count
            let shown = Array(envelope("(session)").utf8)
            body = CallRecord.Body(bytes: Array(shown.prefix(bodyLimit)), size: shown.count)
        case .upload(let upload, _): sent = upload.length
        }
        record = CallRecord(
            id: client.lastCallID.wrappingAdd(1, ordering: .relaxed).newValue,
            label: CallLabel.current,
            action: request.action,
            method: request.method.rawValue,
            path: request.target,
            attempt: attempt,
            started: client.now(),
            duration: .zero,
            bytesSent: sent,
            bytesReceived: 0,
            requestBody: body
        )
    }

    mutating func took(head response: HTTPClientResponse, client: SalesforceClient) {
        record.status = Int(response.status.code)
        if let info = response.headers.first(name: "Sforce-Limit-Info").flatMap(LimitInfo.init(header:)) {
            record.limitInfo = info
            client.note(info)
        }
        if keepsBodies { record.responseBody = CallRecord.Body(bytes: [], size: 0) }
    }

    mutating func took(_ body: [UInt8]) {
        body.withUnsafeBytes { took($0, limit: bodyLimit) }
    }

    mutating func took(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        let limit = min(limit, bodyLimit)
        record.bytesReceived += bytes.count
        guard keepsBodies, var body = record.responseBody else { return }
        record.responseBody = nil
        body.size += bytes.count
        if body.bytes.count < limit { body.bytes.append(contentsOf: bytes.prefix(limit - body.bytes.count)) }
        record.responseBody = body
    }

    mutating func finish(_ error: SalesforceError?, client: SalesforceClient) {
        record.duration = elapsed()
        record.error = error
        client.observer?.finished(record)
    }
}
