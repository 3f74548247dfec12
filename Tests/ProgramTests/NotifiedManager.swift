import Glibc
import TestKit

/// Stands in for the service manager: a datagram socket in the scratch folder that keeps what the daemon says to it.
final class NotifiedManager: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ folder: ScratchFolder) throws {
        path = folder.path("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, bound == 0 else { throw Unexpected(description: "cannot bind \(path)") }
    }

    deinit { close(descriptor) }

    /// What was said since the last time.
    func messages() -> [String] {
        var all: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return all }
            all.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    /// What was said up to the message with this text, which is waited for.
    func messages(until text: String) async throws -> [String] {
        var all: [String] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while !all.contains(where: { $0.contains(text) }) {
            guard ContinuousClock.now < deadline else {
                throw Unexpected(description: "the daemon did not say \(text), but \(all)")
            }
            all += messages()
            try await Task.sleep(for: .milliseconds(20))
        }
        return all
    }
}
