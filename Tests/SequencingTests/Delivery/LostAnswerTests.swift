import Ledger
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `An answer that is lost` {
    private static let header = ["id", "last", "title", "email"]

    private func rows(_ count: Int) -> [[String]] {
        [Self.header] + (1...count).map { ["C-\($0)", "Last \($0 % 7)", "Clerk", ""] }
    }

    /// Calls whose effect is kept while the answer is dropped.
    private static let calls = [
        #"{"match":{"method":"POST","path":"/batch$"},"nth":2,"times":2,"when":"after","do":"drop"}"#,
        #"{"match":{"method":"POST","path":"/batch$"},"nth":2,"times":2,"when":"before","do":"drop"}"#,
        #"{"match":{"method":"GET","path":"/result$"},"nth":2,"times":2,"when":"after","do":"truncate"}"#,
        #"{"match":{"method":"POST","path":"/async/.*/job$"},"nth":1,"times":1,"when":"after","do":"drop"}"#,
    ]

    @Test(arguments: calls)
    func `doubles nothing in an insert that nothing is unique in, by the original API`(fault: String) async throws {
        let sync = SyncDefinition.contacts(.insert, .auto) {
            $0.match = nil
            $0.batch.size = 50
            $0.batch.parallel = 3
        }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try bench.model("contacts", rows(400))
            try await bench.org.fault(fault)
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == 400, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == 400)
            #expect(try await bench.org.calls().contains { $0.contains("/services/async/") })
            let again = try await bench.run()
            #expect(again.state == .succeeded, "\(again)")
            #expect(try await bench.org.ever("created", "Contact") == 400)
        }
    }

    @Test(arguments: ["after", "before"])
    func `doubles nothing in an insert with a unique field, by REST`(when: String) async throws {
        let sync = SyncDefinition.contacts(.insert, .rest) { $0.match = .init(column: "id", field: "Unique_Key__c") }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            // One that somebody else has made is a double, whatever is lost.
            try await bench.org.create("Contact", [["LastName": "Theirs", "Unique_Key__c": "C-350"]])
            try bench.model("contacts", rows(600))
            let lost = #""path":"composite/sobjects"},"nth":2,"times":1,"when":"\#(when)","do":"drop""#
            try await bench.org.fault(#"{"match":{"method":"POST",\#(lost)}"#)
            let run = try await bench.run()
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.created == 599, "\(run)")
            #expect(run.steps[0].counts.rejected == 1, "\(run)")
            let rejected = try await bench.ledger.undelivered(run: run.id)
            #expect(rejected.map(\.key) == ["C-350"] && rejected.map(\.code) == ["DUPLICATE_VALUE"], "\(rejected)")
            #expect(try await bench.org.ever("created", "Contact") == 600)
        }
    }

    @Test func `puts up a fence that every batch without an answer waits for`() async throws {
        let sync = SyncDefinition.contacts(.insert, .bulk) {
            $0.match = nil
            $0.batch.size = 50
            $0.batch.parallel = 3
        }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try bench.model("contacts", rows(150))
            try await bench.org.fault(
                #"{"match":{"method":"POST","path":"/batch$"},"times":3,"when":"after","do":"drop"}"#
            )
            try await bench.org.fault(
                #"{"match":{"method":"POST","path":"/job/[^/]+$"},"times":1,"do":"delay","delay_ms":1500}"#
            )
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == 150)
            let calls = try await bench.org.calls()
            let closed = try #require(calls.firstIndex { $0.hasPrefix("POST") && $0.contains(/\/job\/[^\/]+$/) })
            let listed = try #require(calls.firstIndex { $0.hasPrefix("GET") && $0.hasSuffix("/batch") })
            // A job that still takes batches may get one behind the look.
            #expect(closed < listed, "\(calls)")
        }
    }

    @Test func `of a create is remembered when the call is refused afterwards`() async throws {
        let sync = SyncDefinition.contacts(.insert, .rest) { $0.match = .init(column: "id", field: "Unique_Key__c") }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try bench.model("contacts", rows(20))
            let create = #""match":{"method":"POST","path":"composite/sobjects"}"#
            try await bench.org.fault(#"{\#(create),"times":1,"when":"after","do":"drop"}"#)
            try await bench.org.fault(#"{\#(create),"times":4,"do":"status","status":401}"#)
            let run = try await bench.run()
            let second = run.state == .succeeded ? run : try await bench.run()
            #expect(second.state == .succeeded, "\(run)\n\(second)")
            #expect(try await bench.ledger.undelivered(run: second.id).isEmpty)
            #expect(try await bench.org.ever("created", "Contact") == 20)
        }
    }

    @Test func `doubles no row whose unique field is empty`() async throws {
        let sync = SyncDefinition.contacts(.insert, .auto) {
            $0.match = nil
            $0.fields.append(FieldMapping(field: "Unique_Key__c", value: .column("email")))
        }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try bench.model(
                "contacts",
                [["id", "last", "title", "email"], ["1", "A", "", ""], ["2", "B", "", "b@example.com"]]
            )
            try await bench.org.fault(
                #"{"match":{"method":"POST","path":"composite/sobjects|/batch$"},"times":1,"when":"after","do":"drop"}"#
            )
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == 2)
        }
    }

    @Test func `of an upsert or a deletion is no trouble`() async throws {
        let sync = SyncDefinition.contacts(.upsert, .rest) { $0.whenRemoved = .delete }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try await bench.org.fault(
                #"{"match":{"path":"composite/sobjects"},"nth":2,"times":2,"when":"after","do":"drop"}"#
            )
            try bench.model("contacts", rows(500))
            let first = try await bench.run()
            #expect(first.state == .succeeded, "\(first)")
            try bench.model("contacts", rows(100))
            let second = try await bench.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(try await bench.org.ever("created", "Contact") == 500)
            #expect(try await bench.org.records("Contact").count == 100)
        }
    }

    @Test func `in part leaves no row in doubt, wherever it ends`() async throws {
        let sync = SyncDefinition.contacts(.insert, .bulk2)
        try await DeliveryBench.run([sync], rate: 10) { bench in
            // Half of the results are answered: with other lengths of a line that half ends elsewhere, between two lines too.
            for length in 1...60 {
                let title = String(repeating: "x", count: length)
                let rows = (1...5).map { ["C-\(length)-\($0)", "Last", title, ""] }
                try bench.model("contacts", [Self.header] + rows)
                let short = #""do":"truncate","honest":true,"when":"after","times":1"#
                try await bench.org.fault(#"{"match":{"method":"GET","path":"successfulResults"},\#(short)}"#)
                let run = try await bench.run()
                #expect(run.state == .succeeded, "\(length): \(run)")
                #expect(run.steps[0].counts.created == 5, "\(length): \(run)")
            }
            #expect(try await bench.org.ever("created", "Contact") == 300)
        }
    }

    @Test func `rows of equal payload are told apart by nothing, over Bulk 2.0 too`() async throws {
        let sync = SyncDefinition.contacts(.insert, .bulk2) { $0.match = nil }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            try bench.model("contacts", rows(70))
            try await bench.org.fault(
                #"{"match":{"object":"Contact"},"do":"row-error","code":"UNABLE_TO_LOCK_ROW","message":"busy","nth":5,"times":9}"#
            )
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == 70, "\(run)")
            #expect(run.steps[0].counts.retries == 9, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == 70)
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Which API it is` {
    private func model(_ count: Int) -> [[String]] {
        [["id", "last", "title", "email"]] + (1...count).map { ["C-\($0)", "Last", "", "same@example.com"] }
    }

    private static let duplicateRule = """
        objects:
          Contact:
            duplicate_rules:
              - { name: Same_email, fields: [Email], allow_save: true, message: "Use one of these records?" }
        """

    @Test func `duplicates are allowed by a header of REST, which auto then takes`() async throws {
        let allowing = SyncDefinition.contacts(.upsert, .auto) { $0.headers.allowDuplicates = true }
        try await DeliveryBench.run([allowing], org: Self.duplicateRule) { bench in
            try bench.model("contacts", model(5))
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await bench.org.records("Contact").count == 5)
            #expect(try await bench.org.calls().contains { $0.contains("composite/sobjects") })
        }
    }

    @Test func `without it the rule refuses them, and by bulk it cannot be had`() async throws {
        try await DeliveryBench.run([.contacts(.upsert, .auto)], org: Self.duplicateRule) { bench in
            try bench.model("contacts", model(5))
            let run = try await bench.run()
            #expect(run.steps[0].counts.rejected == 4, "\(run)")
            #expect(try await bench.org.records("Contact").count == 1)
        }
        try await withScratchFolder { folder in
            let sync = SyncDefinition.contacts(.upsert, .bulk) { $0.headers.allowDuplicates = true }
            try await DeliveryBench.run([sync], in: folder) { bench in
                try bench.model("contacts", model(5))
                let run = try await bench.run()
                #expect(run.state == .failed, "\(run)")
                #expect(run.steps[0].reason?.contains("allow_duplicates") == true, "\(run)")
            }
        }
    }

    @Test func `few rows go by REST, many by Bulk 2.0, serial ones and blind creates by the original API`() async throws
    {
        func path(_ count: Int, _ change: (inout SyncDefinition) -> Void) async throws -> Set<String> {
            var sync = SyncDefinition.contacts(.upsert, .auto)
            change(&sync)
            let one = sync
            return try await withScratchFolder { folder in
                let found = Mutex<Set<String>>([])
                try await DeliveryBench.run([one], in: folder) { bench in
                    try bench.model("contacts", model(count))
                    let run = try await bench.run()
                    #expect(run.state == .succeeded, "\(run)")
                    let calls = try await bench.org.calls()
                    let families = ["composite/sobjects", "jobs/ingest", "services/async"]
                    let seen = Set(calls.compactMap { call in families.first { call.contains($0) } })
                    found.withLock { $0 = seen }
                }
                return found.withLock(\.self)
            }
        }
        #expect(try await path(300) { _ in } == ["composite/sobjects"])
        #expect(try await path(2_001) { _ in } == ["jobs/ingest"])
        #expect(try await path(300) { $0.batch.serial = true } == ["services/async"])
        #expect(try await path(300) { ($0.mode, $0.match) = (.insert, nil) } == ["services/async"])
    }

    @Test func `an insert that nothing is unique in is refused by REST`() async throws {
        let sync = SyncDefinition.contacts(.insert, .rest) { $0.match = nil }
        try await DeliveryBench.run([sync]) { bench in
            try bench.model("contacts", model(5))
            let run = try await bench.run()
            #expect(run.state == .failed, "\(run)")
            #expect(run.steps[0].reason?.contains("unique") == true, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == 0)
        }
    }
}
