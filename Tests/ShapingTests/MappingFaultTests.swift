import SyncModel
import Testing

@testable import Shaping

@Suite struct `A mapping` {
    struct Case: Sendable, CustomTestStringConvertible {
        var mapping: FieldMapping
        var form = PayloadForm.csv(.upsert)
        var code: ShapingError.Fault.Code
        var says: String
        var testDescription: String { says }
    }

    static func lookup(_ object: String, _ field: String, into: String = "AccountId") -> FieldMapping {
        FieldMapping(field: into, value: .lookup(.init(object: object, field: field, column: "v")))
    }

    static let cases: [Case] = [
        Case(mapping: .init(field: "Emial", value: .column("v")), code: .unknownField, says: "did you mean Email?"),
        Case(
            mapping: .init(field: "Formula__c", value: .column("v")),
            code: .notCreateable,
            says: "neither createable nor updateable"
        ),
        Case(
            mapping: .init(field: "Formula__c", value: .column("v")),
            form: .csv(.insert),
            code: .notCreateable,
            says: "is not createable"
        ),
        Case(
            mapping: .init(field: "Origin__c", value: .column("v")),
            form: .csv(.update),
            code: .notUpdateable,
            says: "is not updateable"
        ),
        Case(
            mapping: .init(field: "MailingAddress", value: .column("v")),
            code: .badType,
            says: "written by its parts"
        ),
        Case(mapping: .init(field: "Photo__c", value: .column("v")), code: .badType, says: "`api: rest`"),
        Case(
            mapping: .init(field: "lastname", value: .column("v")),
            code: .mappedTwice,
            says: "lastname is given twice"
        ),
        Case(mapping: .init(field: "Ext__c", value: .column("v")), code: .mappedTwice, says: "Ext__c is given twice"),
        Case(mapping: lookup("Accuont", "Ext__c"), code: .badLookup, says: "did you mean Account?"),
        Case(mapping: lookup("Account", "Exd__c"), code: .badLookup, says: "did you mean Ext__c?"),
        Case(mapping: lookup("Account", "Ext__c", into: "Email"), code: .badLookup, says: "refers to nothing"),
        Case(mapping: lookup("RecordType", "Name", into: "RecordTypeId"), code: .unknownObject, says: "is not known"),
        Case(
            mapping: .init(field: "Email", value: .recordType(column: "v")),
            code: .badType,
            says: "takes no record type"
        ),
        Case(
            mapping: .init(field: "Score__c", value: .constant("many")),
            code: .badConstant,
            says: "cannot take the value \"many\""
        ),
        Case(
            mapping: .init(field: "Tier__c", value: .constant("Bronze")),
            code: .badConstant,
            says: "restricted picklist"
        ),
    ]

    @Test(arguments: cases) func `that does not fit is told with what would`(_ given: Case) {
        var bench = ShapingBench()
        bench.fields.append(given.mapping)
        let faults = bench.faults(given.form)
        #expect(faults.map(\.code) == [given.code])
        #expect(faults.first?.description.contains(given.says) == true, "\(faults.map(\.description))")
    }

    @Test func `has all its faults told at once`() {
        var bench = ShapingBench()
        bench.match = .init(column: "id", field: "Email")
        bench.fields += [
            FieldMapping(field: "Nope__c", value: .column("a")), FieldMapping(field: "Formula__c", value: .column("b")),
        ]
        #expect(bench.faults(.csv(.upsert)).map(\.code) == [.unknownField, .notCreateable, .notMatchable])
    }

    @Test func `matches by what the operation allows`() {
        var bench = ShapingBench()
        bench.match = .init(column: "id", field: "Id")
        #expect(bench.faults(.csv(.upsert)).first?.message.contains("use `mode: update`") == true)
        #expect(bench.faults(.csv(.update)).isEmpty)
        #expect(bench.faults(.csv(.delete)).isEmpty)
        bench.match = .init(column: "id", field: "Notes__c")
        #expect(bench.faults(.csv(.upsert)).map(\.code) == [.notMatchable])
        #expect(bench.faults(.csv(.update)).map(\.code) == [.notMatchable])
        bench.match = .init(column: "id", field: "Ext")
        #expect(bench.faults(.csv(.upsert)).first?.suggestion == "Ext__c")
        bench.match = nil
        for operation in [RecordOperation.upsert, .update, .delete, .clear] {
            #expect(bench.faults(.json(operation)).map(\.code) == [.missingMatch])
        }
        #expect(bench.faults(.json(.insert)).isEmpty)
    }

    @Test func `that matches by no such field is told which would do, or how to make one`() {
        var bench = ShapingBench()
        bench.match = .init(column: "id", field: "Notes__c")
        #expect(bench.faults(.csv(.upsert)).first?.message.hasSuffix(": Contact has Ext__c") == true)
        #expect(bench.faults(.csv(.update)).first?.message.hasSuffix(": Contact has Ext__c") == true)
        let fields = bench.object.fieldsByFoldedName.values.filter { $0.name != "Ext__c" }
        bench.object = ObjectDescription(name: "Contact", keyPrefix: "003", fields: fields)
        let words = bench.faults(.csv(.upsert)).first { $0.code == .notMatchable }?.message ?? ""
        #expect(words.contains("make a field that is External ID and Unique"), "\(words)")
    }

