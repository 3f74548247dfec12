package import SyncModel

/// Reads secrets where the definitions say they are; the program hands in the ways of the host.
package struct SecretAccess: Sendable {
    private let readReference: @Sendable (SecretReference) throws -> String

    package init(_ read: @escaping @Sendable (SecretReference) throws -> String) {
        readReference = read
    }

    /// - Throws: `EngineError` that names the secret, never its value.
    package func text(_ value: TextOrSecret) throws -> String {
        switch value {
        case .text(let text): return text
        case .secret(let reference):
            do {
                return try readReference(reference)
            } catch {
                throw EngineError(code: .secret, subject: reference.label, detail: "\(error)")
            }
        }
    }
}

extension SecretReference {
    /// As it stands in the file.
    package var label: String {
        switch self {
        case .credential(let name): "!credential \(name)"
        case .environment(let name): "!env \(name)"
        case .file(let path): "!file \(path)"
        }
    }
}
