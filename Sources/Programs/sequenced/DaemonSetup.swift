import CivilTime
import Foundation
import Logging
import Sequencing
import Systemd

/// Where everything is, from options and environment.
struct DaemonSetup: Sendable {
    var configurationFolder: String
    var stateFolder: String
    var socket: String
    var clock: EngineClock
    var isRehearsal: Bool
    var logLevel: Logger.Level
    var environment: [String: String]
    var folders: ServiceFolders

    init(config: String?, state: String?, socket: String?, rehearse: String?, logLevel: String) throws {
        environment = ProcessInfo.processInfo.environment
        folders = ServiceFolders(environment: environment)
        configurationFolder = config ?? folders.configuration ?? "/etc/sequenced"
        stateFolder = state ?? folders.state ?? "/var/lib/sequenced"
        self.socket = socket ?? (folders.runtime ?? "/run/sequenced") + "/control.sock"
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw StartFailure(
                code: .usage,
                message: "--log-level \(logLevel): trace, debug, info, notice, warning or error is meant"
            )
        }
        self.logLevel = level
        isRehearsal = rehearse != nil
        clock = try rehearse.map(Self.rehearsal) ?? .system
    }

    private static func rehearsal(_ text: String) throws -> EngineClock {
        let parts = text.split(separator: ",")
        guard parts.count == 2, let start = Timestamp(rfc3339: parts[0]), let rate = Double(parts[1]), rate > 0,
            rate <= 100_000
        else {
            throw StartFailure(
                code: .usage,
                message: "--rehearse \(text): START,RATE is meant, as 2026-10-25T00:00:00Z,60"
            )
        }
        return .rehearsing(from: start, rate: rate)
    }
}
