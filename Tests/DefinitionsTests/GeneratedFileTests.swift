import Definitions
import Foundation
import Testing

/// Files of the repository that are made from the tables of keys.
///
/// `REWRITE_GENERATED=1 swift test --filter DefinitionsTests` writes them anew.
@Suite struct `Generated files` {
    private static let rewrites = ProcessInfo.processInfo.environment["REWRITE_GENERATED"] == "1"

    @Test(arguments: FileKind.allCases) func `are the schemas that the tables give`(kind: FileKind) throws {
        let place = SampleFolder.repository.appending(path: "etc/schema/\(kind.rawValue).json")
        let text = jsonSchema(of: kind)
        if Self.rewrites { try Data(text.utf8).write(to: place) }
        #expect(
            try String(contentsOf: place, encoding: .utf8) == text,
            "etc/schema/\(kind.rawValue).json is out of date"
        )
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }

    @Test func `are the tables of docs/definitions.md`() throws {
        let place = SampleFolder.repository.appending(path: "docs/definitions.md")
        let written = try String(contentsOf: place, encoding: .utf8)
        var text = written
        for kind in FileKind.allCases {
            let begin = try #require(
                text.range(of: "<!-- keys of \(kind.rawValue): written by the tests of Definitions -->\n")
            )
            let end = try #require(text.range(of: "<!-- end -->", range: begin.upperBound..<text.endIndex))
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: "\n" + keyReference(of: kind) + "\n")
        }
        if Self.rewrites { try Data(text.utf8).write(to: place) }
        #expect(text == (Self.rewrites ? text : written), "docs/definitions.md is out of date")
    }

    @Test func `know every sample's schema`() throws {
        for file in try SampleFolder.files() where file.path.hasSuffix(".yaml") {
            guard case .text(let text) = file.contents else { continue }
            let folder = SampleFolder.repository.appending(path: "etc/sequenced/\(file.path)")
                .deletingLastPathComponent()
            let line = try #require(text.split(separator: "\n").first)
            let schema = try #require(line.split(separator: "=").last)
            #expect(line.hasPrefix("# yaml-language-server: $schema="), "\(file.path)")
            #expect(
                FileManager.default.fileExists(atPath: folder.appending(path: String(schema)).standardized.path),
                "\(file.path)"
            )
        }
    }
}
