import Shaping
import Spool
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder) struct `Spools on their way to be sent` {
    private func spool(_ name: String, of object: String = "Contact") throws -> ReadySpool {
        let path = try ScratchFolder.current.path + "/" + name
        _ = try PayloadSpoolWriter(path: path, fieldCount: 0).finish()
        return ReadySpool(
            name: name,
            spool: try PayloadSpool(path: path),
            object: object,
            operation: .upsert,
            header: [],
            columns: [],
            resultKey: .wholeRow
        )
    }

    @Test func `come in their order, a few ahead of who takes them`() async throws {
        let feed = SpoolFeed()
        let spools = try (0..<6).map { try spool("s\($0)") }
        let ahead = Mutex(0)
        let putting = Task {
            for spool in spools {
                #expect(await feed.put(spool))
                ahead.withLock { $0 += 1 }
            }
            await feed.end()
        }
        var taken = 0
        while let next = await feed.next() {
            #expect(next.name == "s\(taken)")
            taken += 1
            // Two wait, and a third may have been put into the place of the one that was taken.
            #expect(ahead.withLock { $0 } <= taken + 2)
        }
        #expect(taken == 6)
        await putting.value
    }

    @Test func `are not put any more when nobody takes them`() async throws {
        let feed = SpoolFeed()
        let some = try spool("s")
        #expect(await feed.put(some))
        #expect(await feed.put(some))
        async let third = feed.put(some)
        await feed.refuse()
        #expect(await third == false)
        #expect(await feed.put(some) == false)
    }

    @Test func `go together when they are of one kind`() async throws {
        let feed = SpoolFeed([try spool("a"), try spool("b"), try spool("c", of: "Lead")])
        let first = try #require(await feed.next())
        #expect(await feed.next(with: first)?.name == "b")
        #expect(await feed.next(with: first) == nil)
        #expect(await feed.next()?.name == "c")
        #expect(await feed.next() == nil)
    }
}
