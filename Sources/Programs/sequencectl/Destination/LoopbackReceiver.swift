import ControlProtocol
import Dispatch
import Glibc

/// Listens on loopback for the one request with which a browser comes back from signing in.
struct LoopbackReceiver: Sendable {
    private let listener: Int32

    /// The port that a redirect on this host names; nil: it is elsewhere.
    static func port(of redirect: String) -> UInt16? {
        for lead in ["http://localhost:", "http://127.0.0.1:"] where redirect.hasPrefix(lead) {
            return UInt16(redirect.dropFirst(lead.count).prefix { $0.isNumber })
        }
        return nil
    }

    init(port: UInt16) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 4) == 0 else {
            let reason = String(cString: strerror(errno))
            close(listener)
            throw ControlFault(
                .failed,
                "cannot wait for the browser on port \(port): \(reason)",
                hint: "use --no-browser"
            )
        }
    }

    /// The path and query of the first request that carries a code or an error; what else a browser asks for is refused.
    func requestedPath() async throws -> String {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Accepting blocks: on a thread of its own.
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try Self.accept(on: listener) })
                }
            }
        } onCancel: {
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    // MARK: - Implementation

    private static func accept(on listener: Int32) throws -> String {
        defer { close(listener) }
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard connection >= 0 else { throw CancellationError() }
            defer { close(connection) }
            var patience = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            guard let path = requestPath(connection) else { continue }
            let isAnswer = path.contains("code=") || path.contains("error=")
            respond(
                isAnswer ? "200 OK" : "404 Not Found",
                isAnswer ? "Signed in. You may close this page." : "Not here.",
                on: connection
            )
            if isAnswer { return path }
        }
    }

    private static func requestPath(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while bytes.count < 65_536, !bytes.contains(0x0A) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        let words = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self).split(separator: " ")
        return words.count == 3 && words[0] == "GET" ? String(words[1]) : nil
    }

    private static func respond(_ status: String, _ text: String, on connection: Int32) {
        let body = "<!doctype html><meta charset=utf-8><title>sequenced</title><p>\(text)"
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: text/html\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        let bytes = Array((head + body).utf8)
        // A browser that has gone already needs no page.
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// The desktop's browser.
enum Browser {
    /// Opens an address; where there is no desktop, nothing happens.
    static func open(_ address: String) {
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(address), nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        posix_spawnp(&child, "xdg-open", nil, nil, &arguments, environ)
    }
}
