import Foundation
import Pushing
import SyncModel
import TestKit
import Testing

@testable import Sequencing

/// Contacts of few accounts whose trigger locks the account: the load that makes batches fight.
///
/// `SEQUENCED_LOCK_TEST_CONTACTS` chooses the size (`make locks` runs it with 100,000).
@Suite(.scratchFolder, .timeLimit(.minutes(10))) struct `Contacts that lock their accounts` {
    private static let yaml = """
        objects:
          Contact:
            triggers:
              - { name: Rollup, on: [insert, update], locks: AccountId }
        """

    private static let contacts =
        ProcessInfo.processInfo.environment["SEQUENCED_LOCK_TEST_CONTACTS"].flatMap(Int.init) ?? 10_000
    private static var accounts: Int { contacts / 100 }

    private func sync(_ api: APIChoice) -> SyncDefinition {
        let parent = FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "account")
        return .contacts(.upsert, api) {
            $0.fields = [
                FieldMapping(field: "LastName", value: .column("last")),
                FieldMapping(field: "AccountId", value: .lookup(parent)),
            ]
        }
    }

    private func prepare(_ bench: DeliveryBench, contacts: Int = Self.contacts) async throws {
        try await bench.org.create(
            "Account",
            (0..<contacts / 100).map { ["Name": "Company \($0)", "External_Id__c": "A-\($0)"] }
        )
        // Neighbours in the model are of different accounts.
        try bench.model(
            "contacts",
            [["id", "last", "account"]]
                + (0..<contacts).map { ["C-\($0)", "Last \($0)", "A-\($0 % (contacts / 100))"] }
        )
    }

    @Test(arguments: [APIChoice.bulk])
    func `are all delivered, with fewer than one in a hundred sent again`(api: APIChoice) async throws {
        try await DeliveryBench.run([sync(api)], org: Self.yaml, rate: 10) { bench in
            try await prepare(bench)
            let begun = ContinuousClock.now
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            let counts = run.steps[0].counts
            print(
                "\(Self.contacts) contacts of \(Self.accounts) accounts, parents together: \(counts.created) created,",
                "\(counts.retries) sent again, \(counts.batches) batches, \(begun.duration(to: .now))"
            )
            #expect(run.steps[0].counts.created == Self.contacts, "\(run)")
            #expect(run.steps[0].counts.retries < Self.contacts / 100, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == Self.contacts)
        }
    }

    @Test func `would fight in their plain order at the same parallelism`() async throws {
        try await DeliveryBench.run([sync(.bulk)], org: Self.yaml) { bench in
            try await prepare(bench)
            let failed = try await loadPlainly(bench.org)
            print("\(Self.contacts) contacts in plain order, ten batches at a time: \(failed) rows met a lock")
            #expect(failed > Self.contacts / 100, "only \(failed) rows met a lock")
        }
    }

    @Test func `go by the original API when Bulk 2.0 makes them fight, and the next run knows`() async throws {
        // What is locked no column of the model tells: so order is no help, and only slowness is.
        let sync = sync(.bulk2)
        try await DeliveryBench.run([sync], org: Self.yaml, rate: 20) { bench in
            // The pressure would have risen again by the end of a longer load.
            let contacts = min(Self.contacts, 10_000)
            try await prepare(bench, contacts: contacts)
            // Of the first job a tenth, of the single one that follows again a tenth.
            try await bench.org.fault(
                #"{"match":{"object":"Contact"},"do":"row-error","code":"UNABLE_TO_LOCK_ROW","message":"busy","nth":10,"times":\#(contacts / 10 + contacts / 100)}"#
            )
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == contacts)
            #expect(run.steps[0].counts.retries == contacts / 10 + contacts / 100, "\(run)")
            #expect(run.steps[0].pressure?.api == "bulk" && run.steps[0].pressure?.isSerial == true, "\(run)")
            let ways = try await bench.org.calls().filter { $0.hasPrefix("POST") }.compactMap { call in
                ["jobs/ingest", "services/async"].first { call.contains($0) }
            }
            #expect(ways.prefix(2) == ["jobs/ingest", "jobs/ingest"], "\(ways)")
            #expect(ways.count > 2 && ways.dropFirst(2).allSatisfy { $0 == "services/async" }, "\(ways)")
            let auto = self.sync(.auto)
            let gauge = try await PressureGauge.load(auto, concurrentRequests: 20, bench.ledger)
            #expect(await gauge.pressure.isUnderLockPressure)
            // The next run tries Bulk 2.0 again, slowly.
            try await bench.org.mend()
            try bench.model("contacts", [["id", "last", "account"], ["C-0", "Other", "A-0"]])
            let next = try await bench.run()
            let slow = StepPressure(api: "bulk2", size: Pressure.singleJobRows, parallel: 1, isSerial: false)
            #expect(next.steps[0].counts.updated == 1 && next.steps[0].pressure == slow, "\(next)")
        }
    }

    /// Ten batches at a time in the order of the model, by somebody who does not care; how many rows failed.
    private func loadPlainly(_ org: HeldOrg) async throws -> Int {
        let headers = try await org.session()
        let xml = headers.merging(["Content-Type": "application/xml"]) { $1 }
        func text(_ data: Data, between start: String, _ end: String) -> String {
            let text = String(decoding: data, as: UTF8.self)
            guard let from = text.firstRange(of: start), let to = text[from.upperBound...].firstRange(of: end) else {
                return ""
            }
            return String(text[from.upperBound..<to.lowerBound])
        }
        let namespace = "xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\""
        let made = try await org.call(
            "POST",
            "/services/async/62.0/job",
            Data(
                """
                <jobInfo \(namespace)><operation>upsert</operation><object>Contact</object>\
                <externalIdFieldName>External_Id__c</externalIdFieldName><concurrencyMode>Parallel</concurrencyMode>\
                <contentType>CSV</contentType></jobInfo>
                """.utf8
            ),
            xml
        )
        let job = text(made, between: "<id>", "</id>")
        let size = Self.contacts / 10
        let batches = try await withThrowingTaskGroup(of: String.self) { group in
            for start in stride(from: 0, to: Self.contacts, by: size) {
                group.addTask {
                    var csv = "External_Id__c,LastName,Account.External_Id__c\n"
                    for row in start..<start + size { csv += "C-\(row),Last \(row),A-\(row % Self.accounts)\n" }
                    let answer = try await org.call(
                        "POST",
                        "/services/async/62.0/job/\(job)/batch",
                        Data(csv.utf8),
                        headers.merging(["Content-Type": "text/csv"]) { $1 }
                    )
                    return text(answer, between: "<id>", "</id>")
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        var failed = 0
        for batch in batches {
            let path = "/services/async/62.0/job/\(job)/batch/\(batch)"
            while try await ["Queued", "InProgress"].contains(
                text(org.call("GET", path, nil, headers), between: "<state>", "</state>")
            ) {}
            // One that failed as a whole has no result.
            guard let result = try? await org.call("GET", path + "/result", nil, headers) else {
                failed += size
                continue
            }
            failed += String(decoding: result, as: UTF8.self).split(separator: "\n").count {
                $0.contains("UNABLE_TO_LOCK")
            }
        }
        return failed
    }
}
