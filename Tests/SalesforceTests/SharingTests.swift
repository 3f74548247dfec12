import Synchronization
import Testing

@testable import Salesforce

@Suite struct `Callers that share a session` {
    private func session(_ token: String) -> Session {
        Session(
            accessToken: token,
            identity: OrgIdentity(orgID: "o", userID: "u", instanceURL: "https://x.example"),
            newRefreshToken: nil,
            scopes: nil
        )
    }

    @Test func `go on when the one that signs in is cancelled`() async throws {
        let keeper = SessionKeeper()
        let attempts = Counter()
        let first = Task {
            try await keeper.session {
                attempts.next()
                while !Task.isCancelled { await Task.yield() }
                throw CancellationError()
            }
        }
        while attempts.value < 1 { await Task.yield() }
        let second = Task {
            try await keeper.session {
                attempts.next()
                return self.session("b")
            }
        }
        for _ in 0..<1_000 { await Task.yield() }
        #expect(attempts.value == 1)
        first.cancel()
        await #expect(throws: CancellationError.self) { _ = try await first.value }
        let held = try await second.value
        #expect(held.session.accessToken == "b" && held.number == 1 && attempts.value == 2)
    }

    @Test func `can stop waiting without disturbing the others`() async throws {
        let keeper = SessionKeeper()
        let allowed = Counter()
        let attempts = Counter()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                try await keeper.session {
                    attempts.next()
                    while allowed.value == 0 { await Task.yield() }
                    return self.session("a")
                }.session.accessToken
            }
            while attempts.value < 1 { await Task.yield() }
            let impatient = (0..<50).map { _ in Task { try await keeper.session { self.session("never") } } }
            group.addTask { try await keeper.session { self.session("never") }.session.accessToken }
            for _ in 0..<1_000 { await Task.yield() }
            for task in impatient { task.cancel() }
            for task in impatient { await #expect(throws: CancellationError.self) { _ = try await task.value } }
            allowed.next()
            for try await token in group { #expect(token == "a") }
        }
    }

    @Test func `do not throw away a session that took the place of theirs`() async throws {
        let keeper = SessionKeeper()
        let old = try await keeper.session { self.session("old") }
        keeper.end(old.number)
        let new = try await keeper.session { self.session("new") }
        keeper.end(old.number)
        let kept = try await keeper.session { self.session("third") }
        #expect(kept.session.accessToken == "new" && kept.number == new.number)
    }
}

@Suite struct `Calls under way` {
    @Test(arguments: [1, 3])
    func `are never more than allowed, and a cancelled one gives its place on`(width: Int) async throws {
        let slots = CallSlots(count: width)
        let occupancy = Occupancy()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let task = Task {
                    try await slots.withSlot {
                        occupancy.enter()
                        for _ in 0..<5 { await Task.yield() }
                        occupancy.leave()
                        if number.isMultiple(of: 3) { throw CancellationError() }
                    }
                }
                if number.isMultiple(of: 2) { task.cancel() }
                group.addTask { _ = await task.result }
            }
        }
        let seen = occupancy.seen
        #expect(seen.now == 0 && seen.most <= width && seen.done >= 100)
        try await slots.withSlot {}
    }
}

private final class Occupancy: Sendable {
    private let state = Mutex<(now: Int, most: Int, done: Int)>((0, 0, 0))

    var seen: (now: Int, most: Int, done: Int) { state.withLock { $0 } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() {
        state.withLock { state in
            state.now -= 1
            state.done += 1
        }
    }
}
