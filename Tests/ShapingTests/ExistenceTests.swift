import SyncModel
import Testing

@testable import Shaping

private let account = "0014S000005YJYwQAO"
private let contact = "0034S000005YJYwQAO"
private let otherContact = "0034S000005YJYxQAO"

/// The answers that hold these records, by value, for the first question.
private func answers(_ shaper: Shaper, _ records: [(String, String, UInt64)], question: Int = 0) -> LookupAnswers {
    var answers = LookupAnswers(questions: shaper.questions)
    for (value, id, filled) in records { answers.add(id: id, filled: filled, for: Array(value.utf8), to: question) }
    return answers
}

@Suite struct `An update` {
    private var bench: ShapingBench {
        var bench = ShapingBench()
        bench.mode = .update
        bench.match = .init(column: "id", field: "Id")
        return bench
    }

    @Test func `by Id asks nothing`() throws {
        #expect(try bench.shaper(.csv(.update)).questions.isEmpty)
        #expect(try bench.shaped(["id": "0034S000005YJYw", "name": "Ito"], .csv(.update)).0 == "\(contact),Ito\n")
        #expect(
            try bench.shaped(["id": contact, "name": "Ito"], .json(.update)).0
                == "{\"attributes\":{\"type\":\"Contact\"},\"Id\":\"\(contact)\",\"LastName\":\"Ito\"}"
        )
        #expect(try bench.shaped(["id": account, "name": "Ito"], .csv(.update)).1.refusal?.code == "MALFORMED_ID")
        #expect(try bench.shaper(.csv(.update)).resultKey == .column("Id", caseSensitive: true))
    }

    @Test func `by a unique field looks for the record, which may not be there`() throws {
        var bench = bench
        bench.match = .init(column: "id", field: "Email")
        var shaper = try bench.shaper(.csv(.update))
        #expect(shaper.questions == [LookupQuestion(object: "Contact", field: "Email", type: .email)])
        var needs = LookupNeeds(questions: shaper.questions)
        shaper.collect(
            &needs,
            of: bench.change(["id": "A@x.io", "name": "Ito"], .changed, known: ShapingBench.delivered(1))
        )
        #expect(needs.count(of: 0) == 1)
        let found = answers(shaper, [("a@x.io", contact, 0)])
        #expect(
            try bench.shaped(["id": "A@x.io", "name": "Ito"], .csv(.update), answers: found).0 == "\(contact),Ito\n"
        )
        #expect(try bench.shaped(["id": "b@x.io", "name": "Ito"], .csv(.update), answers: found) == ("", .unmatched))
        let twice = answers(shaper, [("a@x.io", contact, 0), ("a@x.io", otherContact, 0)])
        #expect(
            try bench.shaped(["id": "a@x.io", "name": "Ito"], .csv(.update), answers: twice).1.refusal?.code
                == "DUPLICATE_EXTERNAL_ID"
        )
    }

    @Test func `of a field that is filled already is left out, and so is one of nothing but such`() throws {
        var bench = bench
        bench.fields = [
            FieldMapping(field: "LastName", value: .column("name"), write: .ifEmpty),
            FieldMapping(field: "Notes__c", value: .column("notes"), write: .ifEmpty),
        ]
        let shaper = try bench.shaper(.csv(.update))
        #expect(shaper.questions[0].filledFields == ["LastName", "Notes__c"])
        let cells = ["id": contact, "name": "Ito", "notes": "n"]
        func line(_ filled: UInt64) throws -> (String, ShapingResult) {
            try bench.shaped(cells, .csv(.update), answers: answers(shaper, [(contact, contact, filled)]))
        }
        #expect(try line(0).0 == "\(contact),Ito,n\n")
        #expect(try line(1).0 == "\(contact),,n\n")
        let nothing = try line(3)
        #expect(nothing.0.isEmpty)
        guard case .nothingToSend(let row) = nothing.1 else {
            Issue.record("both fields are filled")
            return
        }
        #expect(try line(0).1.row?.shaped == row.shaped)
        #expect(try bench.shaped(cells, .csv(.update)).1 == .unmatched)
    }

    @Test func `of nothing leaves the rows before it alone`() throws {
        var bench = bench
        bench.fields = [FieldMapping(field: "Notes__c", value: .column("notes"), whenNull: .keep)]
        var shaper = try bench.shaper(.csv(.update))
        var payload: [UInt8] = []
        _ = shaper.shape(bench.change(["id": contact, "notes": "n"]), into: &payload)
        let length = payload.count
        guard case .nothingToSend = shaper.shape(bench.change(["id": contact]), into: &payload) else {
            Issue.record("a null that is kept is nothing to send")
            return
        }
        #expect(payload.count == length)
    }
}

@Suite struct `A create-only field` {
    private var bench: ShapingBench {
        var bench = ShapingBench()
        bench.fields.append(FieldMapping(field: "Origin__c", value: .column("origin")))
        return bench
    }
    private let cells = ["id": "C-1", "name": "Ito", "origin": "web"]

