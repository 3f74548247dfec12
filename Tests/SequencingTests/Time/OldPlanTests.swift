import CivilTime
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// Rows that a window keeps until what was read of them is older than `plan_age`.
@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A plan that grows old at a window` {
    private static func accounts(_ api: APIChoice) -> SyncDefinition {
        var sync = TimedBelt.accounts
        sync.api = api
        return sync
    }

    /// API, method and path of the call that finds Salesforce without time.
    @Test(arguments: [
        (APIChoice.rest, "PATCH", "composite/sobjects"), (.bulk, "POST", "/job$"), (.bulk, "POST", "/batch$"),
        (.bulk2, "POST", "jobs/ingest"),
    ])
    func `is made anew, though its batch had only to be sent again`(
        api: APIChoice,
        method: String,
        path: String
    ) async throws {
        try await TimedBelt.with([Self.accounts(api)]) { timed in
            try timed.rows("accounts", 3, name: "Old")
            try await timed.belt.admin(
                "POST",
                "faults",
                "{\"match\":{\"method\":\"\(method)\",\"path\":\"\(path)\"},\"do\":\"status\",\"status\":503}"
            )
            let started = try await timed.start()
            // A batch of the original API is looked for first, and then sent again with the next job.
            _ = try await timed.run(started.id) { run in
                path == "/batch$"
                    ? run.steps[0].counts.retries > 0
                    : run.state == .waiting && run.reason?.contains("not reached") == true
            }
            let hold = try await timed.hold(["Account"], for: .seconds(36_000))
            let held = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            #expect(held.steps[0].reason?.contains("deploy") == true, "\(held)")
            try await timed.belt.admin("DELETE", "faults")
            try timed.rows("accounts", 5, name: "New")
            timed.clock.set(timed.clock.now + .seconds(7_200))
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps[0].counts.added == 5, "\(ended)")
            let names = try await timed.belt.records("Account").values.compactMap { $0.text("Name") }
            #expect(names.count == 5 && names.allSatisfy { $0.hasPrefix("New") }, "\(names)")
            #expect(try await timed.belt.counter("created", "Account") == 5)
            #expect(try await timed.belt.counter("updated", "Account") == 0)
            // Of what was read nothing stays, of the second reading neither: it has the rows' values.
            let spool = timed.belt.folder.path("state/spool/\(started.id)")
            let deadline = ContinuousClock.now + .seconds(10)
            while !StateFolder.folders(in: spool).isEmpty, .now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(StateFolder.folders(in: spool) == [])
            #expect(try await timed.ledger.openIntents(of: "accounts").isEmpty)
            #expect(try await timed.ledger.check().faults == [])
        }
    }

    @Test func `is made anew, though its job had only to be closed`() async throws {
        try await TimedBelt.with([Self.accounts(.bulk2)]) { timed in
            try timed.rows("accounts", 3, name: "Old")
            try await timed.belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"PUT","path":"jobs/ingest"},"do":"delay","delay_ms":4000,"times":1}"#
            )
            let started = try await timed.start()
            let deadline = ContinuousClock.now + .seconds(60)
            while try await timed.ledger.openIntents(of: "accounts").first?.stage != .uploading, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            let hold = try await timed.hold(["Account"], for: .seconds(36_000))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            try timed.rows("accounts", 5, name: "New")
            timed.clock.set(timed.clock.now + .seconds(7_200))
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            let names = try await timed.belt.records("Account").values.compactMap { $0.text("Name") }
            #expect(names.count == 5 && names.allSatisfy { $0.hasPrefix("New") }, "\(names)")
            #expect(try await timed.belt.counter("created", "Account") == 5)
            // Made, filled, taken away; and once more, closed.
            #expect(
                try await timed.writes().map(\.method) == ["POST", "PUT", "PATCH", "POST", "PUT", "PATCH"]
            )
        }
    }

    @Test func `is made anew, though a part of its call was taken`() async throws {
        try await TimedBelt.with([Self.accounts(.rest)]) { timed in
            try timed.rows("accounts", 4, name: "Old")
            // The call is refused as a whole, its first half is taken, for the second there is no time.
            let calls = #""match":{"method":"PATCH","path":"composite/sobjects"}"#
            try await timed.belt.admin(
                "POST",
                "faults",
                """
                [{\(calls),"do":"status","status":400,"code":"JSON_PARSER_ERROR","message":"odd","times":1},
                {\(calls),"do":"delay","times":1},{\(calls),"do":"status","status":503}]
                """
            )
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.reason?.contains("not reached") == true }
            #expect(try await timed.belt.counter("created", "Account") == 2)
            let hold = try await timed.hold(["Account"], for: .seconds(36_000))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            try await timed.belt.admin("DELETE", "faults")
            try timed.rows("accounts", 6, name: "New")
            timed.clock.set(timed.clock.now + .seconds(7_200))
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps[0].counts.created == 6, "\(ended)")
            #expect(ended.steps[0].counts.updated == 2, "\(ended)")
            #expect(ended.steps[0].counts.unsent == 0, "\(ended)")
            let names = try await timed.belt.records("Account").values.compactMap { $0.text("Name") }
            #expect(names.count == 6 && names.allSatisfy { $0.hasPrefix("New") }, "\(names)")
            // The half that was kept was not sent as it was.
            #expect(try await timed.belt.counter("updated", "Account") == 2)
            #expect(try await timed.ledger.undelivered(run: ended.id).isEmpty)
            #expect(try await timed.ledger.openIntents(of: "accounts").isEmpty)
            #expect(try await timed.ledger.check().faults == [])
        }
    }

    private static let merging = SyncDefinition.of(
        "accounts",
        into: .object("Account"),
        .upsert,
        match: ("id", "External_Id__c"),
        fields: ["Name": "name"]
    ) {
        $0.merge = .init(sharedID: "shared", isChild: "is_child", mergeID: nil)
    }

    /// `isLost`: the merge was made, and only its answer did not come.
    @Test(arguments: [false, true])
    func `is made anew, though its merges had only to be sent again`(isLost: Bool) async throws {
        try await TimedBelt.with([Self.merging]) { timed in
            let header = "id,name,shared,is_child\n"
            for code in ["A", "C"] {
                _ = try await timed.belt.create("Account", ["Name": "First \(code)", "External_Id__c": code])
            }
            try timed.belt.rows("accounts", header + "A,Old A,1,true\nC,Old C,1,false\n")
            let call = #""match":{"method":"POST","path":"/services/Soap/u/"}"#
            if isLost {
                try await timed.belt.admin("POST", "faults", "{\(call),\"do\":\"drop\",\"when\":\"after\",\"times\":1}")
            }
            try await timed.belt.admin("POST", "faults", "{\(call),\"do\":\"status\",\"status\":503}")
            let started = try await timed.start()
            let struck: @Sendable () async throws -> Bool = {
                let counts = try await timed.belt.admin("GET", "faults").object?["struck"]?.array ?? []
                return counts.last?.int ?? 0 > 0
            }
            let deadline = ContinuousClock.now + .seconds(60)
            while try await !struck(), .now < deadline { try await Task.sleep(for: .milliseconds(10)) }
            let hold = try await timed.hold(["Account"], for: .seconds(36_000))
            _ = try await timed.run(started.id) { $0.steps[0].reason?.contains("deploy") == true }
            try await timed.belt.admin("DELETE", "faults")
            // By now they belong to nobody but themselves.
            try timed.belt.rows("accounts", header + "A,New A,1,false\nC,New C,2,false\n")
            timed.clock.set(timed.clock.now + .seconds(7_200))
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(try await timed.belt.counter("merged", "Account") == (isLost ? 1 : 0))
            #expect(ended.steps[0].counts.merged == (isLost ? 1 : 0), "\(ended)")
            let names = try await timed.belt.records("Account").values.compactMap { $0.text("Name") }
            #expect(names.sorted() == (isLost ? ["New C"] : ["New A", "New C"]), "\(ended)")
            #expect(ended.state == (isLost ? .partial : .succeeded), "\(ended)")
            #expect(try await timed.ledger.openIntents(of: "accounts").isEmpty)
            #expect(try await timed.ledger.check().faults == [])
        }
    }

    @Test func `that is young still goes on from where it was`() async throws {
        try await TimedBelt.with([Self.accounts(.rest)]) { timed in
            try timed.rows("accounts", 3, name: "Old")
            try await timed.belt.admin(
                "POST",
                "faults",
                #"{"match":{"path":"composite/sobjects"},"do":"status","status":503}"#
            )
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.state == .waiting }
            let hold = try await timed.hold(["Account"], for: .seconds(36_000))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            try await timed.belt.admin("DELETE", "faults")
            try timed.rows("accounts", 5, name: "New")
            timed.clock.set(timed.clock.now + .seconds(3_000))
            try await timed.endHold(hold)
            #expect(try await timed.end(of: started.id).steps[0].counts.created == 3)
        }
    }

    // MARK: Guards

    private static let guarded: SyncDefinition = {
        var sync = TimedBelt.accounts
        sync.whenRemoved = .delete
        sync.guard.maxDeletes = .rows(1)
        return sync
    }()

    /// Lends a run that waits for contacts, while the accounts' model loses more rows than its guard lets go.
    private func shrunk(
        _ body: @escaping @Sendable (TimedBelt, _ run: RunRecord, _ hold: String) async throws -> Void
    ) async throws {
        try await TimedBelt.with([Self.guarded, TimedBelt.contacts]) { timed in
            try timed.rows("accounts", 5)
            try timed.rows("contacts", 1)
            #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            try timed.rows("accounts", 4)
            try timed.rows("contacts", 2)
            let hold = try await timed.hold(["Contact"], for: .seconds(36_000))
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.steps[1].state == .waiting }
            try timed.rows("accounts", 1)
            timed.clock.set(timed.clock.now + .seconds(7_200))
            try await timed.endHold(hold)
            let asking = try await timed.run(started.id) { $0.steps[0].state == .awaitingApproval }
            #expect(asking.approval?.asked.map(\.actual) == [4], "\(asking)")
            #expect(asking.steps[1].state == .succeeded)
            #expect(try await timed.belt.counter("deleted", "Account") == 0)
            try await body(timed, started, hold)
        }
    }

    @Test func `asks again when it passes a guard that it did not pass before`() async throws {
        try await shrunk { timed, run, _ in
            _ = try await timed.conductor.approve(run.id, reason: "meant", actor: nil)
            let ended = try await timed.end(of: run.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps[0].counts.deleted == 4)
            #expect(try await timed.belt.records("Account").count == 1)
        }
    }

    @Test func `asks in the middle of the run without a lock: others write the same objects meanwhile`() async throws {
        try await shrunk { timed, run, _ in
            try timed.rows("contacts", 3)
            let (other, _) = try await timed.conductor.start("sync/contacts", trigger: .manual)
            #expect(try await timed.end(of: other.id).state == .succeeded)
            #expect(try await timed.belt.records("Contact").count == 3)
            _ = try await timed.belt.create("Account", ["Name": "By hand", "External_Id__c": "hand"])
            _ = try await timed.conductor.approve(run.id, reason: "meant", actor: nil)
            let ended = try await timed.end(of: run.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps[0].counts.deleted == 4)
            #expect(try await timed.belt.records("Contact").count == 3)
            #expect(try await timed.belt.counter("created", "Contact") == 3)
            #expect(try await timed.ledger.check().faults == [])
        }
    }

    @Test func `removes nothing when nobody approves it, and the run is cancelled`() async throws {
        try await shrunk { timed, run, _ in
            timed.clock.set(timed.clock.now + .seconds(13 * 3_600))
            let ended = try await timed.end(of: run.id)
            #expect(ended.state == .cancelled, "\(ended)")
            #expect(ended.reason?.hasPrefix("approval: ") == true, "\(ended)")
            #expect(ended.steps.map(\.state) == [.skipped, .succeeded])
            #expect(try await timed.belt.counter("deleted", "Account") == 0)
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A picklist at a window` {
    @Test func `is read again after it: what somebody has done meanwhile is not done again`() async throws {
        let org = """
            objects:
              Account:
                fields:
                  Region__c: { type: Picklist, restricted: true, values: [North, South] }

            """
        let target = SyncDefinition.PicklistTarget(
            object: "Account",
            field: "Region__c",
            value: "id",
            label: "name",
            isDefault: nil
        )
        try await TimedBelt.with([.of("regions", into: .picklist(target), .all)], org: org) { timed in
            try timed.belt.rows("regions", "id,name\nNorth,North\nWest,West\n")
            try await timed.belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"PATCH","path":"tooling"},"do":"status","status":503}"#
            )
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.state == .waiting }
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            try await timed.belt.admin("DELETE", "faults")
            try await timed.belt.client { client in
                let set = try await client.valueSet(.customField(object: "Account", field: "Region__c"))
                var values = set.values + [ValueSetValue(valueName: "West", label: "West")]
                for index in values.indices where values[index].valueName == "South" { values[index].isActive = false }
                try await client.replaceValues(of: set, with: values)
            }
            let before = try await timed.writes().count { $0.method == "PATCH" }
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.writes().count { $0.method == "PATCH" } == before)
            #expect(ended.steps[0].counts.created == 0, "\(ended)")
            #expect(try await timed.end(of: try await timed.start().id).steps[0].counts.unchanged == 2)
        }
    }
}
