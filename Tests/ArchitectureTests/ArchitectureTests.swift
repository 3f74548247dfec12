import Foundation
import Testing

@Suite struct `The house` {
    let table: RoomTable

    init() throws {
        table = try RoomTable()
    }

    private static let freeForAll: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationXML", "FoundationNetworking", "Glibc", "Synchronization",
        "Dispatch",
        "RegexBuilder", "Testing", "CHost",
    ]

    @Test func `has every folder in its table, and nothing else`() throws {
        for kind in ["Model", "Stages", "Edges", "Engine", "Control", "Testing"] {
            let folder = RoomTable.root.appending(path: "Sources/\(kind)")
            for entry in try FileManager.default.contentsOfDirectory(atPath: folder.path) where entry != "C" {
                #expect(table.rooms[entry]?.kind == kind, "Sources/\(kind)/\(entry) is not in docs/rooms.md")
            }
        }
        #expect(table.rooms.count > 20)
    }

    @Test func `imports only what its table allows`() throws {
        for room in table.rooms.values {
            let folder = try #require(RoomTable.folder(of: room.name, kind: room.kind))
            for file in RoomTable.sources(in: folder) {
                for module in try RoomTable.imports(of: file) where !Self.freeForAll.contains(module) {
                    let place = file.path.replacing(RoomTable.root.path + "/", with: "")
                    #expect(room.mayImport.contains(module), "\(place) imports \(module)")
                }
            }
        }
    }

    @Test func `points its arrows down`() {
        let below: [String: Set<String>] = [
            "Model": ["Model"], "Stages": ["Model"], "Edges": ["Model"], "Engine": ["Stages", "Edges", "Model"],
            "Control": ["Control", "Engine", "Stages", "Edges", "Model"], "Testing": ["Model"],
        ]
        for room in table.rooms.values {
            for target in room.mayImport.compactMap({ table.rooms[$0] }) {
                if room.name == "Salesforce" && target.name == "DelimitedText" { continue }
                #expect(below[room.kind]?.contains(target.kind) == true, "\(room.name) may not import \(target.name)")
            }
        }
    }

    @Test func `says in each room what belongs there`() throws {
        for room in table.rooms.values {
            let folder = try #require(RoomTable.folder(of: room.name, kind: room.kind))
            let text = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
            #expect(text.count > 80, "Sources/\(room.kind)/\(room.name)/README.md says nothing")
        }
    }

    @Test func `keeps files to one idea`() throws {
        for file in RoomTable.sources(in: RoomTable.root.appending(path: "Sources")) {
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            #expect(lines.count <= 401, "\(file.lastPathComponent) has \(lines.count) lines")
        }
    }
}
