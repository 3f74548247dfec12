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
    let journal: Journal

    init(_ setup: DaemonSetup, _ journal: Journal) {
        self.setup = setup
        self.journal = journal
    }

    func run() async throws {
        let started = setup.clock.now
        let journal = journal
        let destination = LogDestination(environment: setup.environment)
        LoggingSystem.bootstrap { destination.handler(label: $0, level: setup.logLevel, journal: journal) }
        let logger = Logger(label: "sequenced")
        let voice = ServiceVoice(manager: ServiceManager(), logger: logger)
        logger.notice(
            "Daemon starts",
            metadata: ["sequenced.event": "started", "sequenced.version": "\(SoftwareVersion.text)"]
        )

        let reloader = try Reloader(setup: setup, logger: logger)
        let lock = try StateLock(folder: setup.stateFolder)
        voice.say([.status("opening the state")])
        let opening = TimeoutExtension(voice, atMost: .seconds(3_600))
        defer { opening.end() }
        let ledger = try openLedger()
        let conductor = try conductor(reloader.definitions, ledger)
        let timekeeper = Timekeeper(conductor: conductor)
        do {
            try await conductor.takeUpOpenRuns { sequence, reason in
                // A sync that was started alone has no schedule that could be paused.
                guard await conductor.definitions.sequences[sequence] != nil else { return }
                try await timekeeper.pause(sequence, until: nil, reason: reason, actor: nil)
            }
            try await timekeeper.ready()
        } catch {
            throw StartFailure(code: .stateFolder, message: "\(error)")
        }
        let warnings: @Sendable () async -> [String] = {
            reloader.warnings + [await ledger.writingFault()].compactMap { $0.map(String.init(describing:)) }
        }
        let status = StatusKeeper(conductor: conductor, voice: voice, warnings: warnings)
        conductor.parts.events.onStanding { status.hasChanged() }
        let meters = DaemonMeters(conductor: conductor, started: started)
        reloader.attach(conductor, timekeeper, voice, status, meters)
        let (listener, isKept) = try listener(voice, logger)
        let teller = EventTeller(
            conductor: conductor,
            voice: voice,
            meters: meters,
            status: status,
            logger: logger
        )
        let pulse = Pulse(
            conductor: conductor,
            timekeeper: timekeeper,
            socket: listener.path,
            voice: voice,
            status: status,
            logger: logger
        )
        let answers = DaemonAnswers(
            conductor: conductor,
            timekeeper: timekeeper,
            host: DaemonAnswers.Host(
                started: started,
                configurationFolder: setup.configurationFolder,
                reload: { await reloader.reload() },
                statusLine: { await status.line() },
                warnings: warnings,
                loaded: { reloader.loaded },
                files: { reloader.files },
                metrics: { await meters.text() },
                isHealthy: { await pulse.isHealthy() }
            )
        )
        let (untilSignalsAreHeard, signalsAreHeard) = AsyncStream.makeStream(of: Void.self)
        let server = ControlServer(
            listener: listener,
            keepsFile: isKept,
            rules: reloader.rules,
            daemon: answers,
            version: SoftwareVersion.text,
            logger: logger,
            onAnswer: { meters.answered(verb: $0, status: $1) },
            onListening: {
                // Who hears that it is ready may send a signal at once.
                for await _ in untilSignalsAreHeard {}
                opening.end()
                Heap.trim()
                voice.say([.ready, .status(await status.line())])
                logger.notice("Daemon is ready", metadata: ["sequenced.event": "ready", "socket": "\(listener.path)"])
            }
        )
        reloader.onRules { server.renew($0) }
        // Stopped in reverse: no elapse is acted on any more, runs come to a place from which they can go on, and the
        // socket answers to the last.
        let signals = SignalService(
            voice: voice,
            logger: logger,
            drain: { reloader.definitions.settings.drainTimeout },
            reload: { _ = await reloader.reload() },
            onListening: { signalsAreHeard.finish() }
        )
        let keeper = Housekeeper(conductor: conductor)
        let notifier = Notifier(conductor: conductor)
        let services = ([server, teller, status, pulse, notifier, conductor, timekeeper, keeper] as [any Service]).map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0)
        }
        var configuration = ServiceGroupConfiguration(
            services: services + [.init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
        // Who has not answered until then is left: what was sent is in the state, and is asked about after the next start.
        configuration.maximumGracefulShutdownDuration = reloader.definitions.settings.drainTimeout
        let group = ServiceGroup(configuration: configuration)
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
            if let passed = try passedListener(voice) { return (passed, true) }
            let group = groupNumber(named: "sequenced")
            if group == nil { logger.info("There is no group sequenced: the socket belongs to the daemon's own group") }
            try makeSocketFolder()
            // Only root can give the file to a group that is not the daemon's own; its own it has without being given.
            let given = geteuid() == 0 && group != getegid() ? group : nil
            let listener = try ControlListener.bind(path: setup.socket, group: given)
            return (listener, voice.store(listener.descriptor, as: Self.keptName))
        } catch let error as ControlServerError {
            throw StartFailure(code: error.code == .inUse ? .held : .permission, message: error.description)
        } catch let error as SystemdError {
            throw StartFailure(
                code: .software,
                message: "\(error); LISTEN_FDS speaks of sockets that nobody handed over"
            )
        }
    }

    /// The name under which the service manager keeps our own socket.
    private static let keptName = "kept-control"

    /// A socket that was handed over: our own from the manager's keeping, or that of a `.socket` unit, wherever it is bound.
    private func passedListener(_ voice: ServiceVoice) throws -> ControlListener? {
        var found: ControlListener?
        for passed in try PassedDescriptor.takeAll() {
            if found == nil, passed.isUnixListener, let path = passed.boundPath,
                passed.name != Self.keptName || path == setup.socket,
                FileManager.default.fileExists(atPath: path)
            {
                found = .adopt(descriptor: passed.number, path: path)
            } else {
                // Its file is gone, or the socket was moved by an option: nobody could reach it there.
                voice.forget(passed.name)
                close(passed.number)
            }
        }
        return found
    }

    private func makeSocketFolder() throws {
        let folder = URL(fileURLWithPath: setup.socket).deletingLastPathComponent().path
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StartFailure(
                code: .permission,
                message: "cannot make the folder \(folder) of the control socket: \(error.localizedDescription); "
                    + "name another place with --socket"
            )
        }
    }
}
