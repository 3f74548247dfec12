import ControlProtocol

@testable import ControlServer

extension Reader {
    static let controlReaders = [
        Reader("control") { try await readRequest($0) },
        Reader("control-answer") { readAnswers($0) },
    ]

    /// `METHOD path?query`, a line feed, the body; asked of a daemon that supports nothing.
    private static func readRequest(_ bytes: [UInt8]) async throws {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: 0x20, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2 else { return }
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        do {
            let route = try RouteTable.route(method: words[0], path: target.first ?? "")
            let request = try ControlRequest(
                caller: Caller(uid: 0, name: "root", role: .admin),
                query: target.count > 1 ? target[1] : nil,
                known: route.parameters,
                body: parts.count > 1 ? Array(parts[1]) : []
            )
            _ = try await route.answer(request, SilentDaemon())
        } catch let fault as ControlFault {
            try Surprise.unless(!fault.message.isEmpty, "a fault without words")
            try Surprise.unless(
                fault.code != .failed,
                "a request that fails instead of being refused: \(fault.message)"
            )
        } catch {
            // A 500 for what somebody sent.
            throw Surprise("an error that is no fault: \(error)")
        }
    }

    /// What `sequencectl` reads, should the daemon be another's or of another version.
    private static func readAnswers(_ bytes: [UInt8]) {
        _ = try? ControlCoding.decode(StatusAnswer.self, from: bytes)
        _ = try? ControlCoding.decode(RunAnswer.self, from: bytes)
        _ = try? ControlCoding.decode(PlanAnswer.self, from: bytes)
        _ = try? ControlCoding.decode(EventReport.self, from: bytes)
        _ = try? ControlCoding.decode(ErrorAnswer.self, from: bytes)
    }

    private struct SilentDaemon: DaemonOperations {
        func isHealthy() async -> Bool { true }
    }
}
