import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle

/// A running Salesforce: a server and the runner of its jobs.
package struct Emulator: Service {
    private let options: EmulatorOptions
    private let org: Org
    private let bell: WorkBell
    private let server: HTTPServerBuilder
    private let onListening: @Sendable (EmulatorAddress) -> Void

    /// Builds the org and, for TLS, the certificate.
    ///
    /// - Throws: ``EmulatorError`` when the org's file, kept records or a certificate cannot be read.
    package init(
        _ options: EmulatorOptions,
        onListening: @escaping @Sendable (EmulatorAddress) -> Void
    ) async throws {
        self.options = options
        self.onListening = onListening
        bell = WorkBell()
        org = try Org(options: options, work: bell)
        try await org.setUp()
        server =
            options.usesTLS ? try .tls(.http1(), tlsConfiguration: SelfSigned.make(caFile: options.caFile)) : .http1()
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked.
    ///
    /// - Throws: ``EmulatorError`` when it cannot listen where it should, or its records cannot be kept.
    package func run() async throws {
        let scheme = options.usesTLS ? "https" : "http"
        let host = options.host
        let onListening = onListening
        var logger = Logger(label: "salesforce-emulator")
        logger.logLevel = .critical
        let application = Application(
            responder: CallResponder(org: org, scheme: scheme),
            server: server,
            configuration: .init(address: .hostname(host, port: options.port), serverName: "sfdcedge", backlog: 1_024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let shown = host.contains(":") ? "[\(host)]" : host
                onListening(EmulatorAddress(baseURL: "\(scheme)://\(shown):\(port)", host: host, port: port))
            },
            logger: logger
        )
        let runner = JobRunner(org: org, bell: bell)
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: runner), .init(service: application)],
                gracefulShutdownSignals: [],
                logger: logger
            )
        )
        do {
            try await services.run()
        } catch {
            throw EmulatorError(listening: error, on: options.listenAddress) ?? error
        }
        try await org.keepSnapshot()
    }
}

/// Runs an emulator on a free port of the loopback for as long as `body` takes.
package func withEmulator<Result: Sendable>(
    _ options: EmulatorOptions = EmulatorOptions(),
    _ body: @escaping @Sendable (EmulatorAddress) async throws -> Result
) async throws -> Result {
    let (addresses, listening) = AsyncStream.makeStream(of: EmulatorAddress.self)
    let emulator = try await Emulator(options) { address in
        listening.yield(address)
        listening.finish()
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { listening.finish() }
            try await emulator.run()
        }
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next() else {
            try await group.next()
            throw CancellationError()
        }
        defer { group.cancelAll() }
        return try await body(address)
    }
}
