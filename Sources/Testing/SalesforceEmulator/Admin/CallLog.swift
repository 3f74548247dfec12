/// The log of calls, for `/emulator/calls` and `/emulator/counters`.
struct CallLog: Sendable {
    struct Entry: Sendable {
        var number: Int
        var at: Instant
        var method: String
        var path: String
        var kind: String
        var status: Int
        var bytes: Int
    }

    /// The oldest are forgotten when there are more.
    static let kept = 20_000
    private(set) var entries: [Entry] = []
    private(set) var total = 0
    private(set) var byKind: [String: Int] = [:]

    mutating func add(_ call: Call, kind: String, status: Int, at moment: Instant) {
        guard kind != "admin" else { return }
        total += 1
        byKind[kind, default: 0] += 1
        if entries.count >= Self.kept * 2 { entries.removeFirst(Self.kept) }
        entries.append(
            Entry(
                number: total,
                at: moment,
                method: call.method,
                path: call.path,
                kind: kind,
                status: status,
                bytes: call.body.count
            )
        )
    }

    mutating func clear() {
        entries = []
        total = 0
        byKind = [:]
    }
}
