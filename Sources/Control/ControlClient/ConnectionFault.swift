import AsyncHTTPClient
import ControlProtocol
import Glibc
import NIOCore

extension ControlClient {
    /// What an error of the connection means to the person who asked.
    func reason(_ error: any Error) -> any Error {
        if error is CancellationError { return error }
        if let failure = error as? IOError { return fault(errno: failure.errnoCode) }
        guard let failure = error as? HTTPClientError else {
            return ControlFault(.notReached, "cannot reach the daemon at \(socket): \(error)")
        }
        switch failure {
        case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .getConnectionFromPoolTimeout:
            return ControlFault(.timedOut, "cannot wait longer for the daemon: --timeout has passed")
        case .remoteConnectionClosed:
            return ControlFault(
                .notReached,
                "cannot read the answer: the daemon went away",
                hint: "see systemctl status sequenced"
            )
        case .cancelled:
            return CancellationError()
        default:
            return ControlFault(.notReached, "cannot reach the daemon at \(socket): \(failure.shortDescription)")
        }
    }

    private func fault(errno number: Int32) -> ControlFault {
        switch number {
        case EACCES, EPERM:
            ControlFault(
                .notPermitted,
                "cannot reach the daemon: you may not open \(socket)",
                hint: "members of the socket's group may, and root; log in again after joining it"
            )
        case ENOENT, ECONNREFUSED:
            ControlFault(
                .notReached,
                "cannot reach the daemon: nothing listens at \(socket)",
                hint: "systemctl status sequenced tells why; --socket names another one"
            )
        case ECONNRESET, EPIPE:
            ControlFault(
                .notReached,
                "cannot read the answer: the daemon went away",
                hint: "see systemctl status sequenced"
            )
        default:
            ControlFault(.notReached, "cannot reach the daemon at \(socket): \(String(cString: strerror(number)))")
        }
    }
}
