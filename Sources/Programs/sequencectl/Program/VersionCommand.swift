import ArgumentParser
import ControlClient
import ControlProtocol
import SyncModel

/// `version`.
struct VersionCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "The versions of this program and of the daemon."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output) async throws -> Int32 {
        // A daemon that is not there has no version; that is no fault here.
        let daemon = try? await ControlClient.with(socket: globals.socket, timeout: globals.timeout ?? .seconds(2)) {
            client in
            let received: Received<VersionAnswer> = try await client.get(ControlPath.version)
            return received.document.version
        }
        try output.show(Document(version: SoftwareVersion.text, daemon: OrNull(wrappedValue: daemon))) { document in
            ["sequencectl \(document.version)", "sequenced \(daemon ?? "(not reached)")"]
        }
        return 0
    }

    private struct Document: Encodable {
        var schema = ControlCoding.schema
        var version: String
        var daemon: OrNull<String>
    }
}
