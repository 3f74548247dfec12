internal import Foundation
internal import Glibc
internal import SyncModel

/// Keeps the refresh tokens of destinations that were signed in to by browser: the one secret that the state holds.
///
/// One file a destination, `STATE/secrets/NAME`, for the daemon's user alone, replaced by rename.
package struct TokenStore: Sendable {
    private let folder: String
    private let secrets: SecretAccess

    package init(stateFolder: String, secrets: SecretAccess) {
        folder = stateFolder + "/secrets"
        self.secrets = secrets
    }

    /// The token of a destination; nil: nobody has signed in.
    ///
    /// - Throws: `EngineError` when it is there and can't be read.
    package func token(of destination: String) throws -> String? {
        let path = path(of: destination)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            return try TokenSeal(secrets).opened(text, of: destination)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(code: .secret, subject: path, detail: error.localizedDescription)
        }
    }

    /// Stores a token, durably, in the place of the one that is there.
    package func store(_ token: String, of destination: String) throws {
        let path = path(of: destination)
        do {
            try StateFolder.make(folder)
            let sealed = try TokenSeal(secrets).sealed(token, of: destination)
            try replace(path, with: Array(sealed.utf8))
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(code: .state, subject: path, detail: error.localizedDescription)
        }
    }

    /// Forgets the token of a destination.
    ///
    /// - Returns: whether there was one.
    package func remove(of destination: String) throws -> Bool {
        let path = path(of: destination)
        guard FileManager.default.fileExists(atPath: path) else { return false }
        do {
            try FileManager.default.removeItem(atPath: path)
            return true
        } catch {
            throw EngineError(code: .state, subject: path, detail: error.localizedDescription)
        }
    }

    // MARK: - Implementation

    private func path(of destination: String) -> String { folder + "/" + destination }

    /// Written beside, made durable, renamed: nobody ever reads half a token.
    private func replace(_ path: String, with bytes: [UInt8]) throws {
        let beside = path + ".new"
        func failed() -> EngineError {
            EngineError(code: .state, subject: path, detail: String(cString: strerror(errno)))
        }
        unlink(beside)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failed() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failed()
                close(descriptor)
                throw error
            }
            written += count
        }
        let isDurable = fsync(descriptor) == 0
        close(descriptor)
        guard isDurable, rename(beside, path) == 0 else { throw failed() }
        // A token that was renewed has made the one before it worthless.
        try StateFolder.synchronize(folder)
    }
}
