import Definitions
import SyncModel
import Testing

@Suite struct `The order of a sequence` {
    /// A sync of an object that looks up others: `field: object`.
    private func sync(
        _ object: String,
        mode: String = "upsert",
        match: String = "External_Id__c",
        looksUp: [(String, String)]
    ) -> String {
        let lookups = looksUp.map { "  \($0.0): { lookup: { object: \($0.1), field: External_Id__c, column: x } }\n" }
            .joined()
        return """
            model: accounts
            destination: production
            object: \(object)
            mode: \(mode)
            match: { column: id, field: \(match) }
            fields:
              Description: text
            \(lookups)
            """
    }

    private func faults(_ syncs: [String: String], steps: String) -> [String] {
        var files = ["sequences/crm.yaml": "steps:\n\(steps)"]
        for (name, text) in syncs { files["syncs/\(name).yaml"] = text }
        return FolderBuilder.read(files).faults.map(\.description)
    }

    @Test func `puts grandparents before grandchildren, and says how`() {
        let syncs = [
            "accounts": sync("Account", looksUp: []), "contacts": sync("Contact", looksUp: [("AccountId", "Account")]),
            "cases": sync("Case", looksUp: [("ContactId", "Contact"), ("AccountId", "Account")]),
        ]
        let found = faults(syncs, steps: "  - sync: cases\n  - sync: contacts\n  - sync: accounts\n")
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.hasSuffix("The right order: `accounts`, `contacts`, `cases`") })
        #expect(faults(syncs, steps: "  - sync: accounts\n  - sync: contacts\n  - sync: cases\n") == [])
    }

    @Test func `cannot satisfy a circle, whose field is named`() {
        let syncs = [
            "accounts": sync("Account", looksUp: [("Primary__c", "Contact")]),
            "contacts": sync("Contact", looksUp: [("AccountId", "Account")]),
        ]
        #expect(
            faults(syncs, steps: "  - sync: accounts\n  - sync: contacts\n") == [
                "sequences/crm.yaml:2:11: `accounts` looks up Contact by External_Id__c for its Primary__c, which `contacts` writes in a later "
                    + "step, and no order would do: accounts.Primary__c → contacts, contacts.AccountId → accounts. Take `Primary__c` out of "
                    + "`accounts` and write it by a sync of its own (`mode: update`) in a step after `contacts`"
            ]
        )
    }

    @Test func `is satisfied by the second sync that was proposed`() {
        let syncs = [
            "accounts": sync("Account", looksUp: []), "contacts": sync("Contact", looksUp: [("AccountId", "Account")]),
            "links": sync("Account", mode: "update", looksUp: [("Primary__c", "Contact")]),
        ]
        #expect(faults(syncs, steps: "  - sync: accounts\n  - sync: contacts\n  - sync: links\n") == [])
        #expect(faults(syncs, steps: "  - sync: accounts\n  - sync: links\n  - sync: contacts\n").count == 1)
    }

    @Test
    func `does not mind lookups into the object itself, nor into other destinations, nor by fields that nobody writes`()
    {
        let own = [
            "accounts": sync("Account", looksUp: [("ParentId", "Account")]),
            "more": sync("Account", looksUp: [("ParentId", "Account")]),
        ]
        #expect(faults(own, steps: "  - sync: more\n  - sync: accounts\n") == [])
        let elsewhere = sync("Account", match: "Other__c", looksUp: [])
        #expect(
            faults(
                ["accounts": elsewhere, "contacts": sync("Contact", looksUp: [("AccountId", "Account")])],
                steps: "  - sync: contacts\n  - sync: accounts\n"
            ) == []
        )
    }

    @Test func `is by default that of the file, and otherwise what after says`() throws {
        let steps = "steps: [{ sync: accounts, after: [] }, { sync: contacts }]\n"
        let set = try #require(FolderBuilder.read(["sequences/crm.yaml": steps]).definitions)
        #expect(set.sequences["crm"]?.steps.map(\.after) == [[], [0]])
        let turned = "steps: [{ sync: contacts, after: [accounts] }, { sync: accounts, after: [] }]\n"
        let other = try #require(FolderBuilder.read(["sequences/crm.yaml": turned]).definitions)
        #expect(other.sequences["crm"]?.steps.map(\.after) == [[1], []])
    }
}
