import CivilTime
import Fingerprinting
import Ledger
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// A clock that begins at a noon, and that a test puts forward.
private final class ForwardClock: Sendable {
    private let ahead = Mutex(Duration.zero)
    private let begun = ContinuousClock.now

    var clock: EngineClock {
        EngineClock(rate: 1) { [self] in
            Timestamp(seconds: 1_772_452_800) + begun.duration(to: .now) + ahead.withLock { $0 }
        }
    }

    func pass(_ span: Duration) { ahead.withLock { $0 += span } }
}

@Suite(.scratchFolder, .timeLimit(.minutes(4))) struct `A row that is refused again and again` {
    private static let org = """
        objects:
          Contact:
            fields:
              Colour__c: { type: Picklist, restricted: true, values: [Red, Green] }
              Shade__c: { type: Text, length: 20 }
        """

    private static func contacts(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        .of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["LastName": "name", "Colour__c": "colour"],
            change
        )
    }

    private static let models = ["contacts": ["code"]]

    /// Runs until the bad row rests, each run as it should be.
    private func wearOut(_ belt: Belt, _ rows: String) async throws -> RunRecord {
        try belt.rows("contacts", "code,name,colour\n" + rows)
        var last: RunRecord?
        for number in 1...5 {
            let run = try await belt.run()
            #expect(run.steps[0].counts.rejected == 1, "run \(number): \(run)")
            #expect(try await belt.undelivered(run).map(\.rests) == [number == 5], "run \(number)")
            #expect(try await announcements(belt, run).count == (number == 5 ? 1 : 0), "run \(number)")
            last = run
        }
        return try #require(last)
    }

    private func announcements(_ belt: Belt, _ run: RunRecord) async throws -> [LedgerEvent] {
        try await belt.ledger.events(after: 0, run: run.id, limit: 1_000).filter { $0.kind == "rows-resting" }
    }

    private func expectResting(_ belt: Belt, _ rows: Int = 1) async throws {
        let calls = try await belt.calls()
        let run = try await belt.run()
        #expect(run.state == .partial, "\(run)")
        #expect(run.steps[0].counts.resting == rows, "\(run)")
        #expect(run.steps[0].counts.rejected == 0, "\(run)")
        #expect(run.steps[0].reason == "\(rows) resting")
        #expect(try await belt.calls() == calls, "what rests spends no call")
        let listed = try await belt.conductor.restingRows(of: run, sync: nil, limit: 100)
        #expect(listed.count == rows && listed.allSatisfy { $0.rests && $0.state == .rejected && !$0.message.isEmpty })
        var pages = await belt.conductor.restingPages(of: run, sync: nil, size: 1)
        var paged: [UndeliveredRow] = []
        while let page = try await pages.next() {
            #expect(page.count <= 1)
            paged += page
        }
        #expect(paged == listed)
    }

    /// The plan of the next run, as soon as the last one has let go of the sync.
    private func plan(_ belt: Belt) async throws -> SyncPlan {
        while true {
            do {
                return try #require(try await belt.conductor.plan("contacts", samples: 0).first)
            } catch let error as EngineError where error.isTransient {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    struct Way: Sendable, CustomTestStringConvertible {
        var api: APIChoice
        var isLocal: Bool
        var testDescription: String { "\(isLocal ? "before it is sent" : "by Salesforce"), \(api.rawValue)" }
    }

    @Test(arguments: [
        Way(api: .bulk2, isLocal: true), Way(api: .bulk, isLocal: false), Way(api: .bulk2, isLocal: false),
        Way(api: .rest, isLocal: false),
    ])
    func `rests after five runs, is tried once a day, and goes out when its values are mended`(way: Way) async throws {
        let time = ForwardClock()
        let sync = Self.contacts {
            $0.api = way.api
            $0.localChecks = way.isLocal
        }
        try await Belt.with([sync], models: Self.models, org: Self.org, clock: time.clock) { belt in
            _ = try await wearOut(belt, "good,Ada,Red\nbad,Bob,Blue\n")
            try await expectResting(belt)
            time.pass(.seconds(3_600))
            try await expectResting(belt)
            let life = try await belt.conductor.explain("contacts", key: "bad")
            #expect(life.isResting)
            #expect(life.next.hasPrefix("It rests: it was rejected 5 runs running"), "\(life.next)")

            // The next day: once, and nobody is told again.
            time.pass(.seconds(24 * 3_600))
            let calls = try await belt.calls()
            let turn = try await belt.run()
            #expect(turn.steps[0].counts.rejected == 1 && turn.steps[0].counts.resting == 0, "\(turn)")
            #expect(try await belt.calls() > calls)
            #expect(try await belt.undelivered(turn).map(\.rests) == [true])
            #expect(try await announcements(belt, turn).isEmpty)
            try await expectResting(belt)

            // Other values are tried at once; as bad as before, it rests on.
            try belt.rows("contacts", "code,name,colour\ngood,Ada,Red\nbad,Bob,Purple\n")
            let changed = try await belt.run()
            #expect(changed.steps[0].counts.rejected == 1, "\(changed)")
            #expect(try await announcements(belt, changed).isEmpty)
            try await expectResting(belt)

            try belt.rows("contacts", "code,name,colour\ngood,Ada,Red\nbad,Bob,Green\n")
            let mended = try await belt.run()
            #expect(mended.state == .succeeded, "\(mended)")
            let held = try await belt.records("Contact")
            #expect(held.keys.sorted() == ["bad", "good"])
            #expect(held["bad"]?.text("Colour__c") == "Green")
            #expect(try await belt.counter("created", "Contact") == 2)
            // From the beginning: it was delivered in between.
            try belt.rows("contacts", "code,name,colour\ngood,Ada,Red\nbad,Bob,Blue\n")
            for _ in 1...4 { #expect(try await belt.run().steps[0].counts.rejected == 1) }
            #expect(try await belt.run().steps[0].counts.rejected == 1)
            try await expectResting(belt)
            #expect(try await belt.records("Contact")["bad"]?.text("Colour__c") == "Green")
            // It goes back to what was delivered.
            try belt.rows("contacts", "code,name,colour\ngood,Ada,Red\nbad,Bob,Green\n")
            #expect(try await belt.run().state == .succeeded)
        }
    }

    @Test func `is tried when a person names it, when all is sent again, and when the mapping changes`() async throws {
        try await Belt.with([Self.contacts()], models: Self.models, org: Self.org) { belt in
            let worn = try await wearOut(belt, "good,Ada,Red\nbad,Bob,Blue\n")
            try await expectResting(belt)
            let named = try await belt.run(StartRequest(keys: ["bad"]))
            #expect(named.steps[0].counts.rejected == 1, "\(named)")
            try await expectResting(belt)
            let (again, _) = try await belt.conductor.retry(worn.id, rejectedOnly: true, actor: nil)
            #expect(try await belt.end(of: again.id).steps[0].counts.rejected == 1)
            try await expectResting(belt)
            // A run that left it alone names it, too.
            let left = try await belt.run()
            #expect(left.steps[0].counts.resting == 1 && left.steps[0].counts.rejected == 0, "\(left)")
            let (rested, _) = try await belt.conductor.retry(left.id, rejectedOnly: true, actor: nil)
            #expect(try await belt.end(of: rested.id).steps[0].counts.rejected == 1)
            try await expectResting(belt)
            let all = try await belt.run(StartRequest(fullResync: true))
            #expect(all.steps[0].counts.rejected == 1, "\(all)")
            try await expectResting(belt)

            // A mapping in which the bad value is no fault any more.
            let mended = Self.contacts { $0.fields[0] = FieldMapping(field: "Shade__c", value: .column("colour")) }
            try await belt.reload([mended], models: Self.models)
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await belt.records("Contact")["bad"]?.text("Shade__c") == "Blue")
        }
    }

    @Test func `is tried when the object changes in Salesforce, as soon as that is noticed`() async throws {
        try await Belt.with([Self.contacts()], models: Self.models, org: Self.org) { belt in
            _ = try await wearOut(belt, "good,Ada,Red\nbad,Bob,Blue\n")
            try await expectResting(belt)
            try await belt.client { client in
                let set = try await client.valueSet(.customField(object: "Contact", field: "Colour__c"))
                try await client.replaceValues(
                    of: set,
                    with: set.values + [ValueSetValue(valueName: "Blue", label: "Blue")]
                )
            }
            // Nobody asks the org while there is nothing to send.
            try await expectResting(belt)
            try belt.rows("contacts", "code,name,colour\ngood,Ada B,Red\nbad,Bob,Blue\n")
            let noticing = try await belt.run()
            #expect(noticing.steps[0].counts.updated == 1 && noticing.steps[0].counts.resting == 1, "\(noticing)")
            let plan = try await plan(belt)
            #expect(plan.warnings.contains { $0.contains("were changed in Salesforce") }, "\(plan.warnings)")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == 1 && run.steps[0].counts.unchanged == 1, "\(run)")
            #expect(try await belt.records("Contact")["bad"]?.text("Colour__c") == "Blue")
            #expect(try await belt.counter("updated", "Contact") == 1)
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 2)
            #expect(try await belt.calls() == calls, "every row was looked at once only")
        }
    }
}
