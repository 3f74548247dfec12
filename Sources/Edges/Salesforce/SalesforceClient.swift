import AsyncHTTPClient
package import CivilTime
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import Synchronization

/// One org's APIs, for every task that works on the org: one session, one bound on calls under way, one connection pool.
///
/// Every call has a deadline, is tried again where that is safe, and is reported to the observer. Call `shutdown()`
/// when no call is under way any more.
package final class SalesforceClient: Sendable {
    let configuration: SalesforceConfiguration
    let http: HTTPClient
    let sessions = SessionKeeper()
    let refreshTokens: RefreshTokens
    let slots: CallSlots
    let observer: (any CallObserving)?
    let clock: any Clock<Duration>
    let now: @Sendable () -> Timestamp
    let lastCallID = Atomic<UInt64>(0)
    private let lastLimitInfo = Mutex<LimitInfo?>(nil)
    let uploads = UploadPace()

    /// A client that has not yet signed in.
    ///
    /// The observer hears of every exchange, also of those that failed. Pauses before another attempt are slept on
    /// `clock`; `now` is the time of day, for assertions and records. `refreshTokenReplaced` stores the token that takes
    /// the place of the one in the configuration.
    ///
    /// - Throws: `SalesforceError` of kind `refusedHere` that names the setting at fault.
    package init(
        _ configuration: SalesforceConfiguration,
        observer: (any CallObserving)? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Timestamp = SalesforceClient.timeOfDay,
        refreshTokenReplaced: (@Sendable (String) async throws -> Void)? = nil
    ) throws {
        let checked = try configuration.checked()
        self.configuration = checked
        self.observer = observer
        self.clock = clock
        self.now = now
        slots = CallSlots(count: checked.concurrentRequests)
        let token = if case .refreshToken(_, _, let token) = checked.grant { token } else { "" }
        refreshTokens = RefreshTokens(first: token, written: refreshTokenReplaced)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try checked.httpConfiguration())
    }

    /// What Salesforce said last of the org's calls; nil before the first answer.
    package var limitInfo: LimitInfo? { lastLimitInfo.withLock { $0 } }

    /// Closes all connections; no call may follow.
    package func shutdown() async throws {
        try await http.shutdown()
    }

    /// The host's clock.
    package static let timeOfDay: @Sendable () -> Timestamp = {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    // MARK: - Implementation

    func note(_ info: LimitInfo) {
        lastLimitInfo.withLock { $0 = info }
    }
}

extension SalesforceConfiguration {
    /// - Throws: `SalesforceError` of kind `refusedHere` for a proxy address that is none.
    fileprivate func httpConfiguration() throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let caFile { tls.additionalTrustRoots = [.file(caFile)] }
        var http = HTTPClient.Configuration(
            tlsConfiguration: tls,
            // A redirect would carry the session to a host that the token answer did not name.
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(connectTimeout),
                read: TimeAmount(max(requestTimeout, transferTimeout)),
                write: TimeAmount(max(requestTimeout, transferTimeout))
            ),
            proxy: try proxy.map(Self.proxy),
            // Bounded where bodies are read, piece by piece.
            decompression: .enabled(limit: .none)
        )
        http.httpVersion = .http1Only
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrentRequests
        http.connectionPool.idleTimeout = .seconds(30)
        // We try again ourselves, and know then that nothing was sent.
        http.connectionPool.retryConnectionEstablishment = false
        return http
    }

    private static func proxy(_ text: String) throws -> HTTPClient.Configuration.Proxy {
        guard let address = URLComponents(string: text), address.scheme == "http", let host = address.host,
            !host.isEmpty
        else {
            throw SalesforceError(
                kind: .refusedHere,
                code: SalesforceError.Code.invalidConfiguration,
                message: "proxy is not an address of the form http://[user:password@]host:port",
                action: "use destination"
            )
        }
        let port = address.port ?? 3_128
        guard let user = address.user else { return .server(host: host, port: port) }
        return .server(host: host, port: port, authorization: .basic(username: user, password: address.password ?? ""))
    }
}
