import Foundation
import FoundationNetworking
import Ledger
import SalesforceEmulator
import SyncModel
import TestKit

@testable import Sequencing

/// An engine, CSV files that it reads, and an emulator that it writes, for tests of what arrives there.
struct DeliveryBench: Sendable {
    let conductor: Conductor
    let ledger: Ledger
    let org: HeldOrg
    private let folder: ScratchFolder

    /// Runs the body with an engine of one sequence whose steps are these syncs, in their order.
    ///
    /// `rate`: how much shorter than written its pauses are; what it compares are the times of the host and of the org, which
    /// stay the same.
    static func run(
        _ syncs: [SyncDefinition],
        org yaml: String? = nil,
        keys: [String: [String]] = [:],
        attempts: Int = 1,
        maxWait: Duration = .seconds(60),
        rate: Double = 1,
        in scratch: ScratchFolder? = nil,
        _ body: @escaping @Sendable (DeliveryBench) async throws -> Void
    ) async throws {
        let folder = try scratch ?? ScratchFolder.current
        var options = EmulatorOptions()
        options.org = yaml
        try await withEmulator(options) { address in
            let definitions = definitions(syncs, folder, address.baseURL, keys, attempts, maxWait)
            let ledger = try Ledger(folder: folder.path)
            let parts = Conductor.Parts(
                ledger: ledger,
                stateFolder: folder.path("state"),
                clock: EngineClock(rate: rate) { EngineClock.system.now },
                secrets: SecretAccess { _ in "" }
            )
            let conductor = try Conductor(definitions: definitions, parts: parts)
            try await conductor.takeUpOpenRuns()
            let bench = DeliveryBench(
                conductor: conductor,
                ledger: ledger,
                org: HeldOrg(url: address.baseURL),
                folder: folder
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await conductor.run() }
                try await body(bench)
                await conductor.close()
                try await group.next()
            }
        }
    }

    /// Writes a model's rows, the first one naming the columns.
    func model(_ name: String, _ rows: [[String]]) throws {
        let lines = rows.map { row in
            row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
        }
        _ = try folder.write("\(name).csv", lines.joined(separator: "\n") + "\n")
    }

    /// Starts the sequence and waits for its end.
    func run() async throws -> RunRecord {
        let announcements = conductor.parts.events.announcements()
        let (started, _) = try await conductor.start("all", trigger: .manual)
        for await announcement in announcements {
            if let run = announcement.run, run.id == started.id, run.state.hasEnded { return run }
        }
        throw CancellationError()
    }

    // MARK: - Implementation

    private static func definitions(
        _ syncs: [SyncDefinition],
        _ folder: ScratchFolder,
        _ url: String,
        _ keys: [String: [String]],
        _ attempts: Int,
        _ maxWait: Duration
    ) -> DefinitionSet {
        var sequence = SequenceDefinition(
            name: "all",
            steps: syncs.enumerated().map { index, sync in
                StepDefinition(syncs: [sync.name], after: index == 0 ? [] : [index - 1], attempts: attempts)
            }
        )
        sequence.maxWait = maxWait
        return DefinitionSet(
            sources: ["files": SourceDefinition(name: "files", kind: .csv(folder: folder.path, delimiter: 0x2C))],
            destinations: [
                "org": DestinationDefinition(
                    name: "org",
                    loginURL: url,
                    authorization: .clientCredentials(
                        clientID: "emulator-client",
                        clientSecret: .text("emulator-secret")
                    )
                )
            ],
            models: Dictionary(
                uniqueKeysWithValues: Set(syncs.map(\.model)).map { name in
                    (
                        name,
                        ModelDefinition(
                            name: name,
                            source: "files",
                            reading: .file("\(name).csv"),
                            primaryKey: keys[name] ?? ["id"]
                        )
                    )
                }
            ),
            syncs: Dictionary(uniqueKeysWithValues: syncs.map { ($0.name, $0) }),
            sequences: ["all": sequence]
        )
    }
}

extension SyncDefinition {
    /// A sync into contacts, matched by their external id, with the columns `id`, `last` and `title`.
    static func contacts(
        _ mode: SyncMode,
        _ api: APIChoice,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> Self {
        var sync = SyncDefinition(
            name: "contacts",
            model: "contacts",
            destination: "org",
            target: .object("Contact"),
            mode: mode,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [
                FieldMapping(field: "LastName", value: .column("last")),
                FieldMapping(field: "Title", value: .column("title")),
                FieldMapping(field: "Email", value: .column("email")),
            ]
        )
        sync.api = api
        change(&sync)
        return sync
    }
}

/// The emulator, asked over its admin API what it really holds, and written to as another client would.
struct HeldOrg: Sendable {
    let url: String

    struct Trouble: Error, CustomStringConvertible { var description: String }

    /// The records that are there, their scalar fields as text; what is null is left out.
    func records(_ object: String) async throws -> [[String: String]] {
        let data = try await call("GET", "/emulator/records/\(object)")
        let array = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return array.map { record in
            record.compactMapValues { value in
                switch value {
                case let text as String: text
                case let number as NSNumber: "\(number)"
                default: nil
                }
            }
        }
    }

    /// The records by the value of one field.
    func records(_ object: String, by field: String) async throws -> [String: [String: String]] {
        try await records(object).reduce(into: [:]) { $0[$1[field] ?? ""] = $1 }
    }

    /// How many records of an object were ever created, updated, deleted.
    func ever(_ what: String, _ object: String) async throws -> Int {
        let data = try await call("GET", "/emulator/counters")
        let counters = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        return (counters[what] as? [String: Int])?[object] ?? 0
    }

    /// The paths of the calls made so far, with their methods.
    func calls() async throws -> [String] {
        let data = try await call("GET", "/emulator/calls?after=0")
        let calls = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return calls.map { "\($0["method"] ?? "") \($0["path"] ?? "")" }
    }

    func fault(_ json: String) async throws { _ = try await call("POST", "/emulator/faults", Data(json.utf8)) }
    func mend() async throws { _ = try await call("DELETE", "/emulator/faults") }

    /// Creates records as somebody else would.
    func create(_ object: String, _ records: [[String: String]]) async throws {
        var headers = try await session()
        headers["Content-Type"] = "application/json"
        for start in stride(from: 0, to: records.count, by: 200) {
            let part = records[start..<min(start + 200, records.count)]
            let bodies = part.map { record in
                (record as [String: Any]).merging(["attributes": ["type": object]]) { $1 }
            }
            let body = try JSONSerialization.data(withJSONObject: ["allOrNone": true, "records": bodies])
            _ = try await call("POST", "/services/data/v62.0/composite/sobjects", body, headers)
        }
    }

    /// What a header needs to call as the admin.
    func session() async throws -> [String: String] {
        let form = "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"
        let data = try await call(
            "POST",
            "/services/oauth2/token",
            Data(form.utf8),
            ["Content-Type": "application/x-www-form-urlencoded"]
        )
        let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let token = answer?["access_token"] as? String ?? ""
        return ["Authorization": "Bearer \(token)", "X-SFDC-Session": token]
    }

    func call(
        _ method: String,
        _ path: String,
        _ body: Data? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> Data {
        guard let address = URL(string: url + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, answer) = try await URLSession.shared.data(for: request)
        let status = (answer as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw Trouble(description: "\(method) \(path): \(status) \(String(decoding: data, as: UTF8.self))")
        }
        return data
    }
}
