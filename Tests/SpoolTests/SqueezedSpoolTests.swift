import Fingerprinting
import Foundation
import Testing

@testable import Spool

@Suite struct `A spool that is squeezed` {
    private let folder: SpoolFolder

    init() throws { folder = try SpoolFolder() }

    private func write(_ rows: Int) throws -> String {
        let path = folder.path + "/accounts-upsert-1"
        let writer = try PayloadSpoolWriter(path: path, fieldCount: 1)
        for row in 0..<rows {
            let record = PayloadRecord(
                key: Fingerprint.hash128("\(row)"),
                raw: UInt64(row),
                shaped: 1,
                match: UInt64(row),
                fields: [UInt16(row & 0xFFFF)]
            )
            let payload = Array("A-\(row),Company number \(row),Acme Street \(row % 7)\n".utf8)
            _ = try writer.append(record, payload: payload, keyText: "A-\(row)", matchText: "a-\(row)")
        }
        _ = try writer.finish()
        return path
    }

    private func squeeze() throws -> Int {
        try PayloadSpool.squeeze(FileManager.default.contentsOfDirectory(atPath: folder.path), inFolder: folder.path)
    }

    @Test(arguments: [0, 1, 50_000])
    func `is read as before, row by row and as a whole`(rows: Int) throws {
        let path = try write(rows)
        let open = try PayloadSpool(path: path)
        let plain = try folder.read("accounts-upsert-1.payload")
        #expect(try squeeze() == 2)
        let squeezed = try folder.read("accounts-upsert-1.payload")
        #expect(rows < 50_000 || squeezed.count * 4 < plain.count, "\(squeezed.count) of \(plain.count)")
        #expect(try squeeze() == 0, "once is enough")
        func files() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: folder.path).count }
        #expect(try files() == 3, "nothing is left beside it")

        let spool = try PayloadSpool(path: path)
        try spool.verify()
        #expect(spool.count == rows)
        var (payload, same) = ([UInt8](), [UInt8]())
        try spool.copyPayloads(0..<rows, into: &payload)
        try open.copyPayloads(0..<rows, into: &same)
        let bytes = try spool.payloadBytes(0..<rows)
        #expect(payload == same && payload.count == bytes)
        if rows > 0 {
            #expect(try spool.keyText(rows - 1) == "A-\(rows - 1)")
            #expect(try spool.matchText(0) == "a-0")
            #expect(try spool.record(rows - 1) == open.record(rows - 1))
        }
        #expect(try files() == 3)
    }

    @Test func `that was damaged since says so`() throws {
        let path = try write(5_000)
        _ = try squeeze()
        var bytes = try folder.read("accounts-upsert-1.payload")
        bytes[bytes.count / 2] ^= 0xFF
        try folder.write(bytes, to: "accounts-upsert-1.payload")
        #expect(throws: SpoolError.self) { try PayloadSpool(path: path).verify() }
        try folder.write(Array(bytes.prefix(100) + bytes.suffix(16)), to: "accounts-upsert-1.payload")
        #expect(!PayloadSpool.isWhole(path: path))
        // Who it is about is told by the index alone.
        let spool = try PayloadSpool(path: path)
        var rows = 0
        try spool.forEachHead(in: 0..<spool.count) { _, _ in rows += 1 }
        #expect(rows == 5_000)
        #expect(try spool.keyText(7) == "A-7")
        var payload: [UInt8] = []
        #expect(throws: SpoolError.self) { try spool.payload(7, into: &payload) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }

    @Test func `with a file of another spool says so when that is read`() throws {
        _ = try write(10)
        _ = try squeeze()
        let other = try folder.read("accounts-upsert-1.payload")
        let path = try write(9)
        _ = try squeeze()
        try folder.write(other, to: "accounts-upsert-1.payload")
        let spool = try PayloadSpool(path: path)
        var payload: [UInt8] = []
        let error = #expect(throws: SpoolError.self) { try spool.payload(0, into: &payload) }
        #expect(error?.code == .damaged)
        #expect(!PayloadSpool.isWhole(path: path))
    }

    @Test(arguments: [1, 2, 5])
    func `stays plain when that is interrupted`(asked: Int) throws {
        let path = try write(50_000)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let plain = try folder.read("accounts-upsert-1.payload")
        var times = 0
        let squeezed = try PayloadSpool.squeeze(names, inFolder: folder.path) {
            times += 1
            return times >= asked
        }
        #expect(squeezed == 0)
        #expect(times == asked, "it is asked for each piece, and not again after it said so")
        #expect(try folder.read("accounts-upsert-1.payload") == plain)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == names.sorted())
        try PayloadSpool(path: path).verify()
        #expect(try squeeze() == 2, "the next time it is done")
    }

    @Test(arguments: [1, 2, 5])
    func `does not come back when it is removed meanwhile`(asked: Int) throws {
        let path = try write(50_000)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var times = 0
        let squeezed = try PayloadSpool.squeeze(names, inFolder: folder.path) {
            times += 1
            // One that cannot be removed is found there below.
            if times == asked { try? PayloadSpool.remove(path: path) }
            return false
        }
        #expect(squeezed == 0)
        #expect(times > asked)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func `is none that was not written to its end`() throws {
        let path = try write(100)
        let cut = Array(try folder.read("accounts-upsert-1.payload").dropLast(5))
        try folder.write(cut, to: "accounts-upsert-1.payload")
        #expect(try squeeze() == 1, "its texts are whole")
        #expect(try folder.read("accounts-upsert-1.payload") == cut)
        #expect(!PayloadSpool.isWhole(path: path))
    }
}
