import CivilTime
import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `What retention takes` {
    private var accounts: SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["Name": "name"]
        )
    }

    @Test(arguments: [
        ("accounts-upsert-1800000000000000.7", true),
        ("accounts-upsert-1800000000000000-1-linked.7.manifest", true),
        ("accounts-resolved-1800000000000000-upsert.7", true),
        ("accounts-upsert-1800000000000000.7.payload.squeezed", true),
        ("accounts.changes", true),
        ("accounts-eu-upsert-1800000000000000.7", false),
        ("accounts-1-upsert-1800000000000000.7", false),
        ("accounts-eu-1-upsert-1800000000000000.7", false),
        ("accounts-eu.changes", false),
        ("accounts2-upsert-1800000000000000.7", false),
        ("plan.json", false),
    ])
    func `is of one sync, and not of one whose name begins alike`(file: String, isOwn: Bool) {
        #expect(StateFolder.isSpool(file, of: "accounts") == isOwn)
    }

    private func retain(_ belt: Belt, age: Duration, size: Int64) async throws {
        var definitions = await belt.conductor.definitions
        definitions.settings.retention.age = age
        definitions.settings.retention.size = size
        try await belt.conductor.reload(definitions)
    }

    @Test func `are runs, calls and spools that are too old, and never what was delivered`() async throws {
        try await Belt.with([accounts], models: ["accounts": ["id"]]) { belt in
            var runs: [RunRecord] = []
            for round in 1...3 {
                try belt.rows("accounts", "id,name\nA-1,Round \(round)\n")
                runs.append(try await belt.run())
            }
            let keeper = Housekeeper(conductor: belt.conductor)
            try await retain(belt, age: .seconds(3_600), size: 1 << 40)
            #expect(try await keeper.tidy() == [])
            #expect(try await !belt.ledger.calls(of: runs[0].id).isEmpty)
            try await retain(belt, age: .zero, size: 1 << 40)
            #expect(try await keeper.tidy() == [runs[0].id, runs[1].id])
            #expect(try await belt.ledger.run(runs[0].id) == nil)
            #expect(try await belt.ledger.calls(of: runs[0].id).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: belt.folder.path("state/spool/\(runs[0].id)")))
            #expect(FileManager.default.fileExists(atPath: belt.folder.path("state/spool/\(runs[2].id)")))
            #expect(try await belt.run().steps[0].counts.unchanged == 1)
            #expect(try await belt.conductor.explain("accounts", key: "A-1").changeClass == .unchanged)
        }
    }

    @Test func `is not what was sent: that is kept in less room, and shown as before`() async throws {
        var sync = accounts
        sync.api = .bulk2
        try await Belt.with([sync], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\n" + (1...2_000).map { "A-\($0),Company \($0)\n" }.joined())
            let run = try await belt.run()
            let folder = belt.folder.path("state/spool/\(run.id)")
            func room() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".payload") }
                    .reduce(0) { try $0 + Data(contentsOf: URL(filePath: folder + "/" + $1)).count }
            }
            func upload() async throws -> String? {
                let log = await RequestLog(belt.conductor)
                let put = try #require(try await log.calls(of: run.id).first { $0.method == "PUT" })
                return try await log.withBodies(put).requestBody
            }
            let (plain, before) = (try room(), try await upload())
            _ = try await Housekeeper(conductor: belt.conductor).tidy()
            #expect(try room() == plain, "the run has just ended")
            _ = try await Housekeeper(conductor: belt.conductor, plainFor: .zero).tidy()
            let (squeezed, after) = (try room(), try await upload())
            #expect(squeezed * 3 < plain, "\(squeezed) of \(plain)")
            #expect(after == before)
            #expect(before?.contains(",Company ") == true, "\(before ?? "nil")")
            let report = try await belt.conductor.verifyState()
            #expect(report.faults == [] && report.notices == [])
            #expect(try await belt.run().steps[0].counts.unchanged == 2_000)
        }
    }

    @Test func `are spools of runs that nobody knows, and calls of no run are stored at last`() async throws {
        try await Belt.with([accounts], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\nA-1,One\n")
            let run = try await belt.run()
            let unknown = belt.folder.path("state/spool/r-of-another-state")
            try FileManager.default.createDirectory(atPath: unknown, withIntermediateDirectories: false)
            let destination = try #require(await belt.conductor.definitions.destinations["org"])
            let before = try await spent(belt)
            _ = try await belt.conductor.orgs.org(destination).client().limits()
            #expect(try await spent(belt) == before)
            try await retain(belt, age: .seconds(86_400), size: 1 << 40)
            #expect(try await Housekeeper(conductor: belt.conductor).tidy() == [])
            #expect(!FileManager.default.fileExists(atPath: unknown))
            #expect(FileManager.default.fileExists(atPath: belt.folder.path("state/spool/\(run.id)")))
            #expect(try await spent(belt) == before + 1)
        }
    }

    /// Calls that are stored, those of no run included.
    private func spent(_ belt: Belt) async throws -> Int {
        try await belt.ledger.spending(of: ["accounts"], since: Timestamp(microseconds: 0)).reduce(0) { $0 + $1.calls }
    }

    @Test func `is the oldest first when there is too much of it`() async throws {
        try await Belt.with([accounts], models: ["accounts": ["id"]]) { belt in
            var runs: [RunRecord] = []
            for round in 1...3 {
                try belt.rows("accounts", "id,name\nA-1,Round \(round)\n")
                runs.append(try await belt.run())
            }
            try await retain(belt, age: .seconds(86_400), size: 1)
            #expect(try await Housekeeper(conductor: belt.conductor).tidy() == [runs[0].id, runs[1].id])
            #expect(try await belt.run().state == .succeeded)
        }
    }
}
