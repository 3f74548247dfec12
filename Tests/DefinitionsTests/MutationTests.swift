import Foundation
import Testing

@testable import Definitions

/// Broken files by the thousand: nothing may crash, and everything found must have its place.
///
/// `DEFINITION_MUTATIONS=20000` makes more of them.
@Suite struct `Mutations of the samples` {
    /// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every host.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let snippets = [
        "\t", "  ", "\n", ":", ": ", "- ", "[", "]", "{", "}", "\"", "'", "*", "&a ", "*a", "!", "!env X", "!!int ",
        "|", ">", "#", "%", "@", "`",
        "---\n", "...\n", "? ", "<<: ", "~", "null", "010", "NO", "on", "é", "\u{1F600}", "\u{7}", "\u{FEFF}", "{{",
        "}}", "0", "-1", "99999999999999999999",
        "20%", "1h30", "*-*-*", "name", "sync: accounts\n", "mode: upsert\n", "fields: {}\n", "\r", "\u{2028}",
    ]

    private static func mutated(_ text: String, _ numbers: inout Numbers) -> String {
        var bytes = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            let place = Int.random(in: 0...bytes.count, using: &numbers)
            let length = min(Int.random(in: 0...12, using: &numbers), bytes.count - place)
            let snippet = Array(snippets.randomElement(using: &numbers)?.unicodeScalars ?? "".unicodeScalars)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes.removeSubrange(place..<place + length)
            case 1: bytes.insert(contentsOf: snippet, at: place)
            case 2: bytes.replaceSubrange(place..<place + length, with: snippet)
            case 3:
                bytes.insert(
                    contentsOf: bytes[place..<place + length],
                    at: Int.random(in: 0...bytes.count, using: &numbers)
                )
            default:
                var lines = bytes.split(separator: "\n").map(Array.init)
                lines.swapAt(Int.random(in: 0..<max(1, lines.count), using: &numbers) % max(1, lines.count), 0)
                bytes = Array(lines.joined(separator: ["\n"]))
            }
            if bytes.isEmpty { break }
        }
        var mutated = String.UnicodeScalarView()
        mutated.append(contentsOf: bytes)
        return String(mutated)
    }

    /// Whether keys can be told apart at all; text that is none, and what is no part of a definition, has no key to name.
    private static func isYAML(_ text: String) -> Bool {
        var findings = Findings(file: "file.yaml")
        let document = ComposedDocument(text, findings: &findings)
        return findings.faults.isEmpty && document.root != nil && !document.isEmpty && !text.contains("<<")
    }

    @Test(arguments: [1, 2, 3, 4]) func `never crash, and every fault names its file, line and key`(seed: UInt64) throws
    {
        let samples =
            try SampleFolder.files() + FolderBuilder().files.map { DefinitionFile(path: $0.key, text: $0.value) }
        let wanted = ProcessInfo.processInfo.environment["DEFINITION_MUTATIONS"].flatMap(Int.init) ?? 2_000
        var numbers = Numbers(state: seed)
        var broken = 0
        let paths = Set(samples.map(\.path))
        let base = Dictionary(samples.map { ($0.path, $0) }) { $1 }
        for _ in 0..<wanted / 4 {
            let path = try #require(paths.sorted().randomElement(using: &numbers))
            guard case .text(let text) = base[path]?.contents else { continue }
            var folder = base
            let mutated = Self.mutated(text, &numbers)
            folder[path] = DefinitionFile(path: path, text: mutated)
            let isYAML = Self.isYAML(mutated)
            let reading = readDefinitions(Array(folder.values))
            #expect((reading.definitions == nil) == !reading.faults.isEmpty)
            for fault in reading.faults {
                #expect(
                    paths.contains(fault.file) && fault.line >= 1 && fault.column >= 1 && !fault.message.isEmpty,
                    "\(fault)"
                )
                #expect(!fault.description.unicodeScalars.contains { $0.value < 0x20 }, "\(fault)")
                let isOfText = fault.file == path && (!isYAML || fault.message.hasPrefix("expected a key, found"))
                #expect(fault.key != nil || isOfText, "no key: \(fault)\n\(mutated)")
            }
            if !reading.faults.isEmpty { broken += 1 }
        }
        #expect(broken > wanted / 16)
    }
}
