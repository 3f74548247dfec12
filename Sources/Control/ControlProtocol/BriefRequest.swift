import Glibc

/// One GET over the socket, blocking, within a short patience: for a shell that waits between two keys, and for a daemon
/// that listens to itself.
package enum BriefRequest {
    /// The body of a successful answer; nil for anything else.
    package static func body(of path: String, socket: String, patience: Duration = .seconds(2)) -> [UInt8]? {
        guard let answer = answer(to: path, socket: socket, patience: patience) else { return nil }
        // Our server gives every document its length, so the body is not cut into chunks.
        guard answer.starts(with: "HTTP/1.1 200 ".utf8) else { return nil }
        return answer.indices.dropLast(3).first { answer[$0...].starts(with: "\r\n\r\n".utf8) }.map {
            Array(answer[($0 + 4)...])
        }
    }

    /// The whole answer; empty when the connection was taken and closed, nil when nothing came in time.
    package static func answer(to path: String, socket socketPath: String, patience: Duration) -> [UInt8]? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(socketPath.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard connection >= 0 else { return nil }
        defer { close(connection) }
        let milliseconds = max(1, Int(patience / .milliseconds(1)))
        var bound = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(connection, SOL_SOCKET, option, &bound, socklen_t(MemoryLayout<timeval>.size))
        }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard connected == 0 else { return nil }
        // A connection that is closed at once, as one too many, takes no request; that is an answer, too.
        _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
        return everything(from: connection)
    }

    // MARK: - Implementation

    private static func everything(from connection: Int32) -> [UInt8]? {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 16 << 20 {
            let count = read(connection, &buffer, buffer.count)
            if count < 0, errno == EAGAIN { return answer.isEmpty ? nil : answer }
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        return answer
    }
}
