import Foundation
import Glibc
import Synchronization
import TestKit

/// An address on the loopback that keeps what is posted to it.
final class HookCatcher: Sendable {
    private let listener: LoopbackListener
    private let status: Int
    private let state = Mutex<[LoopbackRequest]>([])

    var address: String { listener.address }
    var posts: [LoopbackRequest] { state.withLock { $0 } }

    /// `status`: what everybody is answered.
    init(status: Int = 200) throws {
        self.status = status
        listener = try LoopbackListener()
        Thread.detachNewThread { self.listener.serve { self.answer($0) } }
    }

    /// Takes nothing more.
    func stop() { listener.stop() }

    // MARK: - Implementation

    private func answer(_ connection: Int32) {
        var reader = LoopbackRequestReader(connection: connection)
        if let post = reader.next() { state.withLock { $0.append(post) } }
        let answer = "HTTP/1.1 \(status) Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        close(connection)
    }
}
