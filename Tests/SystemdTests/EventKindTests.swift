import Foundation
import SyncModel
import Systemd
import Testing

/// What the ledger stores is told to the journal: each kind must have its identifier and its page in the catalog.
@Suite struct `Every kind of event` {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")

    @Test func `that a run or a step goes through is in the journal's catalog`() {
        for state in RunState.allCases where state != .running {
            #expect(JournalEvent(rawValue: "run-\(state.rawValue)") != nil, "run-\(state.rawValue)")
        }
        for state in StepState.allCases {
            #expect(JournalEvent(rawValue: "step-\(state.rawValue)") != nil, "step-\(state.rawValue)")
        }
    }

    @Test func `that is stored anywhere is in the journal's catalog`() throws {
        var kinds: Set<String> = []
        for folder in ["Engine", "Control", "Programs"] {
            let files = FileManager.default.enumerator(
                at: Self.sources.appending(path: folder),
                includingPropertiesForKeys: nil
            )
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /LedgerEvent\(\s*time: [^,]+,\s*kind: "([a-z-]+)"/) {
                    kinds.insert(String(match.1))
                }
                for match in text.matches(of: /"sequenced\.event": "([a-z-]+)"/) { kinds.insert(String(match.1)) }
            }
        }
        #expect(kinds.count > 8, "\(kinds)")
        for kind in kinds.sorted() {
            #expect(JournalEvent(rawValue: kind) != nil, "\(kind) is neither in JournalEvent nor in the catalog")
        }
    }
}
