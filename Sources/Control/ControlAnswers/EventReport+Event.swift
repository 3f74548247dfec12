internal import CivilTime
package import ControlProtocol
package import Ledger
internal import SyncModel

extension EventReport {
    /// A stored event as followers read it, with a sentence.
    package init(_ event: LedgerEvent) {
        self.init(
            number: event.number,
            time: event.time.rfc3339,
            kind: event.kind,
            message: EventSentence.text(event)
        )
        run = event.run?.rawValue
        sequence = event.sequence
        sync = event.sync
        state = event.state
        reason = event.reason
        actor = event.actor.map { ActorReport(uid: $0.uid, name: $0.name) }
    }
}
