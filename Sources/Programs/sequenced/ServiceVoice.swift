import Logging
import Systemd

/// What the daemon says to the service manager; nothing, where there is none.
struct ServiceVoice: Sendable {
    let manager: ServiceManager
    let logger: Logger

    func say(_ notices: [ServiceNotice]) {
        do {
            try manager.send(notices)
        } catch {
            logger.warning("The service manager could not be told", metadata: ["error": "\(error)"])
        }
    }

    /// Gives a descriptor into the manager's keeping.
    ///
    /// - Returns: whether there is a manager that took it.
    func store(_ descriptor: Int32, as name: String) -> Bool {
        do {
            return try manager.send([.storeDescriptor(name: name)], descriptor: descriptor)
        } catch {
            logger.warning("The service manager could not be given the socket", metadata: ["error": "\(error)"])
            return false
        }
    }
}
