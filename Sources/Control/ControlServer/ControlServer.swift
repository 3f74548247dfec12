import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves the control socket until it is told to stop: then no new connection is taken, requests under way are answered, streams end.
package final class ControlServer: Service {
    private let listener: ControlListener
    private let keepsFile: Bool
    private let bounds: ConnectionBounds
    private let answering: Answering
    private let peer: @Sendable (any Channel) throws -> Peer
    private let logger: Logger
    private let onListening: @Sendable () async -> Void
    private let admission: Mutex<Admission>
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// - Parameters:
    ///   - listener: its descriptor belongs to the server from now on.
    ///   - keepsFile: leaves the socket's file in place at the end, for a socket that the service manager keeps.
    ///   - rules: who has which role; `renew(_:)` replaces them.
    ///   - daemon: what answers.
    ///   - version: the daemon's, for the header.
    ///   - bounds: how many connections, how large, how slow.
    ///   - peer: asks who is connected; tests put somebody else there.
    ///   - logger: journals changes and refusals.
    ///   - onAnswer: told of each request that was answered, and how.
    ///   - onListening: called once, when connections are taken.
    package convenience init(
        listener: ControlListener,
        keepsFile: Bool = false,
        rules: AccessRules,
        daemon: any DaemonOperations,
        version: String,
        bounds: ConnectionBounds = ConnectionBounds(),
        peer: (@Sendable () throws -> Peer)? = nil,
        logger: Logger,
        onAnswer: @escaping @Sendable (_ verb: String, _ status: Int) -> Void = { _, _ in },
        onListening: @escaping @Sendable () async -> Void = {}
    ) {
        let answering = Answering(
            rules: rules,
            daemon: daemon,
            version: version,
            bounds: bounds,
            logger: logger,
            onAnswer: onAnswer
        )
        self.init(
            listener: listener,
            keepsFile: keepsFile,
            bounds: bounds,
            answering: answering,
            peer: { channel in try peer?() ?? Peer.of(channel) },
            logger: logger,
            onListening: onListening
        )
    }

    private init(
        listener: ControlListener,
        keepsFile: Bool,
        bounds: ConnectionBounds,
        answering: Answering,
        peer: @escaping @Sendable (any Channel) throws -> Peer,
        logger: Logger,
        onListening: @escaping @Sendable () async -> Void
    ) {
        self.listener = listener
        self.keepsFile = keepsFile
        self.bounds = bounds
        self.answering = answering
        self.peer = peer
        self.logger = logger
        self.onListening = onListening
        admission = Mutex(Admission(bounds: bounds))
    }

    /// What is served: `GET /v1/status` and so on.
    package static var served: [String] {
        RouteTable.routes.map { "\($0.method.rawValue) \($0.path)" }
    }

    /// Puts other rules in force, from the next request on.
    package func renew(_ rules: AccessRules) {
        answering.renew(rules)
    }

    package func run() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .bind(listener.descriptor) { self.welcome($0) }
        await onListening()
        await withTaskCancellationOrGracefulShutdownHandler {
            await serve(server)
        } onCancelOrGracefulShutdown: {
            server.channel.close(promise: nil)
            for channel in self.open.withLock({ Array($0.values) }) {
                channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        if !keepsFile { listener.removeFile() }
    }

    // MARK: - Implementation

    /// A connection that was let in, and what speaks HTTP on it; nil: it was closed at once.
    private typealias Guest = (http: HTTP1Channel, channel: HTTP1Channel.Value)?

    private func serve(_ server: NIOAsyncChannel<Guest, Never>) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { arrivals in
                    for try await guest in arrivals {
                        guard let guest else { continue }
                        group.addTask { await guest.http.handle(value: guest.channel, logger: self.logger) }
                    }
                }
            } catch  where !Task.isCancelled {
                logger.error("Control socket stopped listening", error: error)
            } catch {
                // Told to stop: nothing is wrong.
            }
        }
    }

    /// Asks who it is, says whether they may come in, and sets HTTP up.
    ///
    /// On the connection's event loop.
    private func welcome(_ channel: any Channel) -> EventLoopFuture<Guest> {
        let peer: Peer
        do {
            peer = try self.peer(channel)
        } catch {
            logger.warning("Connection closed", error: error)
            return turnedAway(channel)
        }
        let verdict = admission.withLock { $0.arrived(peer.uid) }
        let identity = ObjectIdentifier(channel)
        open.withLock { $0[identity] = channel }
        channel.closeFuture.whenComplete { _ in
            self.open.withLock { $0[identity] = nil }
            self.admission.withLock { $0.left(peer.uid, verdict) }
        }
        guard verdict != .dropped else { return turnedAway(channel) }
        let http = HTTP1Channel(
            responder: { [answering] request, writer, channel in
                try await answering.answer(
                    request,
                    from: peer,
                    verdict: verdict,
                    on: channel,
                    to: writer
                )
            },
            configuration: HTTP1Channel.Configuration(
                idleTimeout: TimeAmount(bounds.patience),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16_384,
                    maxHeaderListSize: 65_536,
                    maxHeaderFieldCount: 100
                )
            )
        )
        return http.setup(channel: channel, logger: logger).map { (http, $0) }
    }

    private func turnedAway(_ channel: any Channel) -> EventLoopFuture<Guest> {
        channel.close(promise: nil)
        return channel.eventLoop.makeSucceededFuture(nil)
    }
}
