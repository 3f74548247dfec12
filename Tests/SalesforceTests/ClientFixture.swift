import CivilTime
import Foundation
import Synchronization

@testable import Salesforce

/// A client and the scripted Salesforce that it talks to.
struct ClientFixture {
    static let orgID = "00D5g00000AbCdEEAV"
    static let userID = "0055g00000KpQrSAAV"

    let server: ScriptedServer
    let client: SalesforceClient
    let records: CallRecords

    /// Lends a client; `script` answers all but sign-in, which gives the tokens `token-1`, `token-2` and so on.
    static func with<Result>(
        retryFor: Duration = .seconds(20),
        requestTimeout: Duration = .seconds(30),
        concurrentRequests: Int = 10,
        _ script: @escaping ScriptedServer.Script,
        body: (ClientFixture) async throws -> Result
    ) async throws -> Result {
        let tokens = Counter()
        let box = AddressBox()
        let server = try ScriptedServer { request in
            if request.path == "/services/oauth2/token" { return .json(tokenAnswer(tokens.next(), at: box.address)) }
            return script(request)
        }
        box.set(server.address)
        return try await lend(
            server,
            configuration(server.address, retryFor, requestTimeout, concurrentRequests),
            body: body
        )
    }

    /// Lends a client whose sign-in is scripted too.
    static func withSignIn<Result>(
        grant: SalesforceConfiguration.Grant = .clientCredentials(clientID: "app", clientSecret: "s3cret"),
        retryFor: Duration = .seconds(20),
        refreshTokenReplaced: (@Sendable (String) async throws -> Void)? = nil,
        _ script: @escaping @Sendable (ReceivedRequest, String) -> Reply,
        body: (ClientFixture) async throws -> Result
    ) async throws -> Result {
        let box = AddressBox()
        let server = try ScriptedServer { script($0, box.address) }
        box.set(server.address)
        var configuration = configuration(server.address, retryFor, .seconds(30), 10)
        configuration.grant = grant
        return try await lend(server, configuration, refreshTokenReplaced: refreshTokenReplaced, body: body)
    }

    static func tokenAnswer(_ number: Int, at address: String) -> String {
        """
        {"access_token":"token-\(number)","scope":"api id","instance_url":"\(address)",\
        "id":"https://login.salesforce.com/id/\(orgID)/\(userID)","token_type":"Bearer"}
        """
    }

    // MARK: - Implementation

    private static func configuration(
        _ address: String,
        _ retryFor: Duration,
        _ requestTimeout: Duration,
        _ concurrentRequests: Int
    ) -> SalesforceConfiguration {
        SalesforceConfiguration(
            loginURL: address,
            grant: .clientCredentials(clientID: "app", clientSecret: "s3cret"),
            concurrentRequests: concurrentRequests,
            clientName: "sequenced/1.0",
            requestTimeout: requestTimeout,
            retryFor: retryFor
        )
    }

    private static func lend<Result>(
        _ server: ScriptedServer,
        _ configuration: SalesforceConfiguration,
        refreshTokenReplaced: (@Sendable (String) async throws -> Void)? = nil,
        body: (ClientFixture) async throws -> Result
    ) async throws -> Result {
        server.start()
        defer { server.stop() }
        let records = CallRecords()
        let client = try SalesforceClient(
            configuration,
            observer: records,
            clock: ImpatientClock(),
            now: { Timestamp(seconds: 1_772_360_130) },
            refreshTokenReplaced: refreshTokenReplaced
        )
        do {
            let result = try await body(ClientFixture(server: server, client: client, records: records))
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}

/// Keeps what the client reports.
final class CallRecords: CallObserving {
    private let kept = Mutex<[CallRecord]>([])

    var all: [CallRecord] { kept.withLock { $0 } }

    func finished(_ call: CallRecord) {
        kept.withLock { $0.append(call) }
    }
}

/// Counts up from 1.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    @discardableResult
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

private final class AddressBox: Sendable {
    private let kept = Mutex("")

    var address: String { kept.withLock { $0 } }

    func set(_ address: String) {
        kept.withLock { $0 = address }
    }
}

/// A clock on which every sleep is over at once, and time has passed.
final class ImpatientClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let reached = Mutex(Duration.zero)

    var now: Instant { Instant(offset: reached.withLock { $0 }) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        reached.withLock { $0 = max($0, deadline.offset) }
    }
}
