import CivilTime
import ControlAnswers
import ControlProtocol
import ControlServer
import DefinitionLoading
import Definitions
import Foundation
import Logging
import Sequencing
import SyncModel
import Synchronization
import Systemd

/// Reads the definitions at start and again when asked; all or nothing.
final class Reloader: Sendable {
    private struct State {
        var definitions: DefinitionSet
        /// As they were read, for `diff`.
        var files: FilesInForce
        var generation = 1
        var loaded: Timestamp
        var warnings: [String] = []
        var conductor: Conductor?
        var timekeeper: Timekeeper?
        var voice: ServiceVoice?
        var status: StatusKeeper?
        var meters: DaemonMeters?
        var onRules: (@Sendable (AccessRules) -> Void)?
    }

    private let loader: DefinitionLoader
    private let setup: DaemonSetup
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: `StartFailure` that lists every fault.
    init(setup: DaemonSetup, logger: Logger) throws {
        self.setup = setup
        self.logger = logger
        loader = DefinitionLoader(folder: setup.configurationFolder)
        let (definitions, files, faults, notices) = Self.read(loader, setup)
        guard let definitions, faults.isEmpty else {
            let lines = faults.map { "  \($0.words)" }.joined(separator: "\n")
            throw StartFailure(code: .definitions, message: "the definitions are not valid:\n\(lines)")
        }
        for notice in notices { logger.notice("Definition is noticed", metadata: ["notice": "\(notice.words)"]) }
        let kept = FilesInForce(files, folder: setup.stateFolder)
        state = Mutex(State(definitions: definitions, files: kept, loaded: setup.clock.now))
    }

    var definitions: DefinitionSet { state.withLock { $0.definitions } }
    var loaded: Timestamp { state.withLock { $0.loaded } }
    var warnings: [String] { state.withLock { $0.warnings } }
    var rules: AccessRules { Self.rules(definitions.settings.roles) }

    /// The files in force, as they were read.
    var files: DefinitionFilesAnswer {
        let (files, generation, loaded) = state.withLock { ($0.files, $0.generation, $0.loaded) }
        return DefinitionFilesAnswer(
            folder: setup.configurationFolder,
            generation: generation,
            loaded: loaded.rfc3339,
            files: files.files
        )
    }

    func attach(
        _ conductor: Conductor,
        _ timekeeper: Timekeeper,
        _ voice: ServiceVoice,
        _ status: StatusKeeper,
        _ meters: DaemonMeters
    ) {
        state.withLock {
            $0.conductor = conductor
            $0.timekeeper = timekeeper
            $0.voice = voice
            $0.status = status
            $0.meters = meters
        }
    }

    func onRules(_ body: @escaping @Sendable (AccessRules) -> Void) {
        state.withLock { $0.onRules = body }
    }

    /// Puts the definitions on disk in force, or leaves those in force as they are and says why.
    func reload() async -> ReloadAnswer {
        let (conductor, timekeeper, voice) = state.withLock { ($0.conductor, $0.timekeeper, $0.voice) }
        voice?.say([.reloading(monotonic: ServiceManager.monotonicMicroseconds())])
        let answer = await reloadBetweenNotices(conductor, timekeeper)
        // READY follows in any case: the unit would hang in `reloading` otherwise.
        let status = await state.withLock { $0.status }?.line()
        voice?.say([.ready] + (status.map { [.status($0)] } ?? []))
        state.withLock { $0.meters }?.reloaded(accepted: answer.accepted)
        return answer
    }

    // MARK: - Implementation

