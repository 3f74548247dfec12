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

    /// Twelve sequences take, wait, give up and give back in whatever order; the model knows only who asked when.
    @Test(arguments: 0..<20) func `never deadlocks, never shares, never lets anybody overtake`(round: Int) {
        let seed = UInt64.random(in: 0...(.max))
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let objects = ["Account", "Contact", "Lead", "Case", "Asset"]
        var queue = ObjectLockQueue()
        var held: [Int: Set<String>] = [:]
        var wanted: [Int: Set<String>] = [:]
        var tickets: [Int: ObjectLockQueue.Ticket] = [:]

        func check(_ moment: String) {
            let all = held.values.flatMap(\.self)
            #expect(all.count == Set(all).count, "two hold one object after \(moment), seed \(seed)")
            for (number, set) in wanted {
                // Whoever waits, waits for somebody: one who holds, or one who asked before.
                let inTheWay =
                    held.contains { !$0.value.isDisjoint(with: set) }
                    || wanted.contains { $0.key < number && !$0.value.isDisjoint(with: set) }
                #expect(inTheWay, "\(number) waits for nobody after \(moment), seed \(seed)")
            }
        }
        func grant(_ granted: [ObjectLockQueue.Ticket]) {
            for ticket in granted {
                guard let set = wanted.removeValue(forKey: ticket.number) else {
                    Issue.record("\(ticket) is granted and does not wait, seed \(seed)")
                    continue
                }
                let overtaken = wanted.first { $0.key < ticket.number && !$0.value.isDisjoint(with: set) }
                #expect(overtaken == nil, "\(ticket.number) overtakes, seed \(seed)")
                held[ticket.number] = set
            }
        }
        func leave(_ numbers: some Collection<Int>) {
            let sorted = numbers.sorted()
            let number = sorted[next(sorted.count)]
            held[number] = nil
            wanted[number] = nil
            if let ticket = tickets.removeValue(forKey: number) { grant(queue.release(ticket)) }
        }
        for _ in 0..<600 {
            switch next(10) {
            case 0..<5 where held.count + wanted.count < 12:
                let set = Set((0...next(3)).map { _ in objects[next(objects.count)] })
                let (ticket, isGranted) = queue.ask(for: set, holder: "x")
                tickets[ticket.number] = ticket
                if isGranted { held[ticket.number] = set } else { wanted[ticket.number] = set }
                check("an ask")
            case 5 where !wanted.isEmpty:
                leave(wanted.keys)
                check("one gave up")
            default:
                if held.isEmpty { continue }
                leave(held.keys)
                check("one gave back")
            }
        }
        while !held.isEmpty { leave(held.keys) }
        #expect(wanted.isEmpty, "somebody waits for ever, seed \(seed)")
    }
}
