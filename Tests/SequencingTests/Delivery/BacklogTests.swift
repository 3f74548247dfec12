import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `Rows that stay rejected` {
    private static func contacts(_ api: APIChoice) -> SyncDefinition {
        let fields = ["LastName": "name", "Email": "email"]
        return .of("contacts", into: .object("Contact"), .upsert, match: ("code", "External_Id__c"), fields: fields) {
            $0.api = api
        }
    }

    /// A hundred contacts and twenty more; `bad` have no address, `twins` a match value that is another's, too.
    private static func rows(bad: Range<Int> = 0..<0, name: String = "N", twins: Range<Int> = 0..<0) -> String {
        "key,code,name,email\n"
            + (0..<120).map { number in
                let code = twins.contains(number) ? "T-\(number / 2)" : "C-\(number)"
                let email = bad.contains(number) ? "no address" : "\(number)@example.com"
                return "\(number),\(code),\(number == 119 ? name : "N \(number)"),\(email)\n"
            }.joined()
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `fail the run in which they come, and not the small ones after it`(api: APIChoice) async throws {
        try await Belt.with([Self.contacts(api)], models: ["contacts": ["key"]]) { belt in
            try belt.rows("contacts", Self.rows(bad: 0..<55))
            let wave = try await belt.run()
            #expect(wave.state == .failed, "\(wave)")
            #expect(wave.steps[0].counts.rejected == 55)
            #expect(try await belt.records("Contact").count == 65)

            try belt.rows("contacts", Self.rows(bad: 0..<55, name: "New"))
            let small = try await belt.run()
            #expect(small.state == .partial, "\(small)")
            #expect(small.steps[0].counts.rejected == 55 && small.steps[0].counts.updated == 1)
            #expect(try await belt.records("Contact")["C-119"]?.text("LastName") == "New")

            // Others that are rejected beside them are weighed by themselves.
            try belt.rows("contacts", Self.rows(bad: 0..<110))
            let next = try await belt.run()
            #expect(next.state == .failed, "\(next)")
            #expect(
                next.steps[0].reason
                    == "55 of 56 rows were rejected, more than the 10% that `max_rejected` is unless written; 55 more were rejected before, and do not count"
            )
            try belt.rows("contacts", Self.rows())
            #expect(try await belt.run().state == .succeeded)
            #expect(try await belt.records("Contact").count == 120)
        }
    }

    @Test func `while they are read are weighed once, too`() async throws {
        try await Belt.with([Self.contacts(.rest)], models: ["contacts": ["key"]]) { belt in
            try belt.rows("contacts", Self.rows(twins: 0..<60))
            #expect(try await belt.run().state == .failed)
            try belt.rows("contacts", Self.rows(name: "New", twins: 0..<60))
            let small = try await belt.run()
            #expect(small.state == .partial, "\(small)")
            #expect(small.steps[0].counts.rejected == 60)
            #expect(try await belt.records("Contact")["C-119"]?.text("LastName") == "New")
            try belt.rows("contacts", Self.rows(twins: 0..<118))
            #expect(try await belt.run().state == .failed)
        }
    }

    @Test func `for want of a key are weighed once, too`() async throws {
        try await Belt.with([Self.contacts(.rest)], models: ["contacts": ["key"]]) { belt in
            func keyless(_ count: Int) -> String { (0..<count).map { ",K-\($0),Nobody,\n" }.joined() }
            try belt.rows("contacts", Self.rows() + keyless(60))
            #expect(try await belt.run().state == .failed)
            try belt.rows("contacts", Self.rows(name: "New") + keyless(60))
            let small = try await belt.run()
            #expect(small.state == .partial, "\(small)")
            #expect(small.steps[0].counts.rejected == 60)
            #expect(try await belt.records("Contact")["C-119"]?.text("LastName") == "New")
            // Of more than there were, the further ones are new.
            try belt.rows("contacts", Self.rows(name: "Newer") + keyless(115))
            let more = try await belt.run()
            #expect(more.reason?.contains("55 of 56 rows were rejected") == true, "\(more)")
            // Whoever asks for some keys is told of no others.
            let asked = try await belt.run(StartRequest(keys: ["119"]))
            #expect(asked.state == .succeeded && asked.steps[0].counts.rejected == 0, "\(asked)")
        }
    }
}
