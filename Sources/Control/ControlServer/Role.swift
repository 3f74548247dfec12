/// What a caller may do; each role includes those before it.
package enum Role: String, Sendable, Comparable, CaseIterable {
    /// Reads.
    case viewer
    /// Starts, stops, retries, pauses, opens windows, approves, adopts, resolves.
    case `operator`
    /// Reloads, signs in and out, works on the state.
    case admin

    package static func < (left: Role, right: Role) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }
}

/// Which users and groups have which role.
///
/// Groups count by number: no name is looked up while somebody waits.
package struct AccessRules: Sendable, Equatable {
    /// Always admin: root and the daemon's own user.
    package var adminUsers: Set<UInt32>
    package var viewers: Set<UInt32>
    package var operators: Set<UInt32>
    package var admins: Set<UInt32>

    package init(ownUser: UInt32, viewers: Set<UInt32> = [], operators: Set<UInt32> = [], admins: Set<UInt32> = []) {
        adminUsers = [0, ownUser]
        self.viewers = viewers
        self.operators = operators
        self.admins = admins
    }

    /// The highest role that the peer has; nil: none.
    package func role(of peer: Peer) -> Role? {
        let groups = peer.groups.union([peer.gid])
        if adminUsers.contains(peer.uid) || !admins.isDisjoint(with: groups) { return .admin }
        if !operators.isDisjoint(with: groups) { return .operator }
        return viewers.isDisjoint(with: groups) ? nil : .viewer
    }
}
