package import Ledger
internal import Spool
package import SyncModel

/// The request log of a run, the bodies of uploads read back from the spool that they were sent from.
package struct RequestLog: Sendable {
    private let ledger: Ledger
    private let spoolFolder: String
    private let redaction: BodyRedaction

    package init(_ conductor: Conductor) async {
        ledger = conductor.parts.ledger
        spoolFolder = conductor.parts.stateFolder + "/spool"
        redaction = BodyRedaction(await conductor.definitions.settings.requests.redact)
    }

    /// Every call of a run, oldest first.
    package func calls(of run: RunID) async throws -> [LoggedCall] { try await ledger.calls(of: run) }

    /// One call with its bodies; of an upload, the rows as they lie in the spool.
    package func withBodies(_ call: LoggedCall) async throws -> LoggedCall {
        guard call.requestBody == nil, call.bytesSent > 0, call.method != "GET", let run = call.run else { return call }
        let parts = Set(call.path.split(separator: "/").map(String.init))
        let intents = try await ledger.intents(of: run).filter { intent in
            // A batch of the original API is known by its job's id and its own.
            !parts.isDisjoint(with: intent.handle?.split(separator: "/").map(String.init) ?? [])
        }
        guard let intent = intents.first else { return call }
        var call = call
        guard intents.count == 1 else {
            call.requestBody = "(rows of \(intent.spool) of the spool, which went in \(intents.count) batches)"
            return call
        }
        let place = "rows \(intent.firstRow + 1) to \(intent.firstRow + intent.rowCount) of \(intent.spool)"
        do {
            call.requestBody = try text(of: intent, run, place)
        } catch {
            call.requestBody = "(\(place) of the spool, which retention has taken)"
        }
        return call
    }

    // MARK: - Implementation

    private func text(of intent: Intent, _ run: RunID, _ place: String) throws -> String {
        let ready = try ReadySpool(opening: intent.spool, in: spoolFolder + "/" + run.rawValue)
        let shown = intent.firstRow..<intent.firstRow + min(intent.rowCount, Self.rowsShown)
        var bytes: [UInt8] = []
        try ready.spool.copyPayloads(shown, into: &bytes)
        let text = String(decoding: ready.header + bytes, as: UTF8.self)
        let rest = intent.rowCount - shown.count
        return "(from the spool: \(place))\n" + redaction.body(text) + (rest > 0 ? "(and \(rest) more rows)\n" : "")
    }

    private static let rowsShown = 1_000
}
