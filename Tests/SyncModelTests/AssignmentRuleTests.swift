import SyncModel
import Testing

@Suite struct `The assignment rule of a sync` {
    private func sync(_ target: SyncDefinition.Target) -> SyncDefinition {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: target, mode: .upsert)
        sync.headers.assignmentRule = "01Q5g000000Abcd"
        return sync
    }

    @Test func `goes along with what is created and updated, and with leads only where there are two objects`() {
        let cases = sync(.object("Case"))
        #expect(cases.assignmentRule(of: "Case", .upsert) == "01Q5g000000Abcd")
        #expect(cases.assignmentRule(of: "Case", .insert) != nil && cases.assignmentRule(of: "Case", .update) != nil)
        #expect(cases.assignmentRule(of: "Case", .delete) == nil && cases.assignmentRule(of: "Case", .clear) == nil)
        let people = sync(.objects(first: "Contact", otherwise: "Lead", create: "Lead"))
        #expect(people.assignmentRule(of: "lead", .update) == "01Q5g000000Abcd")
        #expect(people.assignmentRule(of: "Contact", .update) == nil)
    }
}
