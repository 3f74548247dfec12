import ControlServer
import Foundation
import Glibc
import Logging
import Synchronization
import TestKit

/// Serves a daemon on a socket in a scratch folder for as long as `body` takes.
func withServed<Result: Sendable>(
    _ daemon: FakeDaemon = FakeDaemon(),
    rules: AccessRules = AccessRules(ownUser: geteuid()),
    bounds: ConnectionBounds = ConnectionBounds(),
    as peer: Peer? = nil,
    log: KeptLog = KeptLog(),
    _ body: @Sendable (String) async throws -> Result
) async throws -> Result {
    try await withScratchFolder { folder in
        let socket = folder.path("control.sock")
        let (listening, continuation) = AsyncStream<Void>.makeStream()
        let server = ControlServer(
            listener: try ControlListener.bind(path: socket, group: nil),
            rules: rules,
            daemon: daemon,
            version: "0.0.0",
            bounds: bounds,
            peer: peer.map { peer in { @Sendable in peer } },
            logger: Logger(label: "test") { _ in log },
            onListening: { continuation.finish() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await _ in listening {}
            let result = try await body(socket)
            group.cancelAll()
            return result
        }
    }
}

/// Keeps what is logged.
struct KeptLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice
    var metadataProvider: Logger.MetadataProvider?
    let entries = Entries()

    final class Entries: Sendable {
        let kept = Mutex<[Logger.Metadata]>([])
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        entries.kept.withLock { $0.append(metadata.merging(event.metadata ?? [:]) { _, new in new }) }
    }
}

/// A connection that sends bytes as they are; what blocks, blocks a thread of its own.
struct RawConnection: Sendable {
    let descriptor: Int32

    init(_ path: String) async throws {
        descriptor = try await onThread {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard connected == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            return descriptor
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the other end closes, or until `mark` has come.
    func receive(until mark: String? = nil) async throws -> String {
        try await onThread {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer[..<count]
                if let mark, String(decoding: bytes, as: UTF8.self).contains(mark) { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}

private func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
    }
}

extension String {
    /// The body of an HTTP answer.
    var httpBody: String {
        range(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? ""
    }
}
