import SyncModel
import Testing

@testable import Shaping

private let account = "0014S000005YJYwQAO"

/// The answers that hold these records, by value, for the first question.
private func answers(_ shaper: Shaper, _ records: [(String, String, UInt64)], question: Int = 0) -> LookupAnswers {
    var answers = LookupAnswers(questions: shaper.questions)
    for (value, id, filled) in records { answers.add(id: id, filled: filled, for: Array(value.utf8), to: question) }
    return answers
}

@Suite struct `A lookup by external id` {
    private var bench: ShapingBench {
        var bench = ShapingBench()
        bench.fields.append(
            FieldMapping(
                field: "AccountId",
                value: .lookup(.init(object: "Account", field: "Ext__c", column: "account"))
            )
        )
        return bench
    }

    @Test func `is sent through the relationship, and asks nothing`() throws {
        let shaper = try bench.shaper(.csv(.upsert))
        #expect(shaper.questions.isEmpty)
        #expect(String(decoding: shaper.csvHeader(layout: 0), as: UTF8.self) == "Ext__c,LastName,Account.Ext__c\n")
        let (line, result) = try bench.shaped(["id": "C-1", "name": "Ito", "account": "A-17"], .csv(.upsert))
        #expect(line == "C-1,Ito,A-17\n")
        #expect(result.row?.layout == 0)
        #expect(result.row?.parent != 0)
        let json = try bench.shaped(["id": "C-1", "name": "Ito", "account": "A-17"], .json(.upsert)).0
        #expect(json.hasSuffix(#""LastName":"Ito","Account":{"Ext__c":"A-17"}}"#))
    }

    @Test func `is cleared through the Id, in a layout of its own`() throws {
        let (line, result) = try bench.shaped(["id": "C-1", "name": "Ito"], .csv(.upsert))
        #expect(line == "C-1,Ito,#N/A\n")
        #expect(result.row?.layout == 1)
        #expect(result.row?.parent == 0)
        #expect(
            String(decoding: try bench.shaper(.csv(.upsert)).csvHeader(layout: 1), as: UTF8.self)
                == "Ext__c,LastName,AccountId\n"
        )
        #expect(try bench.shaped(["id": "C-1", "name": "Ito"], .json(.upsert)).0.hasSuffix(#""AccountId":null}"#))
    }

    @Test func `that is null is nothing to say of a record that is created`() throws {
        var bench = bench
        bench.mode = .insert
        let (line, result) = try bench.shaped(["id": "C-1", "name": "Ito"], .csv(.insert))
        #expect(line == "C-1,Ito,\n")
        #expect(result.row?.layout == 0)
    }

    @Test func `that is null has one fingerprint, whether the record exists or not`() throws {
        var shaper = try bench.shaper(.csv(.upsert))
        var payload: [UInt8] = []
        let change = bench.change(["id": "C-1", "name": "Ito"])
        let created = shaper.shape(change, existence: false, into: &payload).row
        let updated = shaper.shape(change, existence: true, into: &payload).row
        #expect(String(decoding: payload, as: UTF8.self) == "C-1,Ito,\nC-1,Ito,#N/A\n")
        #expect(created?.shaped == updated?.shaped)
        #expect(created?.layout == 0 && updated?.layout == 1)
    }

    @Test func `gives rows of one parent one hash, whatever its case`() throws {
        let one = try bench.shaped(["id": "C-1", "name": "a", "account": "A-17"], .csv(.upsert)).1.row
        let two = try bench.shaped(["id": "C-2", "name": "b", "account": " a-17 "], .csv(.upsert)).1.row
        let other = try bench.shaped(["id": "C-3", "name": "c", "account": "A-18"], .csv(.upsert)).1.row
        #expect(one?.parent == two?.parent)
        #expect(one?.parent != other?.parent)
    }

    @Test func `names the object where the reference takes several`() throws {
        var bench = ShapingBench()
        bench.fields.append(
            FieldMapping(field: "OwnerId", value: .lookup(.init(object: "User", field: "Badge__c", column: "badge")))
        )
        #expect(
            String(decoding: try bench.shaper(.csv(.upsert)).csvHeader(layout: 0), as: UTF8.self)
                == "Ext__c,LastName,User:Owner.Badge__c\n"
        )
        let json = try bench.shaped(["id": "C-1", "name": "Ito", "badge": "7"], .json(.upsert)).0
        #expect(json.hasSuffix(#""Owner":{"attributes":{"type":"User"},"Badge__c":"7"}}"#))
    }

    @Test func `is written as the linked field's type has it`() throws {
        var bench = ShapingBench()
        bench.fields.append(
            FieldMapping(field: "AccountId", value: .lookup(.init(object: "account", field: "number__c", column: "n")))
        )
        #expect(try bench.shaped(["id": "C-1", "name": "Ito", "n": "017.0"], .csv(.upsert)).0 == "C-1,Ito,17\n")
        #expect(
            try bench.shaped(["id": "C-1", "name": "Ito", "n": "017.0"], .json(.upsert)).0.hasSuffix(
                #""Account":{"Number__c":17}}"#
            )
        )
        #expect(
            try bench.shaped(["id": "C-1", "name": "Ito", "n": "x"], .csv(.upsert)).1.refusal?.fields == ["AccountId"]
        )
    }

    @Test func `into the same object by the match field ties a row to its parent`() throws {
        var bench = ShapingBench()
        bench.fields.append(
            FieldMapping(
                field: "ReportsToId",
                value: .lookup(.init(object: "Contact", field: "Ext__c", column: "boss"))
            )
        )
        let boss = try bench.shaped(["id": "C-1", "name": "a"], .json(.upsert)).1.row
        let row = try bench.shaped(["id": "C-2", "name": "b", "boss": "c-1"], .json(.upsert)).1.row
        #expect(row?.selfParent == boss?.own && boss?.own == boss?.match)
        #expect(boss?.selfParent == 0)
    }

    @Test func `may be left out for a second pass without changing the fingerprint`() throws {
        var shaper = try bench.shaper(.csv(.upsert))
        var payload: [UInt8] = []
        let change = bench.change(["id": "C-1", "name": "Ito", "account": "A-17"])
        let first = shaper.shape(change, omitting: 1, into: &payload).row
        #expect(String(decoding: payload, as: UTF8.self) == "C-1,Ito,\n")
        let second = shaper.shape(change, into: &payload).row
        #expect(first?.shaped == second?.shaped)
    }
}

