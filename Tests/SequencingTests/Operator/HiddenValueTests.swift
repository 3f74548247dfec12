import CivilTime
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(4))) struct `Values that are to be hidden` {
    @Test func `are hidden in an answer about rows beyond what is kept of the request`() async throws {
        var settings = DaemonSettings.Requests()
        settings.redact = ["Email"]
        let journal = CallJournal(settings)
        let name = String(repeating: "x", count: 100)
        let records = (0..<200).map { number in #"{"LastName":"\#(name)","Email":"no mail \#(number)"}"# }
        let request = Array((#"{"records":["# + records.joined(separator: ",") + "]}").utf8)
        try #require(request.count > 20_000)
        let answer = Array(#"[{"message":"Email: invalid email address: no mail 199"}]"#.utf8)
        journal.listener(of: "org").finished(
            CallRecord(
                id: 1,
                label: CallJournal.label(run: RunID(rawValue: "r1"), sync: "contacts"),
                action: "create Contact",
                method: "POST",
                path: "/services/data/v62.0/composite/sobjects",
                attempt: 1,
                status: 200,
                started: Timestamp(seconds: 1_772_452_800),
                duration: .milliseconds(5),
                bytesSent: request.count,
                bytesReceived: answer.count,
                limitInfo: nil,
                requestBody: CallRecord.Body(bytes: request, size: request.count),
                responseBody: CallRecord.Body(bytes: answer, size: answer.count),
                error: nil
            )
        )
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        try await journal.flush(to: ledger)
        let call = try #require(try await ledger.calls(of: RunID(rawValue: "r1")).first)
        #expect(call.responseBody == #"[{"message":"Email: invalid email address: (redacted)"}]"#)
        let kept = try #require(call.requestBody)
        #expect(kept.utf8.count < 20_000 && kept.contains(BodyRedaction.mark) && !kept.contains("no mail"))
    }

    @Test func `are hidden in the messages of rows whose values are not kept`() async throws {
        let contacts = SyncDefinition.of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["LastName": "name", "Email": "email"]
        ) {
            $0.api = .bulk2
            $0.localChecks = false
        }
        try await Belt.with([contacts], models: ["contacts": ["code"]]) { belt in
            var definitions = await belt.conductor.definitions
            definitions.settings.requests.redact = ["Email"]
            try await belt.conductor.reload(definitions)
            let count = 20_050
            let lines = (1...count).map { "C-\($0),Ada,no mail \($0)\n" }
            try belt.rows("contacts", "code,name,email\n" + lines.joined())
            let run = try await belt.run()
            let rows = try await belt.undelivered(run)
            #expect(rows.count == count, "\(run)")
            // Of the first ones the values are kept: their messages are redacted when they are shown.
            let bare = rows.filter { $0.values.isEmpty }
            #expect(bare.count == 50)
            #expect(bare.allSatisfy { $0.code == "INVALID_EMAIL_ADDRESS" && !$0.message.contains("no mail") })
            #expect(bare.allSatisfy { $0.message.contains(BodyRedaction.mark) })
        }
    }
}
