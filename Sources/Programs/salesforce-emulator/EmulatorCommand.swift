import ArgumentParser
import Foundation
import Logging
import SalesforceEmulator
import ServiceLifecycle
import SyncModel
import UnixSignals

/// `salesforce-emulator`: a Salesforce that runs on a laptop.
@main
struct EmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salesforce-emulator",
        abstract: "A Salesforce that runs on a laptop, for trying loads before they touch an org.",
        version: "salesforce-emulator \(SoftwareVersion.text)"
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
        do {
            try await serve(options())
        } catch let error as EmulatorError {
            FileHandle.standardError.write(Data("salesforce-emulator: \(error.description)\n".utf8))
            throw error.exitCode
        }
    }

    // MARK: - Implementation

    private func serve(_ options: EmulatorOptions) async throws {
        let isQuiet = quiet
        let emulator = try await Emulator(options) { address in
            print("listening on \(address.baseURL)")
            if !isQuiet {
                FileHandle.standardError.write(
                    Data("user admin@example.com, app emulator-client; stop with ctrl-c\n".utf8)
                )
            }
            fflush(nil)
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
        (options.host, options.port) = try addressAndPort()
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

    private func addressAndPort() throws -> (String, Int) {
        let colon = listen.lastIndex(of: ":")
        let host = listen[..<(colon ?? listen.startIndex)].filter { $0 != "[" && $0 != "]" }
        let port = colon.flatMap { UInt16(listen[listen.index(after: $0)...]) }
        guard let port, !host.isEmpty else {
            throw ValidationError(
                "cannot listen on \(listen): ADDRESS:PORT is meant, as 127.0.0.1:8787 or [::1]:8787, with a port of at most 65535 (0 takes a free one)"
            )
        }
        return (host, Int(port))
    }

    private func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("cannot read \(path): \(error.localizedDescription)")
        }
    }
}

extension EmulatorError {
    /// What the program ends with, by sysexits(3).
    fileprivate var exitCode: ExitCode {
        switch code {
        case .badAddress: ExitCode(64)
        case .noTLS, .cannotListen: ExitCode(69)
        case .badData: ExitCode(73)
        case .addressTaken: ExitCode(75)
        case .notPermitted: ExitCode(77)
        case .badOrg, .badCertificate: ExitCode(78)
        }
    }
}
