import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `An update of a record that was merged into another` {
    private static func sync(_ api: APIChoice) -> SyncDefinition {
        .of("accounts", into: .object("Account"), .update, match: ("sf_id", "Id"), fields: ["Phone": "phone"]) {
            $0.api = api
        }
    }

    private static func merge(_ victim: String, into master: String, _ belt: Belt) async throws {
        let results = try await belt.client {
            try await $0.merge([MergeRequest(object: "Account", masterID: master, victimIDs: [victim])])
        }
        try #require(results.map(\.success) == [true], "\(results)")
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `is written to the one that is left; what was deleted is refused`(api: APIChoice) async throws {
        try await Belt.with([Self.sync(api)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept"])
            let gone = try await belt.create("Account", ["Name": "Gone"])
            let trashed = try await belt.create("Account", ["Name": "Trashed"])
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone.prefix(15)),1\nC,\(trashed),1\n")
            #expect(try await belt.run().steps[0].counts.updated == 2)
            try await Self.merge(gone, into: kept, belt)
            try await belt.client { try await $0.delete("Account", id: trashed) }
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone.prefix(15)),22\nC,\(trashed),33\n")
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.updated == 1)
            #expect(try await belt.undelivered(run).map { "\($0.key) \($0.code)" } == ["C ENTITY_IS_DELETED"])
            #expect(try await belt.records("Account", by: "Id").mapValues { $0.text("Phone") } == [kept: "22"])
            #expect(run.warnings.contains { $0.contains("B (\(gone) into \(kept))") }, "\(run.warnings)")
            #expect(try await belt.ledger.check().faults == [])

            // What it was merged into was merged itself.
            let last = try await belt.create("Account", ["Name": "Last"])
            try await Self.merge(kept, into: last, belt)
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),44\n")
            let second = try await belt.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(try await belt.records("Account", by: "Id").mapValues { $0.text("Phone") } == [last: "44"])
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 1)
            #expect(try await belt.calls() == calls)
        }
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `that never was is unmatched, and looked for again`(api: APIChoice) async throws {
        try await Belt.with([Self.sync(api)], models: ["accounts": ["code"]]) { belt in
            let there = try await belt.create("Account", ["Name": "There"])
            // Of another org, as it were: the same prefix, and a number that is not given out.
            let nowhere = there.prefix(12) + "zzz"
            try belt.rows("accounts", "code,sf_id,phone\nA,\(there),1\nB,\(nowhere),1\n")
            for number in 1...2 {
                let run = try await belt.run()
                #expect(run.steps[0].counts.updated == (number == 1 ? 1 : 0), "\(run)")
                #expect(run.steps[0].counts.unmatched == 1, "\(run)")
                #expect(run.steps[0].counts.rejected == 0)
                let left = try await belt.undelivered(run)
                #expect(left.map { "\($0.key) \($0.code)" } == ["B NOT_FOUND"])
                #expect(left.first?.message.contains("no Account has the Id \(nowhere)") == true, "\(left)")
            }
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test(arguments: [true, false])
    func `does not overwrite the row that the other record is about`(isDelivered: Bool) async throws {
        try await Belt.with([Self.sync(.rest)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept"])
            let gone = try await belt.create("Account", ["Name": "Gone"])
            let own = "A,\(kept),11\n"
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),1\n" + (isDelivered ? own : ""))
            #expect(try await belt.run().state == .succeeded)
            try await Self.merge(gone, into: kept, belt)
            // Known as delivered and unchanged, or new in the same run.
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),22\n" + own)
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            let refused = try #require(try await belt.undelivered(run).first)
            #expect(refused.key == "B" && refused.code == "DUPLICATE_VALUE", "\(refused)")
            #expect(refused.message.contains("was merged into \(kept), to which the row of key A belongs"))
            #expect(try await belt.records("Account", by: "Id")[kept]?.text("Phone") == "11")
        }
    }

    @Test func `is refused when several rows would be led to one record`() async throws {
        try await Belt.with([Self.sync(.rest)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept", "Phone": "0"])
            let first = try await belt.create("Account", ["Name": "One"])
            let second = try await belt.create("Account", ["Name": "Two"])
            for victim in [first, second] { try await Self.merge(victim, into: kept, belt) }
            try belt.rows("accounts", "code,sf_id,phone\nB,\(first),22\nC,\(second),33\n")
            let run = try await belt.run()
            #expect(try await belt.undelivered(run).map(\.code) == ["DUPLICATE_VALUE", "DUPLICATE_VALUE"], "\(run)")
            #expect(try await belt.records("Account", by: "Id")[kept]?.text("Phone") == "0")
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A reference to a record that was merged into another` {
    /// How contacts name their account.
    enum Link: CaseIterable { case externalID, uniqueField, id, lookupOfID }

    private static func sync(_ link: Link, _ api: APIChoice) -> SyncDefinition {
        .of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["LastName": "name"]
        ) {
            $0.api = api
            func lookup(_ field: String) -> FieldMapping {
                FieldMapping(
                    field: "AccountId",
                    value: .lookup(.init(object: "Account", field: field, column: "account"))
                )
            }
            switch link {
            case .externalID: $0.fields.append(lookup("External_Id__c"))
            case .uniqueField: $0.fields.append(lookup("Unique_Key__c"))
            case .id: $0.fields.append(FieldMapping(field: "AccountId", value: .column("account")))
            case .lookupOfID: $0.fields.append(lookup("Id"))
            }
        }
    }

    private static func merge(_ victim: String, into master: String, _ belt: Belt) async throws {
        let results = try await belt.client {
            try await $0.merge([MergeRequest(object: "Account", masterID: master, victimIDs: [victim])])
        }
        try #require(results.map(\.success) == [true], "\(results)")
    }

    @Test(arguments: Link.allCases, [APIChoice.rest, .bulk, .bulk2])
    func `is followed; one to a record that is gone is refused`(link: Link, api: APIChoice) async throws {
        try await Belt.with([Self.sync(link, api)], models: ["contacts": ["code"]]) { belt in
            func account(_ name: String) async throws -> String {
                try await belt.create("Account", ["Name": name, "External_Id__c": name, "Unique_Key__c": name])
            }
            let ids = [
                "Kept": try await account("Kept"), "Gone": try await account("Gone"), "Bin": try await account("Bin"),
            ]
            func value(_ name: String) -> String {
                let id = ids[name] ?? "?"
                return link == .id || link == .lookupOfID ? name == "Gone" ? String(id.prefix(15)) : id : name
            }
            let (kept, gone, bin) = (value("Kept"), value("Gone"), value("Bin"))
            try await Self.merge(try #require(ids["Gone"]), into: try #require(ids["Kept"]), belt)
            let trashed = try #require(ids["Bin"])
            try await belt.client { try await $0.delete("Account", id: trashed) }
            try belt.rows("contacts", "code,name,account\nC-1,Ada,\(gone)\nC-2,Bob,\(kept)\nC-3,Cyd,\(bin)\nC-4,Dan,\n")
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.created == 3 && run.steps[0].counts.rejected == 1, "\(run)")
            let refused = try await belt.undelivered(run)
            #expect(refused.map(\.key) == ["C-3"], "\(refused)")
            let wanted =
                [Link.externalID: "INVALID_FIELD", .uniqueField: "INVALID_CROSS_REFERENCE_KEY"][link]
                ?? "ENTITY_IS_DELETED"
            #expect(link == .uniqueField || refused.first?.code == wanted, "\(refused)")
            let contacts = try await belt.records("Contact")
            #expect(contacts["C-1"]?.text("AccountId") == ids["Kept"])
            #expect(contacts["C-2"]?.text("AccountId") == ids["Kept"])
            #expect(contacts["C-4"] != nil && contacts["C-4"]?.text("AccountId") == nil)
            #expect(
                run.warnings.contains { $0.contains("(\(ids["Gone"] ?? "?") into \(ids["Kept"] ?? "?"))") },
                "\(run.warnings)"
            )
            #expect(try await belt.ledger.check().faults == [])
            try belt.rows("contacts", "code,name,account\nC-1,Ada,\(gone)\nC-2,Bob,\(kept)\nC-4,Dan,\n")
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 3)
            #expect(try await belt.calls() == calls)
            // One that changes later goes the same way.
            try belt.rows("contacts", "code,name,account\nC-1,Ada B,\(gone)\nC-2,Bob,\(kept)\nC-4,Dan,\n")
            #expect(try await belt.run().state == .succeeded)
            #expect(try await belt.records("Contact")["C-1"]?.text("LastName") == "Ada B")
            #expect(try await belt.counter("created", "Contact") == 3)
        }
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `of an update by a unique field is written there, unless another row is about it`(api: APIChoice) async throws
    {
        let fields = ["Phone": "phone"]
        let sync = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .update,
            match: ("key", "Unique_Key__c"),
            fields: fields
        ) {
            $0.api = api
            $0.fields.append(FieldMapping(field: "Site", value: .column("phone"), write: .ifEmpty))
        }
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            func account(_ key: String, site: String = "") async throws -> String {
                try await belt.create(
                    "Account",
                    ["Name": key, "Unique_Key__c": key].merging(site.isEmpty ? [:] : ["Site": site]) { $1 }
                )
            }
            let (kept, gone) = (try await account("K-1", site: "here"), try await account("K-2"))
            let (own, other) = (try await account("K-3"), try await account("K-4"))
            try await Self.merge(gone, into: kept, belt)
            try await Self.merge(other, into: own, belt)
            // K-1 is no row of the model, K-3 is one.
            try belt.rows("accounts", "code,key,phone\nB,k-2,22\nC,K-3,33\nD,K-4,44\nE,K-9,99\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.updated == 2 && run.steps[0].counts.unmatched == 2, "\(run)")
            let records = try await belt.records("Account", by: "Id")
            #expect(records.mapValues { $0.text("Phone") } == [kept: "22", own: "33"])
            #expect(records[kept]?.text("Site") == "here", "what is filled there stays")
            #expect(run.warnings.contains { $0.contains("K-2 (\(gone) into \(kept))") }, "\(run.warnings)")
            #expect(run.warnings.contains { $0.contains("K-4 is not written") && $0.contains("another row belongs") })
            // K-3 is unchanged now, and still the record of its own row.
            let next = try await belt.run()
            #expect(next.steps[0].counts.unmatched == 2 && next.steps[0].counts.updated == 0, "\(next)")
            #expect(try await belt.records("Account", by: "Id")[own]?.text("Phone") == "33")
        }
    }
}
