import DelimitedText
import Foundation
import FoundationNetworking
import SalesforceEmulator
import Synchronization
import Testing

@testable import Salesforce

/// An emulated org and a client that is signed in to it.
struct EmulatedOrg: Sendable {
    let address: String
    let client: SalesforceClient
    let records: KeptRecords

    static func with<Result: Sendable>(
        _ options: EmulatorOptions = EmulatorOptions(),
        configure: @escaping @Sendable (inout SalesforceConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (EmulatedOrg) async throws -> Result
    ) async throws -> Result {
        try await withEmulator(options) { address in
            var configuration = SalesforceConfiguration(
                loginURL: address.baseURL,
                grant: .clientCredentials(clientID: "emulator-client", clientSecret: "emulator-secret"),
                clientName: "sequenced/contract"
            )
            configure(&configuration)
            let records = KeptRecords()
            let client = try SalesforceClient(configuration, observer: records)
            do {
                let result = try await body(EmulatedOrg(address: address.baseURL, client: client, records: records))
                try await client.shutdown()
                return result
            } catch {
                try await client.shutdown()
                throw error
            }
        }
    }

    /// Lends an org that holds so many accounts: `Account 0` with the key `K-0`, and so on.
    static func filled(_ count: Int, _ body: @escaping @Sendable (EmulatedOrg) async throws -> Void) async throws {
        try await with { org in
            let rows = (0..<count).map { "\"Account \($0)\",\"K-\($0)\"\n" }.joined()
            let spec = IngestJobSpec(object: "Account", operation: .insert)
            let job = try await org.load(spec, "\"Name\",\"External_Id__c\"\n" + rows)
            try #require(
                job.state == .jobComplete && job.numberRecordsProcessed == count && job.numberRecordsFailed == 0
            )
            try await body(org)
        }
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

    /// Loads CSV by Bulk 2.0 and waits until the job has ended.
    func load(_ spec: IngestJobSpec, _ csv: String) async throws -> IngestJob {
        let job = try await client.createIngestJob(spec)
        try await client.upload(IngestUpload(bytes: Array(csv.utf8)), toIngestJob: job.id)
        _ = try await client.closeIngestJob(job.id)
        return try await ended(job.id)
    }

    func ended(_ id: String) async throws -> IngestJob {
        for _ in 0..<100_000 {
            let job = try await client.ingestJob(id)
            if job.state.isFinal { return job }
            await Task.yield()
        }
        throw CancellationError()
    }

    /// A result set, each row by its columns' names.
    func results(_ id: String, _ set: IngestResultSet) async throws -> [[String: String]] {
        var rows: [[String: String]] = []
        let count = try await client.results(ofIngestJob: id, set) { _ in
            rows = []
        } row: { columns, record in
            rows.append(
                Dictionary(columns.names.enumerated().map { ($1, record.text($0)) }) { first, _ in first }
            )
        }
        guard count == rows.count else { throw CancellationError() }
        return rows
    }
}

/// Keeps what the client reports.
final class KeptRecords: CallObserving {
    private let kept = Mutex<[CallRecord]>([])

    var all: [CallRecord] { kept.withLock { $0 } }

    func finished(_ call: CallRecord) {
        kept.withLock { $0.append(call) }
    }
}

extension Array where Element == UInt8 {
    /// A JSON body from its text.
    static func json(_ text: String) -> [UInt8] { Array(text.utf8) }
}
