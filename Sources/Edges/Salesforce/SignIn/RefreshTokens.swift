import Synchronization

/// The refresh token in hand, and where a new one is written down.
final class RefreshTokens: Sendable {
    private let token: Mutex<String>
    private let written: (@Sendable (String) async throws -> Void)?

    init(first: String, written: (@Sendable (String) async throws -> Void)?) {
        token = Mutex(first)
        self.written = written
    }

    func current() -> String { token.withLock { $0 } }

    /// Takes a rotated token, and has it stored before the new session is used.
    func replace(with new: String) async throws {
        let isNew = token.withLock { token in
            defer { token = new }
            return token != new
        }
        if isNew { try await written?(new) }
    }
}
