import Sequencing
import Testing

@Suite struct `The queue for objects` {
    @Test func `gives an object to one at a time, in the order of asking`() {
        var queue = ObjectLockQueue()
        let first = queue.ask(for: ["Account"], holder: "nightly")
        let second = queue.ask(for: ["account", "Contact"], holder: "hourly")
        let third = queue.ask(for: ["Contact"], holder: "late")
        #expect(first.isGranted)
        #expect(!second.isGranted)
        // Behind the second, though Contact is free: first come, first served.
        #expect(!third.isGranted)
        #expect(queue.holders(before: second.ticket) == ["nightly"])
        #expect(queue.release(first.ticket) == [second.ticket])
        #expect(queue.release(second.ticket) == [third.ticket])
    }

    @Test func `lets others pass who want nothing of it`() {
        var queue = ObjectLockQueue()
        _ = queue.ask(for: ["Account"], holder: "a")
        #expect(queue.ask(for: ["Lead"], holder: "b").isGranted)
    }

    @Test func `never deadlocks and never shares, whatever the interleaving`() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...(.max), using: &random)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let objects = ["Account", "Contact", "Lead", "Case"]
        var queue = ObjectLockQueue()
        var held: [ObjectLockQueue.Ticket: Set<String>] = [:]
        var wanted: [ObjectLockQueue.Ticket: Set<String>] = [:]
        for _ in 0..<2_000 {
            if next(2) == 0 || held.isEmpty {
                let set = Set((0...next(3)).map { _ in objects[next(4)] })
                let answer = queue.ask(for: set, holder: "x")
                if answer.isGranted { held[answer.ticket] = set } else { wanted[answer.ticket] = set }
            } else if let ticket = held.keys.min(by: { $0.number < $1.number }) {
                held[ticket] = nil
                for granted in queue.release(ticket) { held[granted] = wanted.removeValue(forKey: granted) }
            }
            let all = held.values.flatMap(\.self)
            #expect(all.count == Set(all).count, "two hold one object, seed \(seed)")
        }
        while let ticket = held.keys.first {
            held[ticket] = nil
            for granted in queue.release(ticket) { held[granted] = wanted.removeValue(forKey: granted) }
        }
        #expect(wanted.isEmpty, "somebody waits for ever, seed \(seed)")
    }
}