@Suite struct `A lookup by another field` {
    private var bench: ShapingBench {
        var bench = ShapingBench()
        bench.fields.append(
            FieldMapping(field: "AccountId", value: .lookup(.init(object: "Account", field: "Site", column: "site")))
        )
        return bench
    }

    @Test func `asks for its distinct values once`() throws {
        var shaper = try bench.shaper(.csv(.upsert))
        #expect(shaper.questions == [LookupQuestion(object: "Account", field: "Site", type: .string)])
        var needs = LookupNeeds(questions: shaper.questions)
        #expect(needs.isEmpty)
        for site in ["Rome", " rome", "Oslo", "", "ROME"] {
            shaper.collect(&needs, of: bench.change(["id": "C-1", "name": "a", "site": site]))
        }
        #expect(needs.count(of: 0) == 2)
        #expect(Set(needs.values(of: 0).map { String(decoding: $0, as: UTF8.self) }) == ["Rome", "Oslo"])
    }

    @Test func `sends the Id that it found`() throws {
        let shaper = try bench.shaper(.csv(.upsert))
        let found = answers(shaper, [("Rome", account, 0)])
        #expect(
            try bench.shaped(["id": "C-1", "name": "a", "site": "rome"], .csv(.upsert), answers: found).0
                == "C-1,a,\(account)\n"
        )
        #expect(
            try bench.shaped(["id": "C-1", "name": "a", "site": "rome"], .json(.upsert), answers: found).0.hasSuffix(
                "\"AccountId\":\"\(account)\"}"
            )
        )
        #expect(try bench.shaped(["id": "C-1", "name": "a"], .csv(.upsert), answers: found).0 == "C-1,a,#N/A\n")
        #expect(try bench.shaped(["id": "C-1", "name": "a"], .csv(.upsert), answers: found).1.row?.layout == 0)
    }

    @Test func `counts by its value, not by the Id`() throws {
        let shaper = try bench.shaper(.csv(.upsert))
        let cells = ["id": "C-1", "name": "a", "site": "Rome"]
        let one = try bench.shaped(cells, .csv(.upsert), answers: answers(shaper, [("Rome", account, 0)])).1.row
        let two = try bench.shaped(cells, .csv(.upsert), answers: answers(shaper, [("Rome", "0014S000005YJYzQAO", 0)]))
            .1.row
        #expect(one?.shaped == two?.shaped)
    }

    @Test func `that misses or hits twice is a refused row`() throws {
        let shaper = try bench.shaper(.csv(.upsert))
        let missed = try bench.shaped(["id": "C-1", "name": "a", "site": "Rome"], .csv(.upsert)).1.refusal
        #expect(missed?.code == "INVALID_FIELD")
        #expect(missed?.message == "Foreign key external ID: Rome not found for field Site in entity Account")
        #expect(missed?.fields == ["AccountId"])
        let twice = answers(shaper, [("Rome", account, 0), ("ROME", "0014S000005YJYxQAO", 0), ("rome", account, 0)])
        let refused = try bench.shaped(["id": "C-1", "name": "a", "site": "Rome"], .csv(.upsert), answers: twice).1
            .refusal
        #expect(refused?.code == "DUPLICATE_EXTERNAL_ID")
        #expect(refused?.message.contains(account) == true)
    }

    @Test func `takes no Id that is none`() throws {
        var answers = LookupAnswers(questions: try bench.shaper(.csv(.upsert)).questions)
        let added = answers.add(id: "001", for: Array("Rome".utf8), to: 0)
        #expect(!added)
    }
}

@Suite struct `A column of Ids` {
    @Test func `is sent as it is, with 18 characters`() throws {
        var bench = ShapingBench()
        bench.fields.append(FieldMapping(field: "AccountId", value: .column("account")))
        let (line, result) = try bench.shaped(["id": "C-1", "name": "a", "account": "0014S000005YJYw"], .csv(.upsert))
        #expect(line == "C-1,a,\(account)\n")
        #expect(result.row?.parent != 0)
        bench.fields[1] = FieldMapping(
            field: "AccountId",
            value: .lookup(.init(object: "Account", field: "Id", column: "account"))
        )
        #expect(try bench.shaped(["id": "C-1", "name": "a", "account": "0014S000005YJYw"], .csv(.upsert)).0 == line)
    }
}
