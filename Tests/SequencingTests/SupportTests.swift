import SyncModel
import Testing

@testable import Sequencing

@Suite struct `What stands between a plan and Salesforce` {
    private func sync(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        change(&sync)
        return sync
    }

    private func counts(
        read: Int,
        unchanged: Int = 0,
        changed: Int = 0,
        added: Int = 0,
        removed: Int = 0
    ) -> ChangeCounts {
        var counts = ChangeCounts()
        counts.read = read
        counts.unchanged = unchanged
        counts.changed = changed
        counts.added = added
        counts.removed = removed
        return counts
    }

    @Test func `an empty model removes nothing unasked`() {
        let deleting = sync { $0.whenRemoved = .delete }
        #expect(throws: EngineError.self) { try Support.checkGuards(deleting, counts(read: 0, removed: 3)) }
        #expect(throws: Never.self) { try Support.checkGuards(deleting, counts(read: 7, unchanged: 7, removed: 3)) }
        #expect(throws: Never.self) { try Support.checkGuards(sync(), counts(read: 0, removed: 3)) }
    }

    @Test func `a guard that is written holds, one that is not does not`() {
        let guarded = sync {
            $0.whenRemoved = .delete
            $0.guard.maxDeletes = .rows(2)
            $0.guard.maxChanged = .share(Share(fraction: 0.3))
        }
        #expect(throws: EngineError.self) {
            try Support.checkGuards(guarded, counts(read: 97, unchanged: 97, removed: 3))
        }
        #expect(throws: Never.self) { try Support.checkGuards(guarded, counts(read: 98, unchanged: 98, removed: 2)) }
        #expect(throws: EngineError.self) {
            try Support.checkGuards(guarded, counts(read: 100, unchanged: 69, changed: 31))
        }
        #expect(throws: Never.self) { try Support.checkGuards(guarded, counts(read: 100, added: 100)) }
    }

    @Test func `what this version does not do is refused by name`() {
        for change in [
            { $0.api = .rest }, { $0.batch.serial = true },
            { $0.headers.allowDuplicates = true },
        ] as [(inout SyncDefinition) -> Void] {
            #expect { try Support.check(sync(change)) } throws: { ($0 as? EngineError)?.code == .notInThisVersion }
        }
        #expect(throws: Never.self) { try Support.check(sync()) }
    }
}
