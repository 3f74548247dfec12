import Foundation
import SyncModel
import TestKit
import Testing

@testable import Definitions

/// The schemas that editors check with, and the reader: a file is sound to both or to neither.
///
/// `DEFINITION_FILES=100000` makes more of them. Left to the reader alone is what no schema can say: names that exist, times,
/// zones, and what holds between keys.
@Suite struct `Schemas and reader` {
    private static let wanted = ProcessInfo.processInfo.environment["DEFINITION_FILES"].flatMap(Int.init) ?? 5_000

    @Test(arguments: FileKind.allCases) func `agree on generated files`(kind: FileKind) throws {
        let schema = try SchemaValidator(
            String(
                contentsOf: SampleFolder.repository.appending(path: "etc/schema/\(kind.rawValue).json"),
                encoding: .utf8
            )
        )
        let count = Self.wanted / FileKind.allCases.count + 1
        var sound = 0
        for seed in 0..<count {
            var numbers = SeededGenerator(seed: UInt64(seed))
            let mistakeAt = seed % 2 == 0 ? nil : 1 + Int.random(in: 0..<24, using: &numbers)
            var generator = DefinitionGenerator(numbers: numbers, mistakeAt: mistakeAt)
            let value = generator.value(of: kind.type)
            let text = value.yaml
            let faults = Self.faults(in: text, kind: kind)
            let objection = schema.objection(to: value)
            #expect(
                faults.isEmpty == (objection == nil),
                "seed \(seed): the schema says \(objection ?? "nothing"), the reader \(faults)\n\(text)"
            )
            if mistakeAt == nil { #expect(faults.isEmpty, "seed \(seed): \(faults)\n\(text)") }
            if faults.isEmpty { sound += 1 }
            let lines = text.split(separator: "\n").count
            for fault in faults {
                #expect(
                    fault.key != nil && (1...lines).contains(fault.line) && fault.column >= 1 && !fault.message.isEmpty,
                    "seed \(seed): \(fault)"
                )
            }
        }
        #expect((count / 3..<count).contains(sound), "\(sound) of \(count) are sound")
    }

    /// What is wrong with the file in itself.
    private static func faults(in text: String, kind: FileKind) -> [DefinitionFault] {
        var findings = Findings(file: "file.yaml")
        let document = ComposedDocument(text, findings: &findings)
        return withExtendedLifetime(document) {
            guard let root = document.root else { return findings.faults }
            let context = ReadingContext(
                names: Dictionary(FileKind.allCases.map { ($0, ["known"]) }) { first, _ in first },
                calendarCheck: { _ in nil },
                zoneCheck: { _ in nil },
                queries: [:]
            )
            var reader = FileReader(context: context, findings: findings, repeated: document.repeated)
            _ = reader.read(root, as: kind.type, key: "")
            return reader.findings.faults
        }
    }
}
