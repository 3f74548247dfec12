import Foundation
import FoundationNetworking
import Ledger
import SalesforceEmulator
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// The whole belt in one process: models as CSV files, an emulated org, a ledger, a conductor that conducts.
struct Belt: Sendable {
    let conductor: Conductor
    let ledger: Ledger
    let address: String
    let folder: ScratchFolder
    /// libpq's words for the database that the models are tables of; nil: they are CSV files.
    var database: [String: String]?

    /// Lends a belt for these syncs, all of one sequence `all`, each a step after the one before.
    ///
    /// `models` are primary key columns by model name; model `accounts` is the file `accounts.csv`, or the table `accounts` of
    /// `database`.
    static func with(
        _ syncs: [SyncDefinition],
        models: [String: [String]],
        org: String? = nil,
        clock: EngineClock = .system,
        database: [String: String]? = nil,
        _ body: @escaping @Sendable (Belt) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder.current
        var options = EmulatorOptions()
        options.org = org
        try await withEmulator(options) { address in
            let ledger = try Ledger(folder: folder.path)
            let conductor = try Conductor(
                definitions: definitions(syncs, models, address.baseURL, folder, database),
                parts: Conductor.Parts(
                    ledger: ledger,
                    stateFolder: folder.path("state"),
                    clock: clock,
                    secrets: SecretAccess { _ in "" }
                )
            )
            let belt = Belt(
                conductor: conductor,
                ledger: ledger,
                address: address.baseURL,
                folder: folder,
                database: database
            )
            try await conductor.takeUpOpenRuns()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await conductor.run() }
                do {
                    try await body(belt)
                } catch {
                    await conductor.close()
                    throw error
                }
                await conductor.close()
                try await group.next()
            }
        }
    }

    static func definitions(
        _ syncs: [SyncDefinition],
        _ models: [String: [String]],
        _ address: String,
        _ folder: ScratchFolder,
        _ database: [String: String]? = nil
    ) -> DefinitionSet {
        let secret = TextOrSecret.text("emulator-secret")
        var destination = DestinationDefinition(
            name: "org",
            loginURL: address,
            authorization: .clientCredentials(clientID: "emulator-client", clientSecret: secret)
        )
        destination.automation.discover = false
        let steps = syncs.enumerated().map { index, sync in
            StepDefinition(syncs: [sync.name], after: index == 0 ? [] : [index - 1])
        }
        let files = SourceDefinition.Kind.csv(folder: folder.path, delimiter: UInt8(ascii: ","))
        let kind = database.map { .postgres(parameters: $0.mapValues { .text($0) }) } ?? files
        return DefinitionSet(
            sources: ["rows": SourceDefinition(name: "rows", kind: kind)],
            destinations: ["org": destination],
            models: Dictionary(
                uniqueKeysWithValues: models.map { name, key in
                    let reading: ModelDefinition.Reading = database == nil ? .file("\(name).csv") : .table(name)
                    return (name, ModelDefinition(name: name, source: "rows", reading: reading, primaryKey: key))
                }
            ),
            syncs: Dictionary(uniqueKeysWithValues: syncs.map { ($0.name, $0) }),
            sequences: ["all": SequenceDefinition(name: "all", steps: steps)]
        )
    }

    /// Stops the engine as a shutdown does, in the middle of a run, and goes on with another one on the same state.
    func restarted(
        with definitions: DefinitionSet? = nil,
        _ body: @escaping @Sendable (Belt) async throws -> Void
    ) async throws {
        await conductor.close()
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !ledger.runsNotEnded().allSatisfy({ $0.state == .interrupted || $0.state == .queued }) {
            try #require(ContinuousClock.now < deadline, "a run does not stop")
            try await Task.sleep(for: .milliseconds(10))
        }
        let current = await conductor.definitions
        let next = try Conductor(definitions: definitions ?? current, parts: conductor.parts)
        let belt = Belt(conductor: next, ledger: ledger, address: address, folder: folder, database: database)
        try await next.takeUpOpenRuns()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await next.run() }
            do {
                try await body(belt)
            } catch {
                await next.close()
                throw error
            }
            await next.close()
            try await group.next()
        }
    }

    /// Puts other syncs in force, as a reload does.
    func reload(_ syncs: [SyncDefinition], models: [String: [String]]) async throws {
        try await conductor.reload(Self.definitions(syncs, models, address, folder, database))
    }

    /// Replaces the rows of a model.
    func rows(_ model: String, _ text: String) throws {
        try folder.write("\(model).csv", text)
    }

    /// Runs the sequence and waits for its end.
    @discardableResult
    func run(_ request: StartRequest = StartRequest()) async throws -> RunRecord {
        let announcements = conductor.parts.events.announcements()
        let (started, _) = try await conductor.start("all", request: request, trigger: .manual)
        for await announcement in announcements {
            if let run = announcement.run, run.id == started.id, run.state.hasEnded { return run }
        }
        throw CancellationError()
    }

    /// Starts the sequence and waits until it waits for something.
    func runUntilItWaits() async throws -> RunRecord {
        let announcements = conductor.parts.events.announcements()
        let (started, _) = try await conductor.start("all", trigger: .manual)
        for await announcement in announcements {
            if let run = announcement.run, run.id == started.id, run.state == .waiting || run.state.hasEnded {
                return run
            }
        }
        throw CancellationError()
    }

    /// Waits for the end of a run that is on.
    func end(of id: RunID) async throws -> RunRecord {
        let announcements = conductor.parts.events.announcements()
        if let run = try await conductor.run(id), run.state.hasEnded { return run }
        for await announcement in announcements {
            if let run = announcement.run, run.id == id, run.state.hasEnded { return run }
        }
        throw CancellationError()
    }

    /// What of a run was not delivered.
    func undelivered(_ run: RunRecord) async throws -> [UndeliveredRow] {
        try await ledger.undelivered(run: run.id)
    }

    // MARK: The org

    /// The records that the org holds, by the value of a field.
    func records(
        _ object: String,
        by field: String = "External_Id__c",
        deleted: Bool = false
    ) async throws
        -> [String: SObjectRecord]
    {
        let rows = try await admin("GET", "records/\(object)" + (deleted ? "?deleted=true" : "")).array ?? []
        let records = rows.compactMap { $0.object.map(SObjectRecord.init) }
        return Dictionary(records.map { ($0.text(field) ?? "\($0.id ?? "?")", $0) }) { first, _ in first }
    }

    /// How many there were of something ever: `created`, `updated`, `deleted`, `merged`, `published`.
    func counter(_ what: String, _ object: String) async throws -> Int {
        try await admin("GET", "counters").object?[what]?.object?[object]?.int ?? 0
    }

    func calls() async throws -> Int {
        try await admin("GET", "counters").object?["calls"]?.int ?? 0
    }

    /// Creates a record as a person would, and answers its Id.
    func create(_ object: String, _ fields: [String: String]) async throws -> String {
        let body = "{" + fields.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
        return try await client { try await $0.create(object, body: Array(body.utf8)) }.id ?? ""
    }

    /// Calls the org beside the engine.
    func client<Result: Sendable>(_ body: @Sendable (SalesforceClient) async throws -> Result) async throws -> Result {
        let client = try SalesforceClient(
            SalesforceConfiguration(
                loginURL: address,
                grant: .clientCredentials(clientID: "emulator-client", clientSecret: "emulator-secret"),
                clientName: "test"
            ),
            observer: nil
        )
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Converts a lead as a person would, to a contact and an account.
    func convert(lead id: String) async throws {
        let login = try await soap(
            "<urn:login><urn:username>admin@example.com</urn:username><urn:password>passwordtoken</urn:password></urn:login>"
        )
        let session = login.components(separatedBy: "<sessionId>").last?.components(separatedBy: "</sessionId>").first
        let answer = try await soap(
            "<urn:convertLead><urn:leadConverts><urn:convertedStatus>Closed - Converted</urn:convertedStatus>"
                + "<urn:doNotCreateOpportunity>true</urn:doNotCreateOpportunity><urn:leadId>\(id)</urn:leadId>"
                + "</urn:leadConverts></urn:convertLead>",
            session: session ?? ""
        )
        try #require(answer.contains("<success>true</success>"), "\(answer)")
    }

    private func soap(_ body: String, session: String = "") async throws -> String {
        guard let url = URL(string: address + "/services/Soap/u/62.0") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("text/xml; charset=UTF-8", forHTTPHeaderField: "Content-Type")
        request.setValue("\"\"", forHTTPHeaderField: "SOAPAction")
        let envelope =
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:urn=\"urn:partner.soap.sforce.com\">"
            + "<soapenv:Header><urn:SessionHeader><urn:sessionId>\(session)</urn:sessionId></urn:SessionHeader></soapenv:Header>"
            + "<soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>"
        request.httpBody = Data(envelope.utf8)
        return String(decoding: try await URLSession.shared.data(for: request).0, as: UTF8.self)
    }

    /// Calls the emulator's own API, which is none of Salesforce's.
    @discardableResult
    func admin(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue {
        guard let url = URL(string: address + "/emulator/" + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let status = (response as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            throw URLError(.badServerResponse, userInfo: ["body": String(decoding: data, as: UTF8.self)])
        }
        return data.isEmpty ? .null : try JSONValue.parsed(Array(data))
    }
}

extension SyncDefinition {
    /// A sync of the belt: model and name are one.
    static func of(
        _ name: String,
        into target: Target,
        _ mode: SyncMode,
        match: (column: String, field: String)? = nil,
        fields: [String: String] = [:],
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        var sync = SyncDefinition(
            name: name,
            model: name,
            destination: "org",
            target: target,
            mode: mode,
            match: match.map { .init(column: $0.column, field: $0.field) },
            fields: fields.sorted { $0.key < $1.key }.map { FieldMapping(field: $0.key, value: .column($0.value)) }
        )
        change(&sync)
        return sync
    }
}
