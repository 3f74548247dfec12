/// How many connections there may be, in all and of one user.
package struct ConnectionBounds: Sendable, Equatable {
    package var all = 256
    package var ofOneUser = 128
    /// Bytes of a request's body.
    package var body = 1 << 20
    /// For a request's head, and again for its body.
    package var patience: Duration = .seconds(10)

    package init() {}
}

/// Says who is let in.
///
/// A value: events in, verdicts out.
struct Admission {
    enum Verdict: Equatable {
        case admitted
        /// Is told that there are too many, and counts until it has gone.
        case refused(ofThisUser: Bool)
        /// More are refused already than are admitted at most: not even that is said.
        case dropped
    }

    private let bounds: ConnectionBounds
    private var admitted: [UInt32: Int] = [:]
    private var all = 0
    private var refused = 0

    init(bounds: ConnectionBounds) {
        self.bounds = bounds
    }

    /// Somebody has connected.
    mutating func arrived(_ uid: UInt32) -> Verdict {
        let own = admitted[uid, default: 0]
        if all < bounds.all, own < bounds.ofOneUser {
            all += 1
            admitted[uid] = own + 1
            return .admitted
        }
        guard refused < bounds.all else { return .dropped }
        refused += 1
        return .refused(ofThisUser: own >= bounds.ofOneUser)
    }

    /// A connection has gone that had this verdict.
    mutating func left(_ uid: UInt32, _ verdict: Verdict) {
        switch verdict {
        case .admitted:
            all -= 1
            let own = admitted[uid, default: 0] - 1
            admitted[uid] = own > 0 ? own : nil
        case .refused:
            refused -= 1
        case .dropped:
            break
        }
    }

    /// Connections that are admitted now.
    var count: Int { all }
}
