import Foundation

/// docs/rooms.md as a value, and the source tree that it speaks of.
struct RoomTable {
    struct Room {
        var name: String
        var kind: String
        var mayImport: Set<String>
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    var rooms: [String: Room] = [:]

    init() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/rooms.md"), encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, let folder = Self.folder(of: cells[0], kind: cells[1]) else { continue }
            _ = folder
            let imports =
                cells[2] == "–" ? [] : cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            rooms[cells[0]] = Room(name: cells[0], kind: cells[1], mayImport: Set(imports))
        }
    }

    /// The folder of a room, nil when there is none.
    static func folder(of room: String, kind: String) -> URL? {
        let folder = root.appending(path: "Sources/\(kind)/\(room)")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    /// The Swift files below a folder.
    static func sources(in folder: URL) -> [URL] {
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    }

    /// The modules that a file imports.
    static func imports(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, !line.hasPrefix("//"), index + 1 < words.count
            else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var", "let", "typealias"]
            let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
            return String(name.split(separator: ".")[0])
        }
    }
}
