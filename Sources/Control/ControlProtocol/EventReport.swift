/// One line of `events`: what changed, when, to whom.
package struct EventReport: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    /// Counts up by one, over restarts too: what `?after=` names.
    package var number: Int64
    package var time: String
    /// One of `run`, `step`, `window`, `reload`, `action`, `notice`; more may come.
    package var kind: String
    @OrNull package var run: String?
    @OrNull package var sequence: String?
    @OrNull package var sync: String?
    @OrNull package var object: String?
    @OrNull package var destination: String?
    @OrNull package var window: String?
    @OrNull package var state: String?
    @OrNull package var reason: String?
    @OrNull package var actor: ActorReport?
    /// One sentence for people.
    package var message: String

    package init(number: Int64, time: String, kind: String, message: String) {
        self.number = number
        self.time = time
        self.kind = kind
        self.message = message
        run = nil
        sequence = nil
        sync = nil
        object = nil
        destination = nil
        window = nil
        state = nil
        reason = nil
        actor = nil
    }
}
