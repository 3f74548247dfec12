import Foundation
import Systemd
import Testing

@Suite struct `The message catalog` {
    private func entries() throws -> [String: String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../units/sequenced.catalog")
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.components(separatedBy: "\n-- ").dropFirst()
        return Dictionary(uniqueKeysWithValues: parts.map { (String($0.prefix(32)), String($0.dropFirst(33))) })
    }

    @Test func `explains each event, and nothing else`() throws {
        #expect(Set(try entries().keys) == Set(JournalEvent.allCases.map(\.messageID)))
    }

    @Test func `has a subject and a text for each`() throws {
        for (id, text) in try entries() {
            #expect(text.hasPrefix("Subject: "), "\(id)")
            let body = text.components(separatedBy: "\n\n").dropFirst().joined()
            #expect(body.count > 20, "\(id)")
        }
    }

    @Test func `uses no field that an event of its kind may lack`() throws {
        for event in JournalEvent.allCases {
            let text = try #require(try entries()[event.messageID])
            let fields = Set(text.matches(of: /@([A-Z_]+)@/).map { String($0.1) })
            let ofRuns = ["run-", "step-", "rows-in", "rows-resolved", "approv", "window-overridden", "warning"]
                .contains {
                    event.rawValue.hasPrefix($0)
                }
            let allowed: Set<String> =
                ofRuns
                ? ["SEQUENCED_RUN", "SEQUENCED_SEQUENCE"]
                : event.rawValue.hasPrefix("sequence-") || event.rawValue.hasPrefix("elapse")
                    ? ["SEQUENCED_SEQUENCE"] : []
            #expect(fields.isSubset(of: allowed), "\(event.rawValue): \(fields)")
        }
    }

    @Test func `has an identifier for each event, of 32 hexadecimal digits`() {
        #expect(Set(JournalEvent.allCases.map(\.messageID)).count == JournalEvent.allCases.count)
        for event in JournalEvent.allCases { #expect(event.messageID.wholeMatch(of: /[0-9a-f]{32}/) != nil) }
    }
}