    @Test func `of an object that may not be written is told so, and not of each field`() {
        var bench = ShapingBench()
        bench.fields.append(FieldMapping(field: "Formula__c", value: .column("v")))
        bench.object.isCreateable = false
        bench.object.isUpdateable = false
        bench.object.isDeletable = false
        #expect(bench.faults(.csv(.upsert)).map(\.code) == [.notCreateable, .notUpdateable])
        #expect(bench.faults(.csv(.insert)).map(\.code) == [.notCreateable])
        #expect(bench.faults(.csv(.update)).map(\.code) == [.notUpdateable])
        #expect(bench.faults(.csv(.delete)).map(\.code) == [.notDeletable])
    }

    @Test func `gives what a new record must have, unless Salesforce is to decide`() {
        var bench = ShapingBench()
        bench.mode = .insert
        bench.fields = [FieldMapping(field: "Email", value: .column("mail"))]
        #expect(bench.faults(.csv(.insert)).map(\.field) == ["LastName"])
        #expect(bench.faults(.csv(.upsert)).isEmpty)
        bench.localChecks = false
        #expect(bench.faults(.csv(.insert)).isEmpty)
    }

    @Test func `with nothing to clear is told so`() {
        #expect(ShapingBench().faults(.csv(.clear)).map(\.code) == [.nothingToSend])
    }

    @Test func `takes constants, templates and record types`() throws {
        var bench = ShapingBench()
        bench.recordTypes = ["Partner": "0124S000000000AAAQ"]
        bench.fields += [
            FieldMapping(field: "Score__c", value: .constant(" 1e1 ")),
            FieldMapping(
                field: "Origin__c",
                value: .template(FieldTemplate(parts: [.column("a"), .text(" ("), .column("b"), .text(")")]))
            ),
            FieldMapping(field: "RecordTypeId", value: .recordType(column: "kind")),
        ]
        bench.mode = .insert
        #expect(
            try bench.shaped(["id": "1", "name": "n", "a": " x ", "b": "y", "kind": "partner"], .csv(.insert)).0
                == "1,n,10,x (y),0124S000000000AAAQ\n"
        )
        #expect(
            try bench.shaped(["id": "1", "name": "n", "b": "y", "kind": "partner"], .csv(.insert)).0
                == "1,n,10,(y),0124S000000000AAAQ\n"
        )
        #expect(
            try bench.shaped(["id": "1", "name": "n", "kind": "partner"], .csv(.insert)).0
                == "1,n,10,#N/A,0124S000000000AAAQ\n"
        )
        #expect(
            try bench.shaped(["id": "1", "name": "n", "kind": "Partnr"], .csv(.insert)).1.refusal?.message.contains(
                "did you mean Partner?"
            ) == true
        )
    }

    @Test func `of an insert says how its results are known`() throws {
        var bench = ShapingBench()
        bench.mode = .insert
        #expect(try bench.shaper(.csv(.insert)).resultKey == .column("Ext__c", caseSensitive: false))
        bench.match = nil
        #expect(try bench.shaper(.csv(.insert)).resultKey == .wholeRow)
        #expect(try bench.shaper(.csv(.insert)).hasUniqueField == false)
        bench.fields.append(FieldMapping(field: "Ext__c", value: .column("ext")))
        #expect(try bench.shaper(.csv(.insert)).resultKey == .wholeRow)
        // Empty it tells nothing apart.
        #expect(try bench.shaper(.csv(.insert)).hasUniqueField == false)
        bench.fields[1].whenNull = .reject
        #expect(try bench.shaper(.csv(.insert)).hasUniqueField == true)
        #expect(try bench.shaper(.csv(.insert)).resultKey == .column("Ext__c", caseSensitive: false))
        // The primary key is never empty, nor is a text with it.
        let template = FieldTemplate(parts: [.text("K-"), .column("id")])
        bench.fields[1] = FieldMapping(field: "Ext__c", value: .template(template))
        #expect(try bench.shaper(.csv(.insert)).hasUniqueField == true)
        #expect(try bench.shaper(.csv(.insert)).resultKey == .column("Ext__c", caseSensitive: false))
        bench.fields[1] = FieldMapping(field: "Ext__c", value: .column("id"))
        #expect(try bench.shaper(.csv(.insert)).hasUniqueField == true)
        #expect(try bench.shaper(.csv(.insert)).resultKey == .column("Ext__c", caseSensitive: false))
    }

    @Test func `of a whole row is hashed as its cells come back`() throws {
        var bench = ShapingBench()
        bench.mode = .insert
        bench.match = nil
        bench.fields.append(FieldMapping(field: "Email", value: .column("mail"), whenNull: .keep))
        let row = try bench.shaped(["name": "a,b"], .csv(.insert)).1.row
        var frame: [UInt8] = []
        for cell in ["a,b", ""] { Array(cell.utf8).withUnsafeBytes { EchoedRow.append($0, to: &frame) } }
        #expect(row?.result == EchoedRow.hash(frame))
        #expect(try bench.shaped(["name": "a,b", "mail": "x@y.z"], .csv(.insert)).1.row?.result != row?.result)
    }
}
