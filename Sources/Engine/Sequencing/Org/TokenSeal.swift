internal import Crypto
internal import Foundation
internal import SyncModel

/// Seals a token with the credential `state-key` where the unit has one; else it lies there as it is, for its owner only.
struct TokenSeal {
    private let key: SymmetricKey?

    /// The credential may be any text: the key is derived from it.
    init(_ secrets: SecretAccess) {
        // Without the credential tokens are not sealed; one that is says so when it is opened.
        let text = try? secrets.text(.secret(.credential("state-key")))
        key = text.map { SymmetricKey(data: SHA256.hash(data: Data($0.utf8))) }
    }

    func sealed(_ token: String, of destination: String) throws -> String {
        guard let key else { return token + "\n" }
        let box = try AES.GCM.seal(Data(token.utf8), using: key, authenticating: Data(destination.utf8))
        guard let combined = box.combined else {
            throw EngineError(code: .secret, subject: "token of \(destination)", detail: "it could not be sealed")
        }
        return Self.mark + combined.base64EncodedString() + "\n"
    }

    /// - Throws: `EngineError` when it is sealed with another key, or there is none.
    func opened(_ text: String, of destination: String) throws -> String {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix(Self.mark) else { return text }
        func fault(_ why: String) -> EngineError {
            EngineError(
                code: .secret,
                subject: "token of \(destination)",
                detail: "it is sealed, and \(why); sign in again with `sequencectl login \(destination)`"
            )
        }
        guard let key else { throw fault("there is no credential state-key") }
        guard let data = Data(base64Encoded: String(text.dropFirst(Self.mark.count))),
            let box = try? AES.GCM.SealedBox(combined: data),
            let token = try? AES.GCM.open(box, using: key, authenticating: Data(destination.utf8))
        else { throw fault("the credential state-key is not the one that it was sealed with") }
        return String(decoding: token, as: UTF8.self)
    }

    private static let mark = "sealed-1:"
}
