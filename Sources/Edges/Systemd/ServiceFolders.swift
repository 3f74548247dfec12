/// The folders that the service manager gave to the daemon.
package struct ServiceFolders: Sendable, Equatable {
    package var state: String?
    package var runtime: String?
    package var configuration: String?
    package var credentials: String?

    /// Reads `$STATE_DIRECTORY`, `$RUNTIME_DIRECTORY`, `$CONFIGURATION_DIRECTORY` and `$CREDENTIALS_DIRECTORY`; of several, separated by colons, the first.
    package init(environment: [String: String]) {
        func folder(_ name: String) -> String? {
            environment[name]?.split(separator: ":").first.map(String.init)
        }
        state = folder("STATE_DIRECTORY")
        runtime = folder("RUNTIME_DIRECTORY")
        configuration = folder("CONFIGURATION_DIRECTORY")
        credentials = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
