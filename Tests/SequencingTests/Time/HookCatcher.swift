import Foundation
import Glibc
import Synchronization

/// An address on the loopback that keeps what is posted to it.
final class HookCatcher: Sendable {
    struct Post: Sendable {
        /// Names in lower case.
        var headers: [String: String]
        var body: Data
        /// The request line.
        var request: String
    }

    let address: String
    private let listener: Int32
    private let status: Int
    private let state = Mutex<[Post]>([])

    var posts: [Post] { state.withLock { $0 } }

    /// `status`: what everybody is answered.
    init(status: Int = 200) throws {
        self.status = status
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let result = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0, listen(listener, 16) == 0 else { return Int32(-1) }
                return getsockname(listener, generic, &length)
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        Thread.detachNewThread { self.serve() }
    }

    /// Takes nothing more.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    // MARK: - Implementation

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                close(listener)
                return
            }
            if let post = read(connection) { state.withLock { $0.append(post) } }
            let answer = "HTTP/1.1 \(status) Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
    }

    /// A whole request; nil when the other side leaves before its end.
    private func read(_ connection: Int32) -> Post? {
        var bytes: [UInt8] = []
        var head: (headers: [String: String], request: String, length: Int)?
        while true {
            if head == nil, let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let headers = lines.dropFirst().map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (parts[0].lowercased(), parts.last?.trimmingCharacters(in: .whitespaces) ?? "")
                }
                head = (
                    Dictionary(headers) { first, _ in first }, lines.first.map(String.init) ?? "", end.upperBound
                )
            }
            if let head, let announced = head.headers["content-length"].flatMap({ Int($0) }),
                bytes.count >= head.length + announced
            {
                let body = Data(bytes[head.length..<head.length + announced])
                return Post(headers: head.headers, body: body, request: head.request)
            }
            var portion = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &portion, portion.count, 0)
            guard count > 0 else { return nil }
            bytes += portion[..<count]
        }
    }
}
