import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `An org that is pressed too hard` {
    private let org = """
        objects:
          Contact:
            triggers:
              - { name: Rollup, on: [insert, update] }
        """

    @Test(arguments: [
        ("TOO_MANY_APEX_REQUESTS", "came to an Apex limit: rows go in batches of 100 rows since"),
        ("UNABLE_TO_LOCK_ROW", "were held by other transactions: rows go in 5 batches at a time since"),
    ])
    func `gets all rows in the end, and the run says what gave way and what runs there`(
        code: String,
        words: String
    ) async throws {
        let contacts = SyncDefinition.of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["LastName": "name"]
        )
        try await Belt.with([contacts], models: ["contacts": ["id"]], org: org) { belt in
            var definitions = await belt.conductor.definitions
            definitions.destinations["org"]?.automation.discover = true
            try await belt.conductor.reload(definitions)
            let delivered = "id,name\n" + (1...40).map { "C-\($0),Last \($0)\n" }.joined()
            try belt.rows("contacts", delivered)
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"object":"Contact"},"do":"row-error","code":"\#(code)","message":"busy","times":3}"#
            )
            let run = try await belt.run()
            #expect(run.state == .succeeded && run.steps[0].counts.retries == 3, "\(run)")
            #expect(try await belt.records("Contact").count == 40)
            #expect(run.warnings.count == 1, "\(run.warnings)")
            #expect(run.warnings.first?.hasPrefix("contacts: ") == true && run.warnings.first?.contains(words) == true)
            #expect(run.warnings.first?.hasSuffix("what runs when Contact is written: trigger Rollup") == true)
            // What may have passed by then is said so of a row that was given up for it.
            try belt.rows("contacts", delivered + "C-50,Late\n")
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"object":"Contact"},"do":"row-error","code":"\#(code)","message":"busy","times":5}"#
            )
            var impatient = contacts
            impatient.retry.attempts = 1
            definitions.syncs["contacts"] = impatient
            try await belt.conductor.reload(definitions)
            #expect(try await belt.run().state == .partial)
            let life = try await belt.conductor.explain("contacts", key: "C-50")
            #expect(
                life.next == "The next run sends it again: what refused it may have passed by then.",
                "\(life.next)"
            )
            try await belt.admin("DELETE", "faults")
            definitions.syncs["contacts"] = contacts
            try await belt.conductor.reload(definitions)
            // What holds from now on is no news.
            try belt.rows("contacts", "id,name\n" + (1...40).map { "C-\($0),Other \($0)\n" }.joined())
            let second = try await belt.run()
            #expect(second.state == .succeeded && second.warnings == [], "\(second.warnings)")
            #expect(second.steps[0].counts.updated == 40 && second.steps[0].counts.retries == 0, "\(second)")
        }
    }
}
