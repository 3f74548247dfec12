import Fingerprinting
import Foundation
import SyncModel
import Testing

@testable import Shaping

@Suite struct `Rows of any bytes` {
    /// Cells as sources might hand them over, and cells as nobody should.
    private struct Cells {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func cell() -> [UInt8] {
            let words = [
                "", " ", "#N/A", "true", "2026-03-01", "2026-03-01 10:15:30.5+00", "10:15", "-1.005e2", "1e99999",
                "Gold;Silver", "a@b.c",
                "0034S000005YJYw", "x,\"y\"\r\n", "\u{0}\u{1f}\\\"", "日本語😀", "\\x00ff", "Rome", "{\"a\":1}", "; DROP",
                "NaN",
            ]
            var bytes = Array(words[next(words.count)].utf8)
            for _ in 0..<next(4) where next(2) == 0 {
                let byte = UInt8(next(256))
                let place = next(bytes.count + 1)
                if next(2) == 0 || place == bytes.count { bytes.insert(byte, at: place) } else { bytes[place] = byte }
            }
            return bytes
        }
    }

    private func bench(_ localChecks: Bool) -> ShapingBench {
        var bench = ShapingBench()
        bench.localChecks = localChecks
        bench.zone = .utc
        bench.recordTypes = ["Gold": "0124S000000000AAAQ"]
        bench.fields = [
            "LastName", "Email", "Score__c", "Seats__c", "Active__c", "Birthdate", "Seen__c", "Tier__c", "Notes__c",
            "OwnerId",
        ]
        .map { FieldMapping(field: $0, value: .column($0)) }
        bench.fields[0].truncate = true
        bench.fields += [
            FieldMapping(
                field: "AccountId",
                value: .lookup(.init(object: "Account", field: "Ext__c", column: "account"))
            ),
            FieldMapping(
                field: "ReportsToId",
                value: .lookup(.init(object: "Contact", field: "LastName", column: "boss"))
            ),
            FieldMapping(field: "RecordTypeId", value: .recordType(column: "kind")),
            FieldMapping(
                field: "Origin__c",
                value: .template(FieldTemplate(parts: [.column("account"), .text("-"), .column("boss")]))
            ),
        ]
        return bench
    }

    @Test(arguments: [true, false]) func `become one whole line or record, or nothing`(_ localChecks: Bool) throws {
        let bench = bench(localChecks)
        var csv = try bench.shaper(.csv(.upsert))
        var json = try bench.shaper(.json(.upsert))
        var answers = LookupAnswers(questions: csv.questions)
        for question in csv.questions.indices {
            answers.add(id: "0034S000005YJYwQAO", for: Array("rome".utf8), to: question)
        }
        var cells = Cells(state: localChecks ? 1 : 2)
        let columns = csv.columns(layout: 0).count
        var shaped = 0
        for row in 0..<3_000 {
            // Mostly right values, or no row would ever get through.
            var change = bench.change([
                "id": "C-\(row)", "LastName": "x", "Active__c": "t", "boss": "Rome", "Tier__c": "Gold", "kind": "gold",
            ])
            for _ in 0..<1 + cells.next(3) { change.cells.replace(cells.next(change.cells.count), with: cells.cell()) }
            var line: [UInt8] = []
            var needs = LookupNeeds(questions: csv.questions)
            csv.collect(&needs, of: change)
            if let written = csv.shape(change, answers: answers, into: &line).row {
                shaped += 1
                #expect(cellCount(line) == columns)
                #expect(String(validating: line, as: UTF8.self) != nil)
                #expect(written.byteCount == line.count)
            } else {
                #expect(line.isEmpty)
            }
            var record: [UInt8] = []
            if json.shape(change, answers: answers, into: &record).row != nil {
                let object = try #require(try JSONSerialization.jsonObject(with: Data(record)) as? [String: Any])
                #expect(object["Ext__c"] as? String != nil)
            } else {
                #expect(record.isEmpty)
            }
        }
        #expect(shaped > 150)
    }

    @Test(arguments: [SyncMode.upsert, .insert], [true, false]) func `are written in one pass as they are step by step`(
        _ mode: SyncMode,
        _ localChecks: Bool
    ) throws {
        var bench = bench(localChecks)
        bench.mode = mode
        // What needs an answer, and what is written at times only, goes step by step always.
        bench.fields.removeAll { ["ReportsToId", "RecordTypeId", "Origin__c", "OwnerId"].contains($0.field) }
        bench.fields.append(FieldMapping(field: "Notes__c", value: .column("Notes__c"), whenNull: .keep))
        bench.fields.removeAll { $0.field == "Notes__c" && $0.whenNull != .keep }
        let form = PayloadForm.csv(mode == .upsert ? .upsert : .insert)
        var quick = try bench.shaper(form)
        #expect(quick.plain != nil)
        var careful = quick
        careful.plain = nil
        var cells = Cells(state: localChecks ? 3 : 4)
        var (shaped, written) = (0, [UInt8]())
        for row in 0..<4_000 {
            var change = bench.change([
                "id": "C-\(row)", "LastName": "x", "Email": "A@b.Co", "Active__c": "t", "Tier__c": "Gold",
                "account": "A-1",
            ])
            for _ in 0..<cells.next(4) { change.cells.replace(cells.next(change.cells.count), with: cells.cell()) }
            // Lines of all lengths behind one another, as in a payload.
            if row % 50 == 0 { written = [] }
            var other = written
            let result = quick.shape(change, into: &written)
            #expect(result == careful.shape(change, into: &other))
            #expect(written == other)
            if result.row != nil {
                shaped += 1
                #expect(quick.fieldHashes == careful.fieldHashes)
                #expect(quick.linkHashes == careful.linkHashes)
                #expect(quick.matchValue == careful.matchValue)
            }
        }
        #expect(shaped > 1_000)
    }

    @Test func `are looked at eight at a time as they are one by one`() {
        var cells = Cells(state: 9)
        for length in 0..<40 {
            for _ in 0..<200 {
                let bytes = (0..<length).map { _ in
                    let special: [UInt8] = [0x21, 0x22, 0x23, 0x2C, 0x0A, 0x0B, 0x0D, 0x80, 0xA2, 0xAC, 0]
                    return cells.next(12) == 0 ? special[cells.next(special.count)] : 0x61
                }
                let look = bytes.withUnsafeBytes { TextLook($0) }
                #expect(look.isASCII == bytes.allSatisfy { $0 < 0x80 })
                #expect(look.needsQuotes == bytes.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) })
            }
        }
    }

    /// The cells of one line; nil when it is not exactly one.
    private func cellCount(_ line: [UInt8]) -> Int? {
        var count = 1
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: count += 1
            case UInt8(ascii: "\n") where !isQuoted: return index == line.count - 1 ? count : nil
            default: break
            }
        }
        return nil
    }
}
