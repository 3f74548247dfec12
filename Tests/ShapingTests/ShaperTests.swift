import Fingerprinting
import SyncModel
import Testing

@testable import Shaping

@Suite struct `A row in CSV` {
    @Test func `is one line, with its header`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Email", value: .column("mail")),
            FieldMapping(field: "Score__c", value: .column("score")),
            FieldMapping(field: "Notes__c", value: .column("notes")),
        ]
        let (line, result) = try bench.shaped(
            ["id": " C-1 ", "name": "Moreau, \"Lou\"", "mail": "L@X.io", "score": "1.005", "notes": "a\nb"],
            .csv(.upsert)
        )
        #expect(line == "C-1,\"Moreau, \"\"Lou\"\"\",l@x.io,1.01,\"a\nb\"\n")
        #expect(result.row?.byteCount == line.utf8.count)
        #expect(result.row?.raw == 7)
        #expect(
            try String(decoding: bench.shaper(.csv(.upsert)).csvHeader(layout: 0), as: UTF8.self)
                == "Ext__c,LastName,Email,Score__c,Notes__c\n"
        )
    }

    @Test func `says a null as #N/A, and leaves an empty cell for what is kept`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Email", value: .column("mail")),
            FieldMapping(field: "Score__c", value: .column("score"), whenNull: .keep),
        ]
        #expect(try bench.shaped(["id": "C-1", "name": "Ito"], .csv(.upsert)).0 == "C-1,Ito,#N/A,\n")
    }

    @Test func `with the text #N/A goes by REST, or is refused where REST may not create`() throws {
        var bench = ShapingBench()
        #expect(try bench.shaped(["id": "C-1", "name": "#N/A"], .csv(.upsert)) == ("", .onlyByREST))
        #expect(try bench.shaped(["id": "#N/A", "name": "Ito"], .csv(.upsert)) == ("", .onlyByREST))
        #expect(try bench.shaped(["id": "C-1", "name": "#N/A"], .json(.upsert)).0.contains(##""LastName":"#N/A""##))
        bench.mode = .insert
        #expect(try bench.shaped(["id": "C-1", "name": "#N/A"], .csv(.insert)).1 == .onlyByREST)
        bench.match = nil
        #expect(try bench.shaped(["id": "C-1", "name": "#N/A"], .csv(.insert)).1.refusal?.fields == ["LastName"])
    }

    @Test func `leaves nothing behind when it is refused`() throws {
        let bench = ShapingBench()
        var shaper = try bench.shaper(.csv(.upsert))
        var payload = Array("before".utf8)
        _ = shaper.shape(bench.change(["id": "C-1"]), into: &payload)
        #expect(payload == Array("before".utf8))
        _ = shaper.shape(bench.change(["id": "C-1", "name": "Ito"]), into: &payload)
        #expect(payload == Array("beforeC-1,Ito\n".utf8))
    }
}

@Suite struct `A row in JSON` {
    @Test func `is one record`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Email", value: .column("mail")),
            FieldMapping(field: "Score__c", value: .column("score")),
            FieldMapping(field: "Active__c", value: .column("active")),
            FieldMapping(field: "Notes__c", value: .column("notes"), whenNull: .keep),
            FieldMapping(field: "Origin__c", value: .constant("warehouse")),
        ]
        bench.object = ObjectDescription(
            name: "Contact",
            fields: bench.object.fieldsByFoldedName.values.map { field in
                var field = field
                field.isUpdateable = true
                return field
            }
        )
        let (text, _) = try bench.shaped(
            ["id": "C-1", "name": "a\"b\\c\u{1}\té", "score": "1e1", "active": "t"],
            .json(.upsert)
        )
        #expect(
            text
                == #"{"attributes":{"type":"Contact"},"Ext__c":"C-1","LastName":"a\"b\\c\u0001\té","Email":null,"Score__c":10,"Active__c":true,"Origin__c":"warehouse"}"#
        )
    }

    @Test func `has the fingerprint that it has in CSV`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Score__c", value: .column("score")),
            FieldMapping(field: "Email", value: .column("mail")),
            FieldMapping(
                field: "AccountId",
                value: .lookup(.init(object: "Account", field: "Ext__c", column: "account"))
            ),
        ]
        let cells = ["id": "C-1", "name": "Ito", "score": "1.00", "account": "A-17"]
        let csv = try bench.shaped(cells, .csv(.upsert)).1.row
        let json = try bench.shaped(cells, .json(.upsert)).1.row
        #expect(csv?.shaped == json?.shaped)
        bench.fields.reverse()
        #expect(try bench.shaped(cells, .csv(.upsert)).1.row?.shaped == csv?.shaped)
        #expect(try bench.shaped(cells.merging(["score": "1.0"]) { $1 }, .csv(.upsert)).1.row?.shaped == csv?.shaped)
        #expect(try bench.shaped(cells.merging(["score": "1.01"]) { $1 }, .csv(.upsert)).1.row?.shaped != csv?.shaped)
        #expect(try bench.shaped(cells.merging(["id": "C-2"]) { $1 }, .csv(.upsert)).1.row?.shaped != csv?.shaped)
        #expect(try bench.shaped(cells.merging(["account": "A-18"]) { $1 }, .csv(.upsert)).1.row?.shaped != csv?.shaped)
    }

    @Test func `tells a null from what is kept, and swapped values apart`() throws {
        var bench = ShapingBench()
        bench.fields += [FieldMapping(field: "Notes__c", value: .column("notes"))]
        let cleared = try bench.shaped(["id": "C-1", "name": "a"], .csv(.upsert)).1.row?.shaped
        let swapped = try bench.shaped(["id": "C-1", "name": "a", "notes": "b"], .csv(.upsert)).1.row?.shaped
        let other = try bench.shaped(["id": "C-1", "name": "b", "notes": "a"], .csv(.upsert)).1.row?.shaped
        bench.fields[1].whenNull = .keep
        let kept = try bench.shaped(["id": "C-1", "name": "a"], .csv(.upsert)).1.row?.shaped
        #expect(Set([cleared, swapped, other, kept]).count == 4)
    }
}