    private func reloadBetweenNotices(_ conductor: Conductor?, _ timekeeper: Timekeeper?) async -> ReloadAnswer {
        let (found, files, faults, notices) = Self.read(loader, setup)
        guard let found, faults.isEmpty else { return refused(faults, notices) }
        do {
            // Equal ones, too: the zone data may be newer.
            try await conductor?.reload(found)
        } catch {
            let fault = FaultReport(
                file: setup.configurationFolder,
                line: nil,
                column: nil,
                key: nil,
                message: "\(error)",
                suggestion: nil
            )
            return refused([fault], notices)
        }
        let kept = FilesInForce(files, folder: setup.stateFolder)
        let (changed, generation, onRules) = state.withLock { state in
            let changed = found != state.definitions
            if changed { state.generation += 1 }
            state.definitions = found
            state.files = kept
            state.loaded = setup.clock.now
            state.warnings = []
            return (changed, state.generation, state.onRules)
        }
        do {
            try await timekeeper?.ready()
        } catch {
            logger.error("Schedules could not be worked out", metadata: ["error": "\(error)"])
        }
        timekeeper?.wake()
        Heap.trim()
        onRules?(Self.rules(found.settings.roles))
        logger.notice(
            "Definitions are reloaded",
            metadata: ["sequenced.event": "reload-accepted", "generation": "\(generation)"]
        )
        return ReloadAnswer(accepted: true, generation: generation, changed: changed, notices: notices)
    }

    private func refused(_ faults: [FaultReport], _ notices: [FaultReport]) -> ReloadAnswer {
        logger.error(
            "Reload was refused",
            metadata: ["sequenced.event": "reload-rejected", "faults": "\(faults.count)"]
        )
        let generation = state.withLock { state in
            state.warnings = [
                "the last reload was refused (\(faults.count == 1 ? "1 fault" : "\(faults.count) faults")): "
                    + "what is in force is of \(state.loaded.rfc3339.prefix(16).replacing("T", with: " ")) UTC"
            ]
            return state.generation
        }
        return ReloadAnswer(accepted: false, generation: generation, changed: false, faults: faults, notices: notices)
    }

    private static func read(
        _ loader: DefinitionLoader,
        _ setup: DaemonSetup
    ) -> (DefinitionSet?, [DefinitionFilesAnswer.File], [FaultReport], [FaultReport]) {
        do {
            let files = try loader.files()
            let reading = DefinitionLoader.check(files)
            var faults = reading.faults.map(FaultReport.init)
            if let definitions = reading.definitions, setup.isRehearsal {
                let places = DefinitionPlaces(files)
                for destination in definitions.destinations.values.sorted(by: { $0.name < $1.name })
                where !destination.isOnLoopback {
                    let file = "destinations/\(destination.name).yaml"
                    let spot = places.spot(of: "login_url", in: file, isOfValue: true)
                    faults.append(
                        FaultReport(
                            file: spot?.file ?? file,
                            line: spot?.line,
                            column: spot?.column,
                            key: "login_url",
                            message: "a rehearsal writes only to destinations on loopback, as an emulator's",
                            suggestion: nil
                        )
                    )
                }
            }
            return (reading.definitions, files.compactMap(\.report), faults, reading.notices.map(FaultReport.init))
        } catch {
            let fault = FaultReport(
                file: setup.configurationFolder,
                line: nil,
                column: nil,
                key: nil,
                message: "\(error)",
                suggestion: nil
            )
            return (nil, [], [fault], [])
        }
    }

    private static func rules(_ roles: DaemonSettings.Roles) -> AccessRules {
        func numbers(_ names: [String]) -> Set<UInt32> { Set(names.compactMap { groupNumber(named: $0) }) }
        return AccessRules(
            ownUser: geteuid(),
            viewers: numbers(roles.viewer),
            operators: numbers(roles.operator),
            admins: numbers(roles.admin)
        )
    }
}

extension FaultReport {
    /// `file:line:column: message`, as compilers write it.
    var words: String {
        let place = line.map { ":\($0)\(column.map { ":\($0)" } ?? "")" } ?? ""
        return "\(file)\(place): \(message)\(suggestion.map { ", did you mean `\($0)`?" } ?? "")"
    }
}

extension DefinitionFile {
    /// The file for `diff`, if the daemon reads it at all: definitions and queries.
    fileprivate var report: DefinitionFilesAnswer.File? {
        guard [".yaml", ".yml", ".sql"].contains(where: path.hasSuffix), case .text(let text) = contents else {
            return nil
        }
        return DefinitionFilesAnswer.File(file: path, text: text)
    }
}

extension DestinationDefinition {
    /// Whether its address is this machine.
    fileprivate var isOnLoopback: Bool {
        guard let host = URLComponents(string: loginURL)?.host else { return false }
        return host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
    }
}
