import Foundation
import FoundationNetworking
import TestKit

/// The emulator that the cases of a matrix share: reset between them, asked what it really holds.
struct RigOrg: Sendable {
    let url: String

    /// What the emulator is told of beyond the standard org.
    static let definition = """
        limits: { DailyApiRequests: 10000000, DailyBulkApiBatches: 1000000, DailyBulkV2QueryJobs: 1000000,
          HourlyPublishedPlatformEvents: 10000000 }
        objects: { Account: { fields: { Region__c: { type: Picklist, value_set: Regions } } } }
        global_value_sets: { Regions: { values: [North] } }
        events: { Row_Told__e: { fields: { Key__c: { type: Text, length: 40, required: true }, Title__c: { type: Text, length: 80 } } } }

        """

    func reset() async throws { _ = try await send("POST", "emulator/reset") }
    func fault(_ json: String) async throws { _ = try await send("POST", "emulator/faults", json) }
    func mendFaults() async throws { _ = try await send("DELETE", "emulator/faults") }
    func takeSnapshot() async throws { _ = try await send("POST", "emulator/snapshot") }
    func restore() async throws { _ = try await send("POST", "emulator/restore") }

    /// How many calls were made so far.
    func callCount() async throws -> Int { try await everCreated().calls }

    func calls(after number: Int) async throws -> [Org.Call] {
        try await get([Org.Call].self, "emulator/calls?after=\(number)")
    }

    /// Calls that brought rows or steered a job.
    func writingCalls(after number: Int) async throws -> Int {
        try await calls(after: number).filter { $0.isWriting && !$0.path.contains("query") }.count
    }

    /// Contacts that were ever merged into another.
    func merged() async throws -> Int { try await everCreated().merged["Contact"] ?? 0 }

    /// Makes the records that a scenario finds.
    func seed(_ count: Int) async throws {
        guard count > 0 else { return }
        let token = try await token()
        for n in 1...count {
            let key = "K-" + String(String(1_000 + n).dropFirst())
            _ = try await send(
                "POST",
                "services/data/v62.0/sobjects/Contact",
                #"{"External_Id__c":"\#(key)","LastName":"Last","Title":"First"}"#,
                token
            )
        }
    }

    /// The titles of a scenario's records or events, by key; and how many were ever made.
    func held(_ scenario: Scenario) async throws -> (titles: [(key: String, title: String?)], created: Int) {
        switch scenario.kind {
        case .event:
            let events = try await get([[String: JSONText]].self, "emulator/events/Row_Told__e")
            let titles = events.map { (key: $0["Key__c"]?.text ?? "?", title: $0["Title__c"]?.text) }
            return (titles, titles.count)
        case .picklist: return (try await activeValues(), 0)
        case .upsert, .update, .insert, .blindInsert, .archive, .delete, .clear, .merge, .twoObjects:
            let field = scenario.kind == .blindInsert ? "Department" : "External_Id__c"
            let objects = scenario.kind == .twoObjects ? ["Contact", "Lead"] : ["Contact"]
            let created = try await everCreated().created
            var titles: [(key: String, title: String?)] = []
            for object in objects {
                let records = try await get([[String: JSONText]].self, "emulator/records/\(object)")
                titles += records.map { (key: $0[field]?.text ?? "?", title: $0["Title"]?.text) }
            }
            return (titles, objects.reduce(0) { $0 + (created[$1] ?? 0) })
        }
    }

    /// Every record or event of an object: its key, and the value that changes.
    func values(of object: String) async throws -> [(key: String, value: String)] {
        if object.hasSuffix("__e") {
            return try await get([[String: JSONText]].self, "emulator/events/\(object)").map {
                ($0["Key__c"]?.text ?? "?", $0["Title__c"]?.text ?? "?")
            }
        }
        let key = object == "Lead" ? "Company" : "External_Id__c"
        let value = object == "Account" ? "Site" : "Title"
        return try await query("SELECT \(key), \(value) FROM \(object)")
    }

    func everCreated() async throws -> Counters { try await get(Counters.self, "emulator/counters") }

    struct Counters: Decodable, Sendable {
        var calls: Int
        var created: [String: Int]
        var deleted: [String: Int]
        var merged: [String: Int]
        var published: [String: Int]
    }

    // MARK: - Implementation

    private struct Token: Decodable {
        var accessToken: String

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
        }
    }

    private struct Description: Decodable {
        struct Field: Decodable {
            struct Value: Decodable {
                var value: String
                var label: String
                var active: Bool
            }
            var name: String
            var picklistValues: [Value]
        }
        var fields: [Field]
    }

    /// The active values of the picklist that a scenario writes, as describe shows them.
    private func activeValues() async throws -> [(key: String, title: String?)] {
        let answer = try await send("GET", "services/data/v62.0/sobjects/Account/describe", nil, try await token())
        let fields = try JSONDecoder().decode(Description.self, from: answer).fields
        let values = fields.first { $0.name == "Region__c" }?.picklistValues ?? []
        return values.filter(\.active).map { ($0.value, $0.label) }
    }

    private struct QueryJob: Decodable {
        var id: String
        var state: String
    }

    /// The two columns of a query, asked for as a job: an answer of many thousand rows is one text.
    ///
    /// No value holds a comma, a quote or a line's end.
    private func query(_ soql: String) async throws -> [(String, String)] {
        let token = try await token()
        let path = "services/data/v62.0/jobs/query"
        let made = try await send("POST", path, #"{"operation":"query","query":"\#(soql)"}"#, token)
        var job = try JSONDecoder().decode(QueryJob.self, from: made)
        while job.state != "JobComplete" {
            guard job.state != "Failed" else { throw Unexpected(description: "\(soql): \(job)") }
            try await Task.sleep(for: .milliseconds(50))
            let asked = try await send("GET", "\(path)/\(job.id)", nil, token)
            job = try JSONDecoder().decode(QueryJob.self, from: asked)
        }
        let text = try await send("GET", "\(path)/\(job.id)/results?maxRecords=10000000", nil, token)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != "\"" } }
            return (String(cells.first ?? "?"), cells.count > 1 ? String(cells[1]) : "?")
        }
    }

    /// A text, or anything else.
    private struct JSONText: Decodable {
        var text: String?
        init(from decoder: any Decoder) throws {
            // Numbers, objects and null are no titles.
            text = try? decoder.singleValueContainer().decode(String.self)
        }
    }

    private func token() async throws -> String {
        let form = "grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret"
        let data = try await send("POST", "services/oauth2/token", form, type: "application/x-www-form-urlencoded")
        return try JSONDecoder().decode(Token.self, from: data).accessToken
    }

    private func get<Answer: Decodable>(_: Answer.Type, _ path: String) async throws -> Answer {
        let data = try await send("GET", path)
        do {
            return try JSONDecoder().decode(Answer.self, from: data)
        } catch {
            throw Unexpected(description: "GET \(path): \(String(decoding: data.prefix(300), as: UTF8.self))")
        }
    }

    private func send(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        _ token: String? = nil,
        type: String = "application/json"
    ) async throws -> Data {
        guard let address = URL(string: "\(url)/\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        if body != nil { request.setValue(type, forHTTPHeaderField: "Content-Type") }
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let (data, answer) = try await URLSession.shared.data(for: request)
        guard let status = (answer as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            throw Unexpected(description: "\(method) /\(path): \(String(decoding: data.prefix(300), as: UTF8.self))")
        }
        return data
    }
}