@Suite struct `A changed row` {
    private func result(
        _ known: SnapshotEntry?,
        _ changeClass: ChangeClass,
        always: Bool = false
    ) throws -> ShapingResult {
        let bench = ShapingBench()
        var shaper = try bench.shaper(.csv(.upsert))
        shaper.sendsEqualPayloads = always
        var payload: [UInt8] = []
        return shaper.shape(bench.change(["id": "C-1", "name": "Ito"], changeClass, known: known), into: &payload)
    }

    @Test func `whose payload is the delivered one is unchanged`() throws {
        let shaped = try #require(try result(nil, .added).row?.shaped)
        #expect(try result(ShapingBench.delivered(shaped), .changed) == .unchanged(shaped: shaped))
        #expect(try result(ShapingBench.delivered(shaped &+ 1), .changed).row != nil)
        #expect(try result(ShapingBench.delivered(shaped, flags: [.delivered, .owed]), .owed).row != nil)
        #expect(try result(ShapingBench.delivered(shaped, flags: .owed), .changed).row != nil)
        #expect(try result(ShapingBench.delivered(shaped), .changed, always: true).row != nil)
    }
}

@Suite struct `A refused row` {
    @Test func `says everything that is wrong with it in Salesforce's own codes`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(field: "Score__c", value: .column("score")),
            FieldMapping(field: "Tier__c", value: .column("tier")),
            FieldMapping(field: "Active__c", value: .column("active")),
        ]
        let refusal = try #require(
            try bench.shaped(["id": "C-1", "score": "x", "tier": "Bronze"], .csv(.upsert)).1.refusal
        )
        #expect(refusal.code == "REQUIRED_FIELD_MISSING")
        #expect(refusal.fields == ["LastName", "Score__c", "Tier__c", "Active__c"])
        #expect(
            refusal.values == ["Ext__c": "C-1", "LastName": "", "Score__c": "x", "Tier__c": "Bronze", "Active__c": ""]
        )
        #expect(refusal.message.contains("Tier: bad value for restricted picklist field: Bronze"))
        #expect(refusal.message.contains("a checkbox cannot be empty"))
    }

    static let cases: [(String, FieldMapping, String, String)] = [
        ("too long", FieldMapping(field: "Notes__c", value: .column("v")), "12345678901", "STRING_TOO_LONG"),
        (
            "off the list", FieldMapping(field: "Tier__c", value: .column("v")), "Bronze",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        ),
        ("no number", FieldMapping(field: "Score__c", value: .column("v")), "x", "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ("too large", FieldMapping(field: "Score__c", value: .column("v")), "10000", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("no address", FieldMapping(field: "Email", value: .column("v")), "x", "INVALID_EMAIL_ADDRESS"),
        ("no Id", FieldMapping(field: "AccountId", value: .column("v")), "001", "MALFORMED_ID"),
        (
            "another object's Id", FieldMapping(field: "AccountId", value: .column("v")), "0034S000005YJYw",
            "MALFORMED_ID"
        ),
        (
            "null into a checkbox", FieldMapping(field: "Active__c", value: .column("v")), "",
            "INVALID_TYPE_ON_FIELD_IN_RECORD"
        ),
        (
            "null refused", FieldMapping(field: "Notes__c", value: .column("v"), whenNull: .reject), "  ",
            "REQUIRED_FIELD_MISSING"
        ),
    ]

    @Test(arguments: cases) func `has a code`(
        _ name: String,
        _ mapping: FieldMapping,
        _ value: String,
        _ code: String
    ) throws {
        var bench = ShapingBench()
        bench.fields += [mapping]
        let refusal = try bench.shaped(["id": "C-1", "name": "Ito", "v": value], .csv(.upsert)).1.refusal
        #expect(refusal?.code == code)
        #expect(refusal?.fields == [mapping.field])
    }

    @Test(arguments: cases.dropLast()) func `is left to Salesforce when local checks are off`(
        _ name: String,
        _ mapping: FieldMapping,
        _ value: String,
        _ code: String
    ) throws {
        var bench = ShapingBench()
        bench.fields += [mapping]
        bench.localChecks = false
        #expect(
            try bench.shaped(["id": "C-1", "name": "Ito", "v": value], .csv(.upsert)).0
                == "C-1,Ito,\(value.isEmpty ? "#N/A" : value)\n"
        )
        // JSON of a wrong type would take the rows beside it along.
        let json = try bench.shaped(["id": "C-1", "name": "Ito", "v": value], .json(.upsert)).1
        #expect((json.refusal != nil) == (name == "no number" || name == "too large"))
    }

    @Test func `has no match value`() throws {
        let bench = ShapingBench()
        #expect(try bench.shaped(["name": "Ito"], .csv(.upsert)).1.refusal?.code == "MISSING_ARGUMENT")
        #expect(
            try bench.shaped(["id": String(repeating: "x", count: 41), "name": "Ito"], .csv(.upsert)).1.refusal?.code
                == "STRING_TOO_LONG"
        )
    }
}
