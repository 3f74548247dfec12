import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `login D [--no-browser]`.
struct LoginCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in to a destination: by its key, or in the browser.",
        discussion:
            "With --no-browser the address is printed, and the address that the browser ends at is to be pasted."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The destination.", completion: NameCompletion.destinations)
    var destination: String

    @Flag(help: "Neither open a browser nor wait for it here.")
    var noBrowser = false

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let begun: Received<LoginAnswer> = try await daemon.post(
            ControlPath.login,
            LoginCommand(destination: destination)
        )
        guard !begun.document.done, let address = begun.document.address else { return show(begun, output) }
        let redirected =
            noBrowser ? try pasted(address) : try await browsed(address, begun.document.redirectUri, output)
        let command = LoginFinishCommand(destination: destination, redirected: redirected)
        return show(try await daemon.post(ControlPath.loginFinish, command), output)
    }

    // MARK: - Implementation

    private func show(_ received: Received<LoginAnswer>, _ output: Output) -> Int32 {
        output.show(received) { [$0.message.harmless] }
        return 0
    }

    private func pasted(_ address: String) throws -> String {
        Output.writeError(
            "Open this address, sign in, and paste the address that the browser ends at (the page itself will not load):\n\n\(address)\n\n> "
        )
        guard let line = readLine(), !line.isEmpty else {
            throw ControlFault(.usage, "cannot sign in: no address was pasted")
        }
        return line
    }

    private func browsed(_ address: String, _ redirect: String?, _ output: Output) async throws -> String {
        guard let redirect, let port = LoopbackReceiver.port(of: redirect) else {
            throw ControlFault(
                .usage,
                "cannot wait for the browser: the redirect is not to this host",
                hint: "use --no-browser"
            )
        }
        let receiver = try LoopbackReceiver(port: port)
        output.notice("Opening the browser; sign in there. If none opens, go to:\n\(address)")
        Browser.open(address)
        guard let path = try await Interrupt.racing(within: globals.timeout, { try await receiver.requestedPath() })
        else {
            throw ControlFault(.detached, "cannot sign in: interrupted")
        }
        return "http://localhost:\(port)\(path)"
    }
}
