import CivilTime
import Gating
import SyncModel
import Testing

@Suite struct `Guards on a plan` {
    private func findings(
        _ counts: (inout ChangeCounts) -> Void,
        lastRead: Int? = nil,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> [GuardFinding] {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        change(&sync)
        var found = ChangeCounts()
        counts(&found)
        return PlanGuards(sync: sync, counts: found, lastRead: lastRead).findings
    }

    private func exceeded(_ findings: [GuardFinding]) -> [GuardFinding.Name] {
        findings.filter(\.isExceeded).map(\.name)
    }

    @Test func `an empty model removes nothing unasked, whatever is written`() {
        let emptied = findings {
            $0.removed = 3
        } _: {
            $0.whenRemoved = .delete
        }
        #expect(exceeded(emptied) == [.emptyModel])
        #expect(emptied[0].words == "the model has no rows at all, and 3 rows would be removed")
        #expect(
            findings {
                ($0.read, $0.unchanged, $0.removed) = (7, 7, 3)
            } _: {
                $0.whenRemoved = .delete
            } == []
        )
        #expect(findings { $0.removed = 3 } == [], "nothing is removed by this sync")
    }

    @Test func `max_deletes counts deletes, clears and what an archive deletes`() {
        func deletes(_ removed: Int, _ change: (inout SyncDefinition) -> Void) -> [GuardFinding.Name] {
            exceeded(
                findings {
                    ($0.read, $0.unchanged, $0.removed) = (97, 97, removed)
                } _: {
                    change(&$0)
                }
            )
        }
        #expect(deletes(3) { ($0.whenRemoved, $0.guard.maxDeletes) = (.delete, .rows(2)) } == [.maxDeletes])
        #expect(deletes(2) { ($0.whenRemoved, $0.guard.maxDeletes) = (.clear, .rows(2)) } == [])
        #expect(deletes(1) { ($0.whenRemoved, $0.guard.maxDeletes) = (.clear, .rows(0)) } == [.maxDeletes])
        #expect(deletes(0) { ($0.whenRemoved, $0.guard.maxDeletes) = (.delete, .rows(0)) } == [])
        #expect(deletes(9) { $0.guard.maxDeletes = .rows(0) } == [], "it removes nothing")
        let archived = findings {
            ($0.read, $0.added) = (10_000, 10_000)
        } _: {
            ($0.mode, $0.guard.maxDeletes) = (.archive, .rows(500))
        }
        #expect(exceeded(archived) == [.maxDeletes])
        #expect(archived[0].words == "10,000 rows would be removed, the guard max_deletes lets 500 pass")
    }

    @Test func `max_changed is a share of what was delivered, and new rows are no change`() {
        func changed(_ count: Int) -> [GuardFinding] {
            findings {
                ($0.read, $0.unchanged, $0.changed, $0.added) = (600, 100 - count, count, 500)
            } _: {
                $0.guard.maxChanged = .share(Share(fraction: 0.3))
            }
        }
        #expect(exceeded(changed(31)) == [.maxChanged])
        #expect(exceeded(changed(30)) == [])
        #expect(changed(30).map(\.limit) == ["30%"])
    }

    @Test func `max_changed says of rows that are only looked at anew that they may be changed`() {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        sync.guard.maxChanged = .share(Share(fraction: 0.3))
        var counts = ChangeCounts()
        (counts.read, counts.changed) = (50, 50)
        let guards = PlanGuards(sync: sync, counts: counts, lastRead: nil, isLookedAtAnew: true)
        #expect(
            guards.findings.map(\.words) == [
                "50 rows of 50 that were delivered may be changed, since the mapping or the object's fields have, "
                    + "the guard max_changed lets 30% of 50 pass"
            ]
        )
    }

    @Test func `max_changed is a share of the whole snapshot where keys choose some rows`() {
        func changed(unselected: Int) -> [GuardFinding.Name] {
            exceeded(
                findings {
                    ($0.read, $0.changed, $0.unselected) = (unselected + 1, 1, unselected)
                } _: {
                    $0.guard.maxChanged = .share(Share(fraction: 0.3))
                }
            )
        }
        #expect(changed(unselected: 3) == [])
        #expect(changed(unselected: 2) == [.maxChanged])
    }

    @Test func `max_shrink measures against the last success`() {
        func shrunk(_ read: Int, from last: Int?) -> [GuardFinding.Name] {
            exceeded(
                findings({ $0.read = read }, lastRead: last) { $0.guard.maxShrink = .share(Share(fraction: 0.2)) }
            )
        }
        #expect(shrunk(79, from: 100) == [.maxShrink])
        #expect(shrunk(80, from: 100) == [])
        #expect(shrunk(1, from: nil) == [])
        #expect(shrunk(500, from: 100) == [])
    }

    @Test func `an approval holds for a plan that is equal or smaller in every count`() {
        func finding(_ name: GuardFinding.Name, _ actual: Int, sync: String = "s") -> GuardFinding {
            GuardFinding(sync: sync, name: name, limit: "0", actual: actual, isExceeded: true, words: "")
        }
        var approval = RunApproval(asked: [finding(.maxDeletes, 10)], since: .init(microseconds: 0))
        #expect(!approval.covers([finding(.maxDeletes, 1)]))
        approval.granted = .init(findings: approval.asked, actor: nil, reason: nil, time: .init(microseconds: 1))
        #expect(approval.covers([finding(.maxDeletes, 10)]))
        #expect(approval.covers([]))
        #expect(!approval.covers([finding(.maxDeletes, 11)]))
        #expect(!approval.covers([finding(.maxDeletes, 10), finding(.maxShrink, 1)]))
        #expect(!approval.covers([finding(.maxDeletes, 10, sync: "t")]))
    }
}
