import CivilTime
import Foundation
import Testing

@Suite struct `A time zone` {
    private let database = TimeZoneDatabase()

    @Test func `tells unique, skipped and repeated times apart`() throws {
        let zone = try database.rules(named: "America/New_York")
        func reading(_ text: String) throws -> TimeZoneRules.Reading {
            let instant = try #require(Timestamp(rfc3339: text + "Z"))
            return zone.reading(of: WallTime(microseconds: instant.microseconds))
        }
        func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }
        #expect(try reading("2026-07-01T12:00:00") == .unique(instant("2026-07-01T16:00:00Z")))
        guard case .gap(let gap) = try reading("2026-03-08T02:30:00") else { throw Mistake.notAGap }
        #expect(try gap.instant == instant("2026-03-08T07:00:00Z"))
        #expect(gap.wallBefore.description == "2026-03-08T02:00:00")
        #expect(gap.wallAfter.description == "2026-03-08T03:00:00")
        #expect(try reading("2026-03-08T03:00:00") == .unique(gap.instant))
        #expect(
            try reading("2026-11-01T01:00:00")
                == .fold(first: instant("2026-11-01T05:00:00Z"), second: instant("2026-11-01T06:00:00Z"))
        )
        #expect(try reading("2026-11-01T02:00:00") == .unique(instant("2026-11-01T07:00:00Z")))
        #expect(try zone.isSecondPass(instant("2026-11-01T06:59:59Z")))
        #expect(try !zone.isSecondPass(instant("2026-11-01T05:59:59Z")))
        #expect(try !zone.isSecondPass(instant("2026-11-01T07:00:00Z")))
    }

    @Test(arguments: [
        ("America/New_York", "2150-07-01T12:00:00Z", -14_400), ("America/New_York", "2150-12-01T12:00:00Z", -18_000),
        ("Europe/London", "2099-06-01T00:00:00Z", 3_600), ("Australia/Lord_Howe", "2100-01-01T00:00:00Z", 39_600),
        ("Australia/Lord_Howe", "2100-07-01T00:00:00Z", 37_800), ("Europe/Dublin", "2120-07-01T00:00:00Z", 3_600),
        ("Europe/Dublin", "2120-01-01T00:00:00Z", 0), ("Asia/Kolkata", "2120-01-01T00:00:00Z", 19_800),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700), ("Asia/Gaza", "2026-01-15T00:00:00Z", 7_200),
        ("America/Nuuk", "2030-07-01T00:00:00Z", -3_600), ("UTC", "2026-07-01T00:00:00Z", 0),
        ("Etc/GMT+5", "2026-07-01T00:00:00Z", -18_000),
    ])
    func `goes on by its rule beyond its table`(name: String, at: String, offset: Int) throws {
        #expect(try database.rules(named: name).offset(at: #require(Timestamp(rfc3339: at))) == offset)
    }

    @Test func `agrees with zdump to the second`() throws {
        // What `zdump -c 2100,2102 Africa/Casablanca America/Santiago` says of the rules after the tables.
        let santiago = try database.rules(named: "America/Santiago")
        var cursor = try #require(Timestamp(rfc3339: "2100-01-01T00:00:00Z"))
        var found: [String] = []
        for _ in 0..<4 {
            let change = try #require(santiago.transition(after: cursor))
            found.append(change.instant.rfc3339)
            cursor = change.instant
        }
        #expect(
            found == ["2100-04-04T03:00:00Z", "2100-09-05T04:00:00Z", "2101-04-03T03:00:00Z", "2101-09-04T04:00:00Z"]
        )
    }

    @Test(arguments: [
        "", "..", "../UTC", "../../etc/passwd", "/etc/passwd", "Europe/../UTC", "Europe//London", "Europe/", "Europe",
        "zone.tab", "tzdata.zi", "europe/london", "Mars/Olympus", "UTC+2", "right/UTC", "A\0B",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ])
    func `that does not exist is a clear fault`(name: String) {
        let fault = #expect(throws: TimeZoneFault.self) { try database.rules(named: name) }
        #expect(fault?.description.contains("cannot use time zone \"\(name)\"") == true)
    }

    @Test(arguments: [
        ("europe/london", "Europe/London"), ("Europe/Londn", "Europe/London"), ("America/NewYork", "America/New_York"),
        ("Asia/Calcuta", "Asia/Calcutta"),
    ])
    func `with a wrong letter is named as it should be`(name: String, right: String) {
        let fault = #expect(throws: TimeZoneFault.self) { try database.rules(named: name) }
        #expect(fault?.description.hasSuffix("did you mean \(right)?") == true)
    }

    @Test func `is read anew after forget`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // scratch; nothing depends on its removal
        let file = folder.appending(path: "Test")
        let system = URL(fileURLWithPath: TimeZoneDatabase.systemFolder)
        try FileManager.default.copyItem(at: system.appending(path: "Asia/Tokyo"), to: file)
        let database = TimeZoneDatabase(folder: folder.path)
        let now = Timestamp(seconds: 1_790_000_000)
        #expect(try database.rules(named: "Test").offset(at: now) == 32_400)
        try FileManager.default.removeItem(at: file)
        try FileManager.default.copyItem(at: system.appending(path: "Asia/Kolkata"), to: file)
        #expect(try database.rules(named: "Test").offset(at: now) == 32_400)
        database.forget()
        #expect(try database.rules(named: "Test").offset(at: now) == 19_800)
        try Data("TZif2 but not really".utf8).write(to: file)
        database.forget()
        let fault = #expect(throws: TimeZoneFault.self) { try database.rules(named: "Test") }
        #expect(fault?.code == .unreadable)
    }

    @Test(arguments: ["Asia/Tokyo", "Africa/Casablanca"])
    func `file cut off or changed anywhere is refused or read, never a crash`(name: String) throws {
        let path = TimeZoneDatabase.systemFolder + "/" + name
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for length in 0..<bytes.count {
            #expect(throws: TimeZoneFile.Fault.self) {
                try TimeZoneFile.rules(named: "cut", from: Array(bytes[..<length]))
            }
        }
        // All of the heads and the footer, and one byte of each entry between them.
        for index in bytes.indices where index < 90 || index % 13 == 0 || index + 50 > bytes.count {
            for mask: UInt8 in [0xFF, 0x01] {
                var changed = bytes
                changed[index] ^= mask
                // Whether it is still a zone does not matter here; that it does not trap does.
                _ = try? TimeZoneFile.rules(named: "changed", from: changed)
            }
        }
    }

    @Test func `every installed one can be read`() throws {
        let folder = URL(fileURLWithPath: TimeZoneDatabase.systemFolder)
        let listing = try String(contentsOf: folder.appending(path: "tzdata.zi"), encoding: .utf8)
        let names = listing.split(separator: "\n").compactMap { line -> Substring? in
            let fields = line.split(separator: " ")
            return line.hasPrefix("Z ") ? fields[1] : line.hasPrefix("L ") ? fields[2] : nil
        }
        #expect(names.count > 400)
        for name in names where FileManager.default.fileExists(atPath: folder.appending(path: String(name)).path) {
            #expect(throws: Never.self) { try database.rules(named: String(name)) }
        }
        #expect(database.version?.hasPrefix("20") == true)
    }

    private enum Mistake: Error { case notAGap }
}
