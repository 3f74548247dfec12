import ControlProtocol
import ControlServer
import Foundation
import Testing

@Suite struct `The OpenAPI document` {
    private var text: String {
        get throws {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/openapi.yaml")
            return try String(contentsOf: file, encoding: .utf8)
        }
    }

    @Test func `describes what is served, and nothing else`() throws {
        var described: [String] = []
        var path = ""
        for line in try text.split(separator: "\n") {
            if let found = line.firstMatch(of: /^  (\/v1\/[a-z\/]+):/) { path = String(found.1) }
            if let found = line.firstMatch(of: /^    (get|post):/) {
                described.append("\(found.1.uppercased()) \(path)")
            }
        }
        #expect(described.sorted() == ControlServer.served.sorted())
    }

    @Test func `has no path twice in the table`() {
        #expect(Set(ControlServer.served).count == ControlServer.served.count)
    }

    /// A key that was added to a document and forgotten in the description.
    @Test func `knows every key of the documents`() throws {
        var run = RunReport(id: "r", sequence: "s", state: "queued", trigger: "manual", created: "T")
        run.steps = [StepReport(sync: "s", object: "o", state: "pending")]
        var row = RowReport(sync: "s", key: "k", object: "o", class: "added", next: "n")
        row.lookups = [.init(field: "f", object: "o", matchField: "m", value: "v", foundID: nil, message: "m")]
        row.deliveries = [.init(run: "r", time: "T", operation: "o", state: "s")]
        let status = SequenceStatus(
            name: "s",
            state: "idle",
            last: RunSummary(id: "r", sequence: "s", state: "s", trigger: "t", created: "T")
        )
        let daemon = DaemonReport(version: "v", pid: 1, started: "T", generation: 1, loaded: "T", status: "s")
        let documents: [any Encodable] = [
            RunAnswer(run: run), ExplainAnswer(row: row), StatusAnswer(daemon: daemon, sequences: [status]),
            PlanAnswer(plan: PlanReport(sync: "s", object: "o", mode: "m", api: "a")),
            ReloadAnswer(accepted: false, generation: 1, changed: false),
            EventReport(number: 1, time: "T", kind: "k", message: "m"), StartCommand(target: "t"),
            StateAnswer(
                state: StateFindings(
                    faults: [],
                    notices: [],
                    runs: 0,
                    outcomes: 0,
                    openIntents: 0,
                    snapshots: 0,
                    entries: 0,
                    owed: 0,
                    inDoubt: 0,
                    spools: 0
                )
            ),
            QuietWindowAddCommand(objects: [], reason: "r"), ActionAnswer(target: "t", state: "s", message: "m"),
            QuietWindowReport(name: "n", kind: "k", destination: "d", objects: [], closed: true),
            APIRequestReport(
                number: 1,
                time: "T",
                method: "m",
                path: "p",
                milliseconds: 1,
                bytesSent: 1,
                bytesReceived: 1
            ),
            LimitsAnswer(destination: "d", asked: "T", limits: [.init(name: "n", maximum: 1, remaining: 1)]),
            InspectAnswer(
                destination: "d",
                object: nil,
                automation: [.init(kind: "k", name: "n", active: true, events: [])]
            ),
            LoginAnswer(destination: "d", done: true, message: "m"),
            DoctorAnswer(destination: "d", findings: [.init(subject: "s", verdict: "v", message: "m")]),
        ]
        let keys = try text.split(separator: "\n").compactMap { $0.firstMatch(of: /^ +([a-z][a-z_]*):/)?.1 }
        let known = Set(keys.map(String.init))
        for document in documents {
            let json = String(decoding: try ControlCoding.encode(document), as: UTF8.self)
            for key in json.matches(of: /"([a-z_]+)":/).map({ String($0.1) }) {
                #expect(known.contains(key), "\(key) of \(type(of: document))")
            }
        }
    }
}
