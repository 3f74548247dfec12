internal import CivilTime
package import ControlProtocol
package import Ledger
internal import SyncModel

extension EventReport {
    /// A stored event as followers read it, with a sentence.
    package init(_ event: LedgerEvent) {
        var message = event.sequence ?? ""
        if let sync = event.sync { message += message.isEmpty ? sync : "/\(sync)" }
        message += message.isEmpty ? event.kind : ": \(event.kind)"
        if let reason = event.reason { message += " (\(reason))" }
        self.init(number: event.number, time: event.time.rfc3339, kind: event.kind, message: message)
        run = event.run?.rawValue
        sequence = event.sequence
        sync = event.sync
        state = event.state
        reason = event.reason
        actor = event.actor.map { ActorReport(uid: $0.uid, name: $0.name) }
    }
}
