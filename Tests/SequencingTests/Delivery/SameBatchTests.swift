import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// Batches with the same content, in one job of the original API, none of whose answers came.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Batches that are the same` {
    /// Rows that nothing tells apart, each a batch of its own.
    private static let count = 4

    private static var sync: SyncDefinition {
        .contacts(.insert, .bulk) {
            $0.match = nil
            $0.fields = [FieldMapping(field: "LastName", value: .column("last"))]
            $0.batch.size = 1
            $0.batch.parallel = count
        }
    }

    @Test(arguments: 0...count)
    func `are each sent once, however many of them have arrived`(lost: Int) async throws {
        try await DeliveryBench.run([Self.sync], rate: 10) { bench in
            try bench.model("contacts", [["id", "last"]] + (1...Self.count).map { ["C-\($0)", "Same"] })
            let post = #""match":{"method":"POST","path":"/batch$"}"#
            if lost > 0 {
                try await bench.org.fault(#"{\#(post),"times":\#(lost),"when":"before","do":"drop"}"#)
            }
            if lost < Self.count {
                try await bench.org.fault(#"{\#(post),"times":\#(Self.count - lost),"when":"after","do":"drop"}"#)
            }
            // They all look behind the same fence at once.
            try await bench.org.fault(
                #"{"match":{"method":"POST","path":"/job/[^/]+$"},"times":1,"do":"delay","delay_ms":1000}"#
            )
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == Self.count, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == Self.count)
            #expect(try await bench.ledger.check().faults == [])
            #expect(try await bench.run().steps[0].counts.unchanged == Self.count)
            #expect(try await bench.org.ever("created", "Contact") == Self.count)
        }
    }

    @Test(arguments: 0...count)
    func `are told apart by the run that takes them up`(lost: Int) async throws {
        try await DeliveryBench.run([Self.sync], rate: 10) { bench in
            try bench.model("contacts", [["id", "last"]] + (1...Self.count).map { ["C-\($0)", "Same"] })
            let post = #""match":{"method":"POST","path":"/batch$"}"#
            if lost > 0 {
                try await bench.org.fault(#"{\#(post),"times":\#(lost),"when":"before","do":"drop"}"#)
            }
            if lost < Self.count {
                try await bench.org.fault(#"{\#(post),"times":\#(Self.count - lost),"when":"after","do":"drop"}"#)
            }
            // No fence can be put up, so the run ends without knowing any of them.
            try await bench.org.fault(
                #"{"match":{"method":"POST","path":"/job/[^/]+$"},"do":"status","status":401}"#
            )
            let failed = try await bench.run()
            #expect(failed.state == .failed, "\(failed)")
            let open = try await bench.ledger.openIntents(of: "contacts").filter { $0.kind == BulkRoute.batchKind }
            #expect(open.map { BatchHandle($0.handle ?? "")?.batch } == Array(repeating: nil, count: Self.count))
            try await bench.org.mend()
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == lost, "\(run)")
            #expect(try await bench.org.ever("created", "Contact") == Self.count)
            #expect(try await bench.ledger.openIntents().isEmpty)
            #expect(try await bench.ledger.check().faults == [])
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A batch that ends its step` {
    @Test func `leaves those beside it to be collected`() async throws {
        let sync = SyncDefinition.contacts(.upsert, .bulk) {
            $0.batch.size = 50
            $0.batch.parallel = 2
        }
        try await DeliveryBench.run([sync], rate: 10) { bench in
            let rows = (1...100).map { ["C-\($0)", "Last", "", ""] }
            try bench.model("contacts", [["id", "last", "title", "email"]] + rows)
            // One of them is told, with a new session too, that its job may not be looked at.
            try await bench.org.fault(
                #"{"match":{"method":"GET","path":"/batch$"},"times":2,"do":"status","status":401}"#
            )
            let run = try await bench.run()
            #expect(run.state == .failed, "\(run)")
            #expect(run.steps[0].counts.created == 50, "\(run)")
            let open = try await bench.ledger.openIntents(of: "contacts")
            #expect(open.filter { $0.kind == BulkRoute.batchKind }.count == 1, "\(open)")
            let again = try await bench.run()
            #expect(again.state == .succeeded, "\(again)")
            #expect(try await bench.org.ever("created", "Contact") == 100)
            #expect(try await bench.org.ever("updated", "Contact") == 0)
        }
    }
}
