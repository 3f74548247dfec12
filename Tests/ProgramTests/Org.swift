import Foundation
import FoundationNetworking
import TestKit

/// The emulator that a test runs, asked over its admin API what it really holds.
struct Org: Sendable {
    /// `http://127.0.0.1:PORT`.
    let url: String

    /// How many records were ever written, and calls ever made: a doubled create shows.
    struct Counters: Decodable, Sendable {
        var calls: Int
        private var created: [String: Int]
        private var updated: [String: Int]

        func created(_ object: String) -> Int { created[object] ?? 0 }
        func updated(_ object: String) -> Int { updated[object] ?? 0 }
    }

    /// One call that was made.
    struct Call: Decodable, Sendable {
        var n: Int
        var method: String
        var path: String
        var status: Int
        /// By the org's own clock.
        var at: String

        /// Whether it brings rows or steers a job.
        var isWriting: Bool { method != "GET" && !path.contains("/oauth2/") }
    }

    /// The faults that are set, and how often each has struck, at its beginning.
    private struct Faults: Decodable {
        var struck: [Int]
    }

    /// An account that the org holds.
    struct Account: Decodable, Sendable {
        var key: String?

        private enum CodingKeys: String, CodingKey {
            case key = "External_Id__c"
        }
    }

    /// A contact that the org holds.
    struct Contact: Decodable, Sendable {
        var key: String?
        var title: String?
        var account: String?

        private enum CodingKeys: String, CodingKey {
            case key = "External_Id__c"
            case title = "Title"
            case account = "AccountId"
        }
    }

    func counters() async throws -> Counters { try await get("counters") }
    func calls(after number: Int = 0) async throws -> [Call] { try await get("calls?after=\(number)") }
    func accounts() async throws -> [Account] { try await get("records/Account") }
    func contacts() async throws -> [Contact] { try await get("records/Contact") }

    /// Breaks calls or rows, as the emulator's `faults` says.
    func fault(_ json: String) async throws {
        _ = try await send("POST", "faults", json)
    }

    /// Waits until a fault that was set has struck: the call that it delays is then under way.
    func waitForFault() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while .now < deadline {
            let faults: Faults = try await get("faults")
            if faults.struck.contains(where: { $0 > 0 }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Unexpected(description: "no fault has struck within a minute")
    }

    func mendFaults() async throws {
        _ = try await send("DELETE", "faults", nil)
    }

    /// Waits until so many records of an object have been created.
    func waitForCreated(_ count: Int, _ object: String) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await counters().created(object) < count, .now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for so many more calls that bring rows or steer a job, those of sign-ins left out.
    func waitForWritingCall(_ count: Int = 1) async throws {
        let before = try await counters().calls
        // A run may come to its end before so many calls: what is then done to the daemon is as good a moment as any.
        let deadline = ContinuousClock.now + .seconds(10)
        while try await calls(after: before).filter(\.isWriting).count < count, .now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Sets the org's own clock, and how fast it goes.
    func setClock(_ time: String, rate: Int) async throws {
        _ = try await send("POST", "clock", "{\"set\":\"\(time)\",\"rate\":\(rate)}")
    }

    // MARK: - Implementation

    private func get<Answer: Decodable>(_ path: String) async throws -> Answer {
        try JSONDecoder().decode(Answer.self, from: try await send("GET", path, nil))
    }

    private func send(_ method: String, _ path: String, _ body: String?) async throws -> Data {
        guard let address = URL(string: "\(url)/emulator/\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        let (data, answer) = try await URLSession.shared.data(for: request)
        guard let status = (answer as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            throw Unexpected(
                description: "\(method) /emulator/\(path): \(answer) \(String(decoding: data, as: UTF8.self))"
            )
        }
        return data
    }
}
