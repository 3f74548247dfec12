import SyncModel
import Testing

@testable import Sequencing

@Suite struct `What stands between a plan and Salesforce` {
    private func sync(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        change(&sync)
        return sync
    }

    @Test func `what this version does not do is refused by name`() {
        for change in [
            { $0.api = .rest }, { $0.batch.serial = true },
            { $0.headers.allowDuplicates = true },
        ] as [(inout SyncDefinition) -> Void] {
            #expect { try Support.check(sync(change)) } throws: { ($0 as? EngineError)?.code == .notInThisVersion }
        }
        #expect(throws: Never.self) { try Support.check(sync()) }
    }
}
