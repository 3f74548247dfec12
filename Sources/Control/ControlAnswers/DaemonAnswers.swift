package import CivilTime
package import ControlProtocol
package import ControlServer
internal import Salesforce
package import Sequencing
internal import SyncModel

/// Serves every operation of the control wire from the engine.
package struct DaemonAnswers: DaemonOperations {
    /// What the program at the top has to add: what only it knows or may do.
    package struct Host: Sendable {
        package var started: Timestamp
        package var configurationFolder: String
        /// Reads the folder of definitions anew and puts them in force, or says why not.
        package var reload: @Sendable () async -> ReloadAnswer
        /// The line that the service manager shows.
        package var statusLine: @Sendable () async -> String
        package var warnings: @Sendable () async -> [String]
        /// When the definitions in force were read.
        package var loaded: @Sendable () -> Timestamp
        /// The files in force, as they were read.
        package var files: @Sendable () -> DefinitionFilesAnswer
        package var metrics: @Sendable () async -> String
        /// Whether scheduler and store answer.
        package var isHealthy: @Sendable () async -> Bool

        package init(
            started: Timestamp,
            configurationFolder: String,
            reload: @escaping @Sendable () async -> ReloadAnswer,
            statusLine: @escaping @Sendable () async -> String,
            warnings: @escaping @Sendable () async -> [String],
            loaded: @escaping @Sendable () -> Timestamp,
            files: @escaping @Sendable () -> DefinitionFilesAnswer,
            metrics: @escaping @Sendable () async -> String,
            isHealthy: @escaping @Sendable () async -> Bool
        ) {
            self.started = started
            self.configurationFolder = configurationFolder
            self.reload = reload
            self.statusLine = statusLine
            self.warnings = warnings
            self.loaded = loaded
            self.files = files
            self.metrics = metrics
            self.isHealthy = isHealthy
        }
    }

    let conductor: Conductor
    let timekeeper: Timekeeper
    let host: Host
    let signIns: SignIns

    package init(conductor: Conductor, timekeeper: Timekeeper, host: Host) {
        self.conductor = conductor
        self.timekeeper = timekeeper
        self.host = host
        signIns = SignIns(conductor)
    }

    package func isHealthy() async -> Bool { await host.isHealthy() }

    package func reload(caller: Caller) async throws -> ReloadAnswer { await host.reload() }

    package func definitionFiles(caller: Caller) async throws -> DefinitionFilesAnswer { host.files() }

    package func metrics(caller: Caller) async throws -> String { await host.metrics() }

    /// Runs an operation and turns the engine's errors into the wire's faults.
    func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as EngineError {
            throw ControlFault(error)
        } catch let fault as ControlFault {
            throw fault
        } catch let error as SalesforceError {
            throw ControlFault(error)
        } catch {
            throw ControlFault(.failed, "\(error)")
        }
    }
}

extension ControlFault {
    init(_ error: EngineError) {
        let code: ErrorCode =
            switch error.code {
            case .unknownName, .unknownRun: .notFound
            case .notNow: .refused
            case .source, .destination, .secret: .outsideFailed
            case .notInThisVersion: .notSupported
            case .mapping, .identity, .state, .accounting, .backup: .failed
            }
        self.init(code, error.description, hint: error.hint)
    }
}

extension ControlFault {
    init(_ error: SalesforceError) {
        let remedy = ErrorCatalogue.entry(for: error.code, message: error.message).remedy
        self.init(.outsideFailed, error.description, hint: remedy.isEmpty ? nil : remedy)
    }
}

extension Caller {
    /// Who it is, as the ledger keeps it.
    var actor: Actor { Actor(uid: uid, name: name) }
}
