import CivilTime
import ControlAnswers
import ControlServer
import Foundation
import Ledger
import Logging
import Sequencing
import ServiceLifecycle
import SyncModel
import Synchronization
import Systemd

/// Puts the parts together, in the order in which they need one another, and runs them until the end.
struct Daemon {
    let setup: DaemonSetup

    init(_ setup: DaemonSetup) {
        self.setup = setup
    }

    func run() async throws {
        let started = setup.clock.now
        let journal = Journal()
        let destination = LogDestination(environment: setup.environment)
        LoggingSystem.bootstrap { destination.handler(label: $0, level: setup.logLevel, journal: journal) }
        let logger = Logger(label: "sequenced")
        let voice = ServiceVoice(manager: ServiceManager(), logger: logger)

        let reloader = try Reloader(setup: setup, logger: logger)
        let lock = try StateLock(folder: setup.stateFolder)
        voice.say([.extendTimeout(.seconds(60)), .status("opening the state")])
        let ledger = try openLedger()
        let conductor = try conductor(reloader.definitions, ledger)
        let timekeeper = Timekeeper(conductor: conductor)
        try await conductor.takeUpOpenRuns { sequence, reason in
            // A sync that was started alone has no schedule that could be paused.
            guard await conductor.definitions.sequences[sequence] != nil else { return }
            try await timekeeper.pause(sequence, until: nil, reason: reason, actor: nil)
        }
        reloader.attach(conductor, timekeeper, voice)
        let (listener, isKept) = try listener(voice, logger)
        let teller = EventTeller(conductor: conductor, voice: voice, logger: logger)
        let answers = DaemonAnswers(
            conductor: conductor,
            timekeeper: timekeeper,
            host: DaemonAnswers.Host(
                started: started,
                configurationFolder: setup.configurationFolder,
                reload: { await reloader.reload() },
                statusLine: { await teller.statusLine() },
                warnings: { reloader.warnings },
                loaded: { reloader.loaded },
                files: { reloader.files },
                metrics: { await teller.metrics() }
            )
        )
        let server = ControlServer(
            listener: listener,
            keepsFile: isKept,
            rules: reloader.rules,
            daemon: answers,
            version: SoftwareVersion.text,
            logger: logger,
            onListening: {
                voice.say([.ready, .status(await teller.statusLine())])
                logger.notice("Daemon is ready", metadata: ["sequenced.event": "ready", "socket": "\(listener.path)"])
            }
        )
        reloader.onRules { server.renew($0) }
        // Stopped in reverse: no elapse is acted on any more, runs come to a place from which they can go on, and the
        // socket answers to the last.
        let signals = SignalService(voice: voice, logger: logger, reload: { _ = await reloader.reload() })
        let keeper = Housekeeper(conductor: conductor)
        let services = ([server, teller, conductor, timekeeper, keeper] as [any Service]).map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services + [.init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch let error as ControlServerError {
            throw StartFailure(code: .permission, message: error.description)
        }
        do {
            // What SQLite keeps beside the file goes into it: a state folder at rest is one file and its snapshots.
            try ledger.close()
        } catch {
            logger.warning("The ledger could not be closed", metadata: ["error": "\(error)"])
        }
        logger.notice("Daemon has stopped", metadata: ["sequenced.event": "stopping"])
        withExtendedLifetime(lock) {}
    }

    // MARK: - Implementation

    private func conductor(_ definitions: DefinitionSet, _ ledger: Ledger) throws -> Conductor {
        do {
            return try Conductor(
                definitions: definitions,
                parts: Conductor.Parts(
                    ledger: ledger,
                    stateFolder: setup.stateFolder,
                    clock: setup.clock,
                    secrets: secrets(),
                    isRehearsal: setup.isRehearsal
                )
            )
        } catch let error as EngineError {
            throw StartFailure(code: .definitions, message: error.description)
        }
    }

    private func openLedger() throws -> Ledger {
        do {
            return try Ledger(folder: setup.stateFolder)
        } catch let error as LedgerError {
            throw StartFailure(code: .stateFolder, message: error.description)
        }
    }

    private func secrets() -> SecretAccess {
        let reader = SecretReader(folders: setup.folders, environment: setup.environment)
        return SecretAccess { reference in
            switch reference {
            case .credential(let name): try reader.credential(name)
            case .environment(let name): try reader.environmentVariable(name)
            case .file(let path): try reader.file(path)
            }
        }
    }

    /// The control socket: handed back by the service manager after a restart, or bound anew and given into its keeping.
    private func listener(_ voice: ServiceVoice, _ logger: Logger) throws -> (ControlListener, isKept: Bool) {
        do {
            let passed = try PassedDescriptor.takeAll()
            if let known = passed.first(where: { $0.name == "control" && $0.isListener(at: setup.socket) })
                ?? passed.first(where: { $0.isListener(at: setup.socket) })
            {
                return (ControlListener.adopt(descriptor: known.number, path: setup.socket), true)
            }
            let group = groupNumber(named: "sequenced")
            if group == nil { logger.info("There is no group sequenced: the socket belongs to the daemon's own group") }
            let folder = (setup.socket as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // Only root can give the file to a group that is not the daemon's own; its own it has without being given.
            let given = geteuid() == 0 && group != getegid() ? group : nil
            let listener = try ControlListener.bind(path: setup.socket, group: given)
            return (listener, voice.store(listener.descriptor, as: "control"))
        } catch let error as ControlServerError {
            throw StartFailure(code: .permission, message: error.description)
        } catch let error as SystemdError {
            throw StartFailure(code: .software, message: "\(error)")
        }
    }
}
