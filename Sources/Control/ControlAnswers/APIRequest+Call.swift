internal import CivilTime
package import ControlProtocol
package import Ledger

extension APIRequestReport {
    /// A call of the request log; its bodies only where asked for.
    package init(_ call: LoggedCall, number: Int, withBodies: Bool) {
        self.init(
            number: number,
            time: call.started.rfc3339,
            method: call.method,
            path: call.path,
            milliseconds: Double(call.milliseconds),
            bytesSent: call.bytesSent,
            bytesReceived: call.bytesReceived
        )
        sync = call.sync
        status = call.status
        limitInfo = call.limits
        failure = call.error
        if withBodies {
            requestBody = call.requestBody
            responseBody = call.responseBody
        }
    }
}
