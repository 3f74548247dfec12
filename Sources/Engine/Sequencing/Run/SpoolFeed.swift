/// Spools on their way from shaping to sending: a few at a time, so that who is ahead waits.
///
/// One puts, one takes.
actor SpoolFeed {
    private var spools: [ReadySpool]
    private let room: Int
    /// None comes any more.
    private var isEnded: Bool
    /// None is taken any more.
    private var isRefused = false
    private var taker: CheckedContinuation<Void, Never>?
    private var putter: CheckedContinuation<Void, Never>?

    /// Of spools that come while others are sent.
    init() {
        spools = []
        room = 2
        isEnded = false
    }

    /// Of spools that are all there.
    init(_ spools: [ReadySpool]) {
        self.spools = spools
        room = spools.count
        isEnded = true
    }

    /// Adds a spool, when there is room for one more.
    ///
    /// - Returns: whether spools are still taken.
    func put(_ spool: ReadySpool) async -> Bool {
        while spools.count >= room, !isRefused { await withCheckedContinuation { putter = $0 } }
        guard !isRefused else { return false }
        spools.append(spool)
        wake(&taker)
        return true
    }

    /// No spool comes any more.
    func end() {
        isEnded = true
        wake(&taker)
    }

    /// No spool is taken any more.
    func refuse() {
        isRefused = true
        wake(&putter)
    }

    /// The next spool; nil when there is none any more, or when it does not go with `spool`.
    func next(with spool: ReadySpool? = nil) async -> ReadySpool? {
        while spools.isEmpty, !isEnded { await withCheckedContinuation { taker = $0 } }
        guard let first = spools.first else { return nil }
        if let spool, !first.goes(with: spool) { return nil }
        spools.removeFirst()
        wake(&putter)
        return first
    }

    // MARK: - Implementation

    private func wake(_ waiting: inout CheckedContinuation<Void, Never>?) {
        waiting?.resume()
        waiting = nil
    }
}

extension ReadySpool {
    /// Whether its rows may go by the same jobs, those of one side by side with those of the other.
    fileprivate func goes(with other: ReadySpool) -> Bool {
        object == other.object && operation == other.operation && api == other.api && isJSON == other.isJSON
            && header == other.header
    }
}