    @Test func `is sent only when the record is created, which is asked`() throws {
        let shaper = try bench.shaper(.csv(.upsert))
        #expect(shaper.questions.map(\.field) == ["Ext__c"])
        #expect(try bench.shaped(cells, .csv(.upsert)).0 == "C-1,Ito,web\n")
        #expect(
            try bench.shaped(cells, .csv(.upsert), answers: answers(shaper, [("C-1", contact, 0)])).0 == "C-1,Ito,\n"
        )
        #expect(
            !(try bench.shaped(cells, .json(.upsert), answers: answers(shaper, [("c-1", contact, 0)])).0.contains(
                "Origin__c"
            ))
        )
    }

    @Test func `is not asked about for a row that was delivered`() throws {
        var shaper = try bench.shaper(.csv(.upsert))
        let known = bench.change(cells, .changed, known: ShapingBench.delivered(1))
        var needs = LookupNeeds(questions: shaper.questions)
        shaper.collect(&needs, of: known)
        #expect(needs.isEmpty)
        var payload: [UInt8] = []
        _ = shaper.shape(known, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self) == "C-1,Ito,\n")
        payload = []
        // The record vanished since: the row is tried the other way.
        _ = shaper.shape(known, existence: false, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self) == "C-1,Ito,web\n")
    }

    @Test func `does not count in the fingerprint`() throws {
        var shaper = try bench.shaper(.csv(.upsert))
        var payload: [UInt8] = []
        let created = shaper.shape(bench.change(cells), into: &payload).row
        #expect(shaper.fieldHashes.count == 2 && shaper.fieldHashes[0] != 0 && shaper.fieldHashes[1] == 0)
        let changed = bench.change(
            cells.merging(["origin": "fair"]) { $1 },
            .changed,
            known: ShapingBench.delivered(created?.shaped ?? 0)
        )
        #expect(shaper.shape(changed, into: &payload) == .unchanged(shaped: created?.shaped ?? 0))
    }
}

@Suite struct `A removed row` {
    private func removed(_ key: String) -> Change {
        var change = ShapingBench().change(["id": key], .removed, known: ShapingBench.delivered(1))
        change.cells = []
        return change
    }

    @Test func `is deleted by the Id that its external id has`() throws {
        var bench = ShapingBench()
        var shaper = try bench.shaper(.csv(.delete))
        #expect(String(decoding: shaper.csvHeader(layout: 0), as: UTF8.self) == "Id\n")
        var needs = LookupNeeds(questions: shaper.questions)
        shaper.collect(&needs, of: removed("C-1"))
        #expect(needs.count(of: 0) == 1)
        var payload: [UInt8] = []
        let found = answers(shaper, [("C-1", contact, 0)])
        #expect(shaper.shape(removed("C-1"), answers: found, into: &payload).row?.match != 0)
        #expect(String(decoding: payload, as: UTF8.self) == "\(contact)\n")
        #expect(shaper.shape(removed("C-2"), answers: found, into: &payload) == .unmatched)
        var json = try bench.shaper(.json(.delete))
        payload = []
        _ = json.shape(removed("C-1"), answers: found, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self) == contact)
        // Only archives delete by Id, run after run: what is gone is asked for, and not sent again.
        bench.match = .init(column: "id", field: "Id")
        #expect(try bench.shaper(.csv(.delete)).questions.map(\.field) == ["Id"])
        bench.fields.append(FieldMapping(field: "Email", value: .column("mail")))
        #expect(try bench.shaper(.csv(.clear)).questions.isEmpty)
    }

    @Test func `is cleared of what may be null and is not constant`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Email", value: .column("mail")),
            FieldMapping(field: "Active__c", value: .column("active")),
            FieldMapping(field: "Origin__c", value: .column("origin")),
            FieldMapping(field: "Notes__c", value: .constant("x")),
            FieldMapping(
                field: "AccountId",
                value: .lookup(.init(object: "Account", field: "Ext__c", column: "account"))
            ),
        ]
        var shaper = try bench.shaper(.csv(.clear))
        #expect(String(decoding: shaper.csvHeader(layout: 0), as: UTF8.self) == "Id,Email,AccountId\n")
        let found = answers(shaper, [("C-1", contact, 0)])
        var payload: [UInt8] = []
        let result = shaper.shape(removed("C-1"), answers: found, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self) == "\(contact),#N/A,#N/A\n")
        #expect(result.row?.layout == 0)
        payload = []
        var json = try bench.shaper(.json(.clear))
        _ = json.shape(removed("C-1"), answers: found, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self).hasSuffix(#","Email":null,"AccountId":null}"#))
    }

    @Test func `finds its match value in a key of several columns`() throws {
        var bench = ShapingBench()
        bench.primaryKey = ["region", "id"]
        var shaper = try bench.shaper(.csv(.delete))
        let found = answers(shaper, [("C \"1\"", contact, 0)])
        var payload: [UInt8] = []
        _ = shaper.shape(removed(#"["EU", "C \"1\""]"#), answers: found, into: &payload)
        #expect(String(decoding: payload, as: UTF8.self) == "\(contact)\n")
        for broken in [
            "", "EU", "[", "[\"EU\"", "[\"EU\"]", "[\"EU\",\"C\",\"x\"]", "[\"EU\" \"C\"]", "[\"EU\",\"\\u12\"]",
        ] {
            #expect(shaper.shape(removed(broken), answers: found, into: &payload).refusal?.code == "MISSING_ARGUMENT")
        }
    }

    @Test func `whose match column is no part of its key is refused with the reason`() throws {
        var bench = ShapingBench()
        bench.primaryKey = ["other"]
        var shaper = try bench.shaper(.csv(.delete))
        var payload: [UInt8] = []
        let refusal = shaper.shape(removed("C-1"), into: &payload).refusal
        #expect(refusal?.message.contains("not part of the model's primary key") == true)
    }
}
