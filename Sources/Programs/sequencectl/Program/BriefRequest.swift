import Glibc

/// One GET over the socket, blocking, for two seconds at most: a shell waits for it between two keys.
enum BriefRequest {
    /// The body of a successful answer; nil for anything else.
    static func body(of path: String, socket socketPath: String) -> [UInt8]? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(socketPath.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard connection >= 0 else { return nil }
        defer { close(connection) }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(connection, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard connected == 0, send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        return body(from: connection)
    }

    // MARK: - Implementation

    private static func body(from connection: Int32) -> [UInt8]? {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 16 << 20 {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        // Our server gives every document its length, so the body is not cut into chunks.
        guard answer.starts(with: "HTTP/1.1 200 ".utf8) else { return nil }
        return answer.indices.dropLast(3).first { answer[$0...].starts(with: "\r\n\r\n".utf8) }.map {
            Array(answer[($0 + 4)...])
        }
    }
}
