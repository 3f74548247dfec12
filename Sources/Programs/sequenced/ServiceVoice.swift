import Glibc
import Logging
import Systemd

/// What the daemon says to the service manager; nothing, where there is none.
struct ServiceVoice: Sendable {
    let manager: ServiceManager
    let logger: Logger

    /// Whether there is a manager that listens.
    var isHeard: Bool { getenv("NOTIFY_SOCKET") != nil }

    func say(_ notices: [ServiceNotice]) {
        do {
            try manager.send(notices)
        } catch {
            logger.warning("The service manager could not be told", metadata: ["error": "\(error)"])
        }
    }

    /// Has the manager drop what it kept under a name.
    func forget(_ name: String) { say([.removeDescriptor(name: name)]) }

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
