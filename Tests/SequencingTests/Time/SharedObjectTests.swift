import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

/// Sequences whose steps want the same objects, started all at once, steps and their order drawn by lot.
@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `Sequences that share objects` {
    private static let objects = [("Account", "Name"), ("Contact", "LastName"), ("Lead", "LastName")]

    private static func sync(_ name: String, _ object: String, _ field: String, _ api: APIChoice) -> SyncDefinition {
        var sync = SyncDefinition.of(
            name,
            into: .object(object),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: [field: "name"]
        ) { if object == "Lead" { $0.fields.append(FieldMapping(field: "Company", value: .constant("Company"))) } }
        sync.api = api
        return sync
    }

    @Test func `never write one at the same time, and all come to their end`() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var lots = Lots(state: seed)
        var syncs: [SyncDefinition] = []
        var sequences: [SequenceDefinition] = []
        for number in 0..<7 {
            var steps: [StepDefinition] = []
            var left = Self.objects
            while !left.isEmpty, steps.count < 2 {
                // One object, or two side by side, which are taken at once.
                var names: [String] = []
                for _ in 0...lots.next(2) where !left.isEmpty {
                    let (object, field) = left.remove(at: lots.next(left.count))
                    let name = "s\(number)-\(object.lowercased())"
                    syncs.append(Self.sync(name, object, field, [.rest, .bulk, .bulk2][lots.next(3)]))
                    names.append(name)
                }
                let after = steps.isEmpty || lots.next(3) == 0 ? [] : [steps.count - 1]
                steps.append(StepDefinition(syncs: names, after: after))
            }
            sequences.append(SequenceDefinition(name: "s\(number)", steps: steps))
        }
        let (made, all) = (sequences, syncs)
        try await TimedBelt.with(all, org: "pace: { row: 5ms }\n") { definitions in
            for sequence in made { definitions.sequences[sequence.name] = sequence }
        } _: { timed in
            for sync in all { try timed.rows(sync.model, 4) }
            var started: [RunRecord] = []
            for sequence in made { started.append(try await timed.start(StartRequest(), sequence.name)) }
            for run in started {
                let ended = try await timed.end(of: run.id)
                #expect(ended.state == .succeeded, "seed \(seed): \(ended)")
            }
            // From its first batch to its end a step's objects are its own.
            let objects = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.objectLabel) })
            var writing: [String: String] = [:]
            var waits = 0
            for event in try await timed.ledger.events(after: 0, limit: 100_000) {
                guard let sync = event.sync, let object = objects[sync] else { continue }
                switch event.kind {
                case "step-pushing":
                    #expect(writing[object] == nil, "\(sync) beside \(writing[object] ?? ""), seed \(seed)")
                    writing[object] = sync
                case "step-succeeded": writing[object] = nil
                case "step-waiting":
                    if event.reason?.contains("is written by") == true { waits += 1 }
                default: break
                }
            }
            #expect(waits > 0, "nobody had to wait, so nothing was shown, seed \(seed)")
            for (object, _) in Self.objects {
                let count = all.filter { $0.objectLabel == object }.count * 4
                #expect(try await timed.belt.counter("created", object) == count, "\(object), seed \(seed)")
            }
        }
    }

    @Test func `share them though they know the org by different names`() async throws {
        var others = Self.sync("others", "Account", "Name", .bulk2)
        others.destination = "twin"
        try await TimedBelt.with([TimedBelt.accounts, others], org: "pace: { row: 20ms }\n") { definitions in
            var twin = definitions.destinations["org"]
            twin?.name = "twin"
            definitions.destinations["twin"] = twin
            // In one step, too.
            definitions.sequences["all"]?.steps = [StepDefinition(syncs: ["accounts", "others"], after: [])]
        } _: { timed in
            try timed.rows("accounts", 100)
            try timed.rows("others", 100)
            let runs = [
                try await timed.start(StartRequest(), "sync/accounts"),
                try await timed.start(StartRequest(), "sync/others"),
            ]
            for run in runs { #expect(try await timed.end(of: run.id).state == .succeeded) }
            let reasons = try await timed.events("step-waiting").compactMap(\.reason)
            #expect(reasons.contains { $0.hasPrefix("Account is written by sync/") }, "\(reasons)")
            try timed.rows("accounts", 120)
            try timed.rows("others", 120)
            let together = try await timed.end(of: try await timed.start().id)
            #expect(together.state == .succeeded, "\(together)")
            let pushing = try together.steps.map { try #require($0.pushing) }
            let ended = try together.steps.map { try #require($0.ended) }
            #expect(ended[0] <= pushing[1] || ended[1] <= pushing[0], "\(together)")
            #expect(try await timed.belt.counter("created", "Account") == 240)
        }
    }

    private struct Lots {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }
}
