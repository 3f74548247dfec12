import Testing

@testable import Gating

@Suite struct `What an org does of itself on an object` {
    private func rule(_ name: String, _ message: String?) -> AutomationInventory.Item {
        .init(kind: "validation rule", name: name, changed: "2026-03-01T00:00:00Z", changedBy: nil, message: message)
    }

    @Test func `names the rule that says something, where it alone does`() {
        let inventory = AutomationInventory([
            rule("No_tests", "No people of tests"), rule("A", "Mend it"), rule("B", "Mend it"),
            .init(kind: "trigger", name: "T", changed: nil, changedBy: nil, message: "No people of tests"),
        ])
        #expect(inventory.validationRule(saying: "No people of tests") == "No_tests")
        #expect(inventory.validationRule(saying: "Mend it") == nil)
        #expect(inventory.validationRule(saying: "something else") == nil)
    }

    @Test func `is no news where only an older version did not keep what a rule says`() {
        let earlier = AutomationInventory([rule("No_tests", nil)])
        #expect(AutomationInventory([rule("No_tests", "No people of tests")]).news(since: earlier) == [])
    }
}
