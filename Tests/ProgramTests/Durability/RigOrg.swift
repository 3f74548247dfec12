import Foundation
import FoundationNetworking
import TestKit

/// The emulator that the cases of a matrix share: reset between them, asked what it really holds.
struct RigOrg: Sendable {
    let url: String

    /// What the emulator is told of beyond the standard org.
    static let definition = """
        events: { Row_Told__e: { fields: { Key__c: { type: Text, length: 40, required: true }, Title__c: { type: Text, length: 80 } } } }

        """

    func reset() async throws { _ = try await send("POST", "emulator/reset") }
    func fault(_ json: String) async throws { _ = try await send("POST", "emulator/faults", json) }
    func mendFaults() async throws { _ = try await send("DELETE", "emulator/faults") }

    /// Calls that brought rows or steered a job.
    func writingCalls() async throws -> Int {
        try await get([Org.Call].self, "emulator/calls").filter { $0.isWriting && !$0.path.contains("query") }.count
    }

    /// Makes the records that a scenario finds.
    func seed(_ count: Int) async throws {
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
        case .upsert, .update, .insert, .blindInsert, .archive, .delete, .clear:
            let field = scenario.kind == .blindInsert ? "Department" : "External_Id__c"
            let records = try await get([[String: JSONText]].self, "emulator/records/Contact")
            let created = try await get(Counters.self, "emulator/counters").created["Contact"] ?? 0
            return (records.map { (key: $0[field]?.text ?? "?", title: $0["Title"]?.text) }, created)
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
        return try await get([[String: JSONText]].self, "emulator/records/\(object)").map {
            ($0[key]?.text ?? "?", $0[value]?.text ?? "?")
        }
    }

    func everCreated() async throws -> Counters { try await get(Counters.self, "emulator/counters") }

    struct Counters: Decodable, Sendable {
        var created: [String: Int]
    }

    // MARK: - Implementation

    private struct Token: Decodable {
        var accessToken: String

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
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
