import Foundation
import Testing

/// `docs/seed-features.md`: what it names is there.
@Suite struct `The table of features` {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Its rows, cell by cell; headings and rules left out.
    private static let rows: [[String]] = {
        let page = root.appendingPathComponent("docs/seed-features.md")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.map { row in
            row.dropFirst().dropLast().split(separator: " | ").map { $0.trimmingCharacters(in: .whitespaces) }
        }.filter { $0.count >= 3 && $0[1] != "lives in" }
    }()

    private static func isThere(_ path: String) -> Bool {
        ["", ".swift"].contains {
            FileManager.default.fileExists(atPath: root.appendingPathComponent(path + $0).path)
        }
    }

    @Test func `says of each feature where it lives`() {
        #expect(Self.rows.count > 70)
        let rooms = ["Stages", "Engine/Sequencing", "Edges", "Model", "Control", "Programs"]
        for row in Self.rows {
            let places = row[1].matches(of: /`([^`]+)`/).map { String($0.1) }
            #expect(!places.isEmpty, "\(row[0])")
            for place in places {
                #expect(rooms.contains { Self.isThere("Sources/\($0)/\(place)") }, "\(row[0]) lives in \(place)")
            }
        }
    }

    @Test func `names for each feature tests that there are`() throws {
        let ofSequencing = ["Targets", "Delivery", "Operator", "Time", "WholeOrg"]
        for row in Self.rows {
            let cells = row.dropFirst(2).joined(separator: " ")
            // A file or folder of tests, and in brackets what of its tests.
            let named = cells.matches(of: /`([A-Za-z\/+]+Tests[A-Za-z\/+]*)`(?: \(([^)]*)\))?/)
            #expect(!named.isEmpty, "\(row[0])")
            for name in named {
                let path = String(name.1)
                let isShort = ofSequencing.contains { path.hasPrefix("\($0)/") }
                let file = "Tests/" + (isShort ? "SequencingTests/" : "") + path
                #expect(Self.isThere(file), "\(row[0]): there is no \(path)")
                guard let words = name.2 else { continue }
                let text = try String(
                    contentsOf: Self.root.appendingPathComponent(file + ".swift"),
                    encoding: .utf8
                )
                let names = text.matches(of: /(?:func|struct) `([^`]+)`/).map { String($0.1) }
                for part in words.split(separator: "; ") {
                    #expect(names.contains { $0.contains(part) }, "\(row[0]): \(path) has no test named \(part)")
                }
            }
        }
    }
}
