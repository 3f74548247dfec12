import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix

/// Carries a call to the org and its answer back, losing or spoiling what the faults say.
struct FaultyWire {
    let org: Org
    let channel: any Channel

    func carry(_ call: Call, _ wrap: (Answer) -> Response) async throws -> Response {
        guard let fault = await org.fault(for: call) else { return wrap(await org.answer(call)) }
        if fault.action == .delay {
            if fault.isAfter {
                let answer = await org.answer(call)
                try await Task.sleep(for: .milliseconds(fault.delay))
                return wrap(answer)
            }
            try await Task.sleep(for: .milliseconds(fault.delay))
            return wrap(await org.answer(call))
        }
        let refusal = Answer.fault(fault.status, fault.error)
        let answer = fault.isAfter ? await org.answer(call) : refusal
        switch fault.action {
        case .delay: return wrap(answer)
        case .status: return wrap(refusal)
        case .garbage:
            return wrap(
                Answer(
                    status: 200,
                    headers: [("Content-Type", "text/html;charset=UTF-8")],
                    body: Array("<html><head><title>Maintenance</title></head><body>\u{1}\u{2}{\"id\":</bod".utf8)
                )
            )
        case .truncate: return truncated(answer, honest: fault.isHonest, wrap)
        case .drop:
            try await channel.close()
            throw WireCut()
        case .reset:
            try await reset()
            throw WireCut()
        }
    }

    // MARK: - Implementation

    private func truncated(_ answer: Answer, honest: Bool, _ wrap: (Answer) -> Response) -> Response {
        var short = answer
        short.body = Array(answer.body.prefix(answer.body.count / 2))
        if honest { return wrap(short) }
        let half = ByteBuffer(bytes: short.body)
        let channel = channel
        let body = ResponseBody(contentLength: answer.body.count) { writer in
            try await writer.write(half)
            try await channel.close()
            throw WireCut()
        }
        return response(answer, body: body)
    }

    private func reset() async throws {
        if let options = channel as? any SocketOptionProvider {
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }
}

/// Ends a connection on purpose.
struct WireCut: Error {}

extension Answer {
    /// What an edge in trouble says, or what it is told to say.
    static func fault(_ status: Int, _ error: SaveError? = nil) -> Answer {
        if let error {
            return .json(.array([RESTError(status, error.code, error.message).json]), status: status)
        }
        switch status {
        case 500..<600:
            let error = RESTError(
                status,
                status == 503 ? "SERVER_UNAVAILABLE" : "UNKNOWN_EXCEPTION",
                "Server Unavailable"
            )
            return .json(.array([error.json]), status: status)
        case 401: return .json(.array([RESTError.badSession.json]), status: status)
        case 403:
            let error = RESTError(status, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            return .json(.array([error.json]), status: status)
        default:
            let error = RESTError(status, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")
            return .json(.array([error.json]), status: status)
        }
    }
}
