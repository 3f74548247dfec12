import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `Two runs of one sync` {
    /// A sequence and its one sync are started at the same time, while the org takes its time.
    private func together(
        _ api: APIChoice,
        _ target: SyncDefinition.Target = .object("Lead"),
        _ body: @escaping @Sendable (Belt) async throws -> Void
    ) async throws {
        let fields = target == .object("Lead") ? ["LastName": "name", "Company": "code"] : ["Key__c": "code"]
        let sync = SyncDefinition.of("people", into: target, .insert, fields: fields) { $0.api = api }
        let org = "events: { Told__e: { fields: { Key__c: { type: Text, length: 40 } } } }"
        try await Belt.with([sync], models: ["people": ["code"]], org: org) { belt in
            try belt.rows("people", "code,name\nP-1,One\nP-2,Two\nP-3,Three\n")
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"path":"services/(data|async)"},"do":"delay","delay_ms":150}"#
            )
            let (first, _) = try await belt.conductor.start("all", trigger: .manual)
            // In the middle of its work, wherever that is.
            while try await belt.ledger.openIntents(of: "people").isEmpty,
                try await belt.conductor.run(first.id)?.state.hasEnded == false
            { try await Task.sleep(for: .milliseconds(5)) }
            let (second, _) = try await belt.conductor.start("sync/people", trigger: .manual)
            let runs = [try await belt.end(of: first.id), try await belt.end(of: second.id)]
            #expect(runs.map(\.state) == [.succeeded, .succeeded], "\(runs)")
            #expect(runs[1].steps[0].counts.unchanged == 3, "\(runs[1])")
            try await body(belt)
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2])
    func `are one after the other, and create nothing twice`(api: APIChoice) async throws {
        try await together(api) { belt in
            let created = try await belt.counter("created", "Lead")
            #expect(created == 3)
        }
    }

    @Test func `publish no event twice`() async throws {
        try await together(.rest, .event("Told__e")) { belt in
            #expect(try await belt.counter("published", "Told__e") == 3)
            let run = try #require(try await belt.ledger.runs(of: "all", limit: 1).first)
            #expect(try await belt.undelivered(run).isEmpty)
        }
    }

    @Test func `say that an older one goes first`() async throws {
        let fields = ["LastName": "name", "Company": "code"]
        let syncs = ["people", "others"].map { SyncDefinition.of($0, into: .object("Lead"), .insert, fields: fields) }
        try await Belt.with(syncs, models: ["people": ["code"], "others": ["code"]]) { belt in
            try belt.rows("people", "code,name\nP-1,One\n")
            try belt.rows("others", "code,name\nO-1,One\n")
            try await belt.admin("POST", "faults", #"{"match":{"path":"services/"},"do":"drop"}"#)
            let (first, _) = try await belt.conductor.start("sync/others", trigger: .manual)
            while try await belt.conductor.run(first.id)?.state != .waiting {
                try await Task.sleep(for: .milliseconds(5))
            }
            let (second, _) = try await belt.conductor.start("all", trigger: .manual)
            let (third, _) = try await belt.conductor.start("sync/people", trigger: .manual)
            let waits = try await belt.conductor.statuses().reduce(into: [:]) { $0[$1.name] = $1.waitingFor?.reason }
            #expect(waits["all"] == "sync others is in run \(first.id) of sync/others")
            #expect(
                waits["sync/people"] == "sync people goes first into run \(second.id) of all, which was queued before"
            )
            try await belt.admin("DELETE", "faults")
            for run in [first, second, third] { #expect(try await belt.end(of: run.id).state == .succeeded) }
            #expect(try await belt.counter("created", "Lead") == 2)
        }
    }

    @Test func `say who has the sync while one waits`() async throws {
        let sync = SyncDefinition.of(
            "people",
            into: .object("Lead"),
            .insert,
            fields: ["LastName": "name", "Company": "code"]
        )
        try await Belt.with([sync], models: ["people": ["code"]]) { belt in
            try belt.rows("people", "code,name\nP-1,One\n")
            try await belt.admin("POST", "faults", #"{"match":{"path":"services/"},"do":"drop"}"#)
            let first = try await belt.runUntilItWaits()
            let (second, _) = try await belt.conductor.start("sync/people", trigger: .manual)
            let standing = try #require(try await belt.conductor.statuses().first { $0.name == "sync/people" })
            #expect(standing.state == .queued)
            #expect(standing.waitingFor?.reason == "sync people is in run \(first.id) of all")
            try await belt.admin("DELETE", "faults")
            #expect(try await belt.end(of: first.id).state == .succeeded)
            #expect(try await belt.end(of: second.id).state == .succeeded)
            #expect(try await belt.counter("created", "Lead") == 1)
        }
    }
}
