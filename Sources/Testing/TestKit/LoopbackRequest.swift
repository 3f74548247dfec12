import Foundation
import Glibc

/// A request that came to a server on the loopback.
package struct LoopbackRequest: Sendable {
    package var method: String
    /// Path and query.
    package var target: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Reads requests off a connection: heads, and bodies of a known length or in chunks.
package struct LoopbackRequestReader {
    private let connection: Int32
    private var pending: [UInt8] = []

    package init(connection: Int32) {
        self.connection = connection
    }

    /// The next whole request; nil when the other side leaves before its end.
    package mutating func next() -> LoopbackRequest? {
        guard let first = line() else { return nil }
        let words = first.split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        while let header = line(), !header.isEmpty {
            let parts = header.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
        }
        var body: [UInt8] = []
        if headers["transfer-encoding"] == "chunked" {
            while let size = line().flatMap({ Int($0, radix: 16) }) {
                guard let chunk = bytes(size) else { return nil }
                body += chunk
                _ = line()
                if size == 0 { break }
            }
        } else if let length = headers["content-length"].flatMap(Int.init) {
            guard let whole = bytes(length) else { return nil }
            body = whole
        }
        return LoopbackRequest(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
    }

    // MARK: - Implementation

    private mutating func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                var text = String(decoding: pending[..<end], as: UTF8.self)
                if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
                pending.removeSubrange(...end)
                return text
            }
            guard fill() else { return nil }
        }
    }

    private mutating func bytes(_ count: Int) -> [UInt8]? {
        while pending.count < count {
            guard fill() else { return nil }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private mutating func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending.append(contentsOf: buffer[..<count])
        return true
    }
}

/// A socket that listens on a free port of the loopback.
package struct LoopbackListener: Sendable {
    package let descriptor: Int32
    /// `http://127.0.0.1:PORT`.
    package let address: String

    /// - Throws: no port is free.
    package init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = descriptor
        let result = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0, listen(listener, 64) == 0 else { return Int32(-1) }
                return getsockname(listener, generic, &length)
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    }

    /// Hands out connections, one after the other, until `stop`; then the socket is closed.
    package func serve(_ body: (Int32) -> Void) {
        while true {
            let connection = accept(descriptor, nil, nil)
            if connection >= 0 {
                body(connection)
                continue
            }
            if errno == EINTR || errno == ECONNABORTED { continue }
            // Closed by the thread that uses it: its number may be another server's a moment later.
            close(descriptor)
            return
        }
    }

    /// Wakes who serves, who finds nothing more to accept; once, since after that the number may be another server's.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
