import ArgumentParser
import ControlClient
import ControlProtocol

/// `logout D`.
struct LogoutCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget a destination's sign-in, and revoke it."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The destination.", completion: NameCompletion.destinations)
    var destination: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.logout, LoginCommand(destination: destination)), ActionText.lines)
        return 0
    }
}
