import Ledger
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `The feed of events` {
    private func event(_ number: Int) -> LedgerEvent {
        LedgerEvent(time: EngineClock.system.now, kind: "run-running", reason: "\(number)")
    }

    @Test func `gives a hundred followers every event, in order, and each from where it left off`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let hub = EventHub()
        let feed = EventFeed(ledger: ledger, hub: hub)
        for number in 1...50 { try await ledger.append(event(number)) }
        let last = 450
        try await withThrowingTaskGroup(of: [Int64].self) { group in
            for follower in 0..<100 {
                group.addTask {
                    var after = Int64(follower % 60)
                    var heard: [Int64] = []
                    while after < last, let events = try await feed.next(after: after) {
                        heard += events.map(\.number)
                        after = heard.last ?? after
                    }
                    return heard
                }
            }
            for number in 51...last {
                try await ledger.append(event(number))
                hub.announce(event(number), run: nil)
            }
            var lengths: [Int] = []
            for try await heard in group {
                let first = try #require(heard.first)
                #expect(heard == Array(first...Int64(last)), "nothing is left out and nothing comes twice")
                lengths.append(heard.count)
            }
            #expect(Set(lengths) == Set((0..<60).map { last - $0 }))
        }
    }

    @Test func `holds the newest, and gives older ones to those who ask`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let hub = EventHub()
        let feed = EventFeed(ledger: ledger, hub: hub)
        for number in 1...3_000 {
            try await ledger.append(event(number))
            hub.announce(event(number), run: nil)
            if number % 700 == 0 {
                #expect(try await feed.events(after: Int64(number) - 1).map(\.number) == [Int64(number)])
            }
        }
        for first in [0, 1, 1_000, 1_999, 2_000, 2_999] as [Int64] {
            var after = first
            var heard: [Int64] = []
            while true {
                let events = try await feed.events(after: after)
                guard let newest = events.last else { break }
                heard += events.map(\.number)
                after = newest.number
            }
            #expect(heard == Array(first + 1...3_000), "after \(first)")
        }
        #expect(try await feed.events(after: 3_000).isEmpty)
    }

    @Test func `ends for everybody when nothing is announced any more`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let hub = EventHub()
        let feed = EventFeed(ledger: ledger, hub: hub)
        async let waiting = feed.next(after: 0)
        async let another = feed.next(after: 0)
        try await Task.sleep(for: .milliseconds(20))
        hub.finish()
        #expect(try await waiting == nil)
        #expect(try await another == nil)
        #expect(try await feed.next(after: 0) == nil)
    }

    @Test func `lets go of a follower that is cancelled`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let feed = EventFeed(ledger: ledger, hub: EventHub())
        let follower = Task { try await feed.next(after: 0) }
        try await Task.sleep(for: .milliseconds(20))
        follower.cancel()
        #expect(try await follower.value == nil)
    }
}
