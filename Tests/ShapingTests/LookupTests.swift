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
        #expect(row?.selfParent == boss?.match)
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
        bench.match = .init(column: "id", field: "Id")
        #expect(try bench.shaper(.csv(.delete)).questions.isEmpty)
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

@Suite struct `Rows that refer to one another` {
    private func waves(_ parents: [Int?]) -> Waves {
        Waves(
            parents.enumerated().map {
                Waves.Row(match: UInt64($0.offset + 1), parent: $0.element.map { UInt64($0 + 1) } ?? 0)
            }
        )
    }

    @Test func `go roots first`() {
        #expect(waves([nil, 0, 1, 0, nil, 99]).waves == [0, 1, 2, 1, 0, 0])
        #expect(waves([1, 2, 3, nil]).waves == [3, 2, 1, 0])
        #expect(waves([]).count == 0)
        #expect(waves([nil]).count == 1)
    }

    @Test func `in a circle are told, and broken at one row`() {
        let circle = waves([2, 0, 1, 1, 3, 5])
        #expect(circle.cycles == [[0, 2, 1], [5]])
        #expect(circle.waves == [0, 1, 2, 2, 3, 0])
        #expect(circle.count == 4)
    }

    @Test(arguments: 0..<20) func `never go before their parents, but at a broken circle`(_ seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let count = 1 + next(200)
        let parents = (0..<count).map { _ in next(4) == 0 ? nil : next(count) }
        let result = waves(parents)
        let broken = Set(result.cycles.map { $0[0] })
        for (row, parent) in parents.enumerated() {
            guard let parent, !broken.contains(row) else { continue }
            #expect(result.waves[row] > result.waves[parent])
        }
        for cycle in result.cycles {
            for (row, parent) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) { #expect(parents[row] == parent) }
        }
    }

    @Test func `may be a chain of a hundred thousand`() {
        let chain = waves((0..<100_000).map { $0 == 99_999 ? nil : $0 + 1 })
        #expect(chain.count == 100_000)
    }
}

@Suite struct `Rows of one merge group` {
    private func member(_ row: Int, _ group: String, child: Bool) -> MergeMember {
        MergeMember(row: row, group: group, isChild: child)
    }

    @Test func `are one parent and its children`() {
        let groups = MergeGroups([
            member(0, "g1", child: true), member(1, "g1", child: false), member(2, "", child: false),
            member(3, "g1", child: true),
        ])
        #expect(groups.groups.map(\.parent.row) == [1, 2])
        #expect(groups.groups[0].children.map(\.row) == [0, 3])
        #expect(groups.refused.isEmpty)
    }

    @Test func `without one parent are refused together`() {
        let groups = MergeGroups([
            member(0, "none", child: true), member(1, "two", child: false), member(2, "two", child: false),
            member(3, "", child: true),
        ])
        #expect(groups.groups.isEmpty)
        #expect(groups.refused.map(\.rows) == [[3], [0], [1, 2]])
        #expect(groups.refused[1].reason.contains("has none"))
        #expect(groups.refused[2].reason.contains("has 2"))
    }

    @Test func `are told by either column`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(
                field: "Notes__c",
                value: .template(FieldTemplate(parts: [.column("group"), .column("child"), .column("into")]))
            )
        ]
        let flagged = SyncDefinition.Merge(sharedID: "group", isChild: "child", mergeID: nil)
        let named = SyncDefinition.Merge(sharedID: "group", isChild: nil, mergeID: "into")
        let change = bench.change(["group": " g ", "child": "t", "into": ""])
        #expect(try MergeMember(change, row: 0, merge: flagged, columns: bench.columns) == member(0, "g", child: true))
        #expect(try MergeMember(change, row: 0, merge: named, columns: bench.columns) == member(0, "g", child: false))
        let child = try MergeMember(
            bench.change(["group": "g", "into": contact]),
            row: 1,
            merge: named,
            columns: bench.columns
        )
        #expect(child == MergeMember(row: 1, group: "g", isChild: true, mergeID: contact))
        for value in ["", "maybe"] {
            #expect(throws: Refusal.self) {
                try MergeMember(
                    bench.change(["group": "g", "child": value]),
                    row: 0,
                    merge: flagged,
                    columns: bench.columns
                )
            }
        }
    }
}
