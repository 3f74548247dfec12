import ArgumentParser
import Foundation
import Logging
import SalesforceEmulator
import ServiceLifecycle
import UnixSignals

/// `salesforce-emulator`: a Salesforce that runs on a laptop.
@main
struct EmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salesforce-emulator",
        abstract: "A Salesforce that runs on a laptop, for trying loads before they touch an org."
    )

    @Option(help: "The address and port to listen on; port 0 takes a free one.")
    var listen = "127.0.0.1:0"

    @Flag(help: "Speak TLS, with a certificate made for this run.")
    var tls = false

    @Option(help: ArgumentHelp("Where the CA of that certificate is written.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("What to add to the standard org.", valueName: "org.yaml"))
    var org: String?

    @Option(
        help: ArgumentHelp(
            "A certificate or public key that may sign assertions for emulator-client.",
            valueName: "file"
        )
    )
    var jwtCertificate: [String] = []

    @Option(help: ArgumentHelp("Keep the records here between runs.", valueName: "dir"))
    var data: String?

    @Option(help: "Makes every random choice repeatable.")
    var seed: UInt64 = 1

    @Flag(help: "Print nothing but the address.")
    var quiet = false

    func run() async throws {
        let emulator: Emulator
        do {
            let isQuiet = quiet
            emulator = try await Emulator(options()) { address in
                print("listening on \(address.baseURL)")
                if !isQuiet {
                    FileHandle.standardError.write(
                        Data("user admin@example.com, app emulator-client; stop with ctrl-c\n".utf8)
                    )
                }
                fflush(nil)
            }
        } catch let error as EmulatorError {
            throw ValidationError(error.description)
        }
        var logger = Logger(label: "salesforce-emulator")
        logger.logLevel = .critical
        let group = ServiceGroup(
            configuration: .init(services: [emulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        )
        try await group.run()
    }

    private func options() throws -> EmulatorOptions {
        var options = EmulatorOptions()
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ValidationError("cannot listen on \(listen): expected ADDRESS:PORT") }
        options.host = listen[..<colon].filter { $0 != "[" && $0 != "]" }
        options.port = port
        options.usesTLS = tls
        options.caFile = caFile
        if let org {
            options.org = try read(org)
            options.orgFolder = URL(fileURLWithPath: org).deletingLastPathComponent().path
        }
        options.jwtCertificates = try jwtCertificate.map { try read($0) }
        options.dataFolder = data
        options.seed = seed
        options.isQuiet = quiet
        return options
    }

    private func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("cannot read \(path): \(error.localizedDescription)")
        }
    }
}
