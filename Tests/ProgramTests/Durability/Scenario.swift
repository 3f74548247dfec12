/// One way of delivering, as a definition says it: what the matrix is made of beside crash points and faults.
struct Scenario: Sendable, Hashable, CustomStringConvertible {
    /// What is done to the records.
    enum Kind: String, Sendable, CaseIterable {
        case upsert
        case update
        case insert
        /// Nothing tells its rows apart but their order.
        case blindInsert = "insert (nothing unique)"
        case archive
        case delete
        case clear
        case event
        /// Contacts where there is one, else leads.
        case twoObjects = "upsert into two objects"
        case merge
        case picklist
    }

    var kind: Kind
    var api: String

    static let apis = ["auto", "bulk", "bulk2", "rest"]
    /// Every mode by every API: `check` and the first run say which are accepted.
    static let all = Kind.allCases.flatMap { kind in apis.map { Scenario(kind: kind, api: $0) } }

    var description: String { "\(kind.rawValue) by \(api)" }

    /// The sync's definition.
    var definition: String {
        var lines = ["model: rows", "destination: org", "retry: { attempts: 4 }"]
        if api != "auto" { lines.append("api: \(api)") }
        switch kind {
        case .event: lines.append("event: Row_Told__e")
        case .twoObjects: lines.append("objects: { first: Contact, else: Lead, create: Lead }")
        case .picklist:
            lines.append("picklist: { object: Account, field: Region__c, value: key, label: title }")
        case .upsert, .update, .insert, .blindInsert, .archive, .delete, .clear, .merge:
            lines.append("object: Contact")
        }
        switch kind {
        case .upsert, .delete, .clear, .twoObjects: lines += ["mode: upsert", Self.match]
        case .update: lines += ["mode: update", Self.match]
        case .insert: lines += ["mode: insert", Self.match]
        case .blindInsert, .event: lines += ["mode: insert"]
        case .archive: lines += ["mode: archive", Self.match]
        case .merge:
            lines += ["mode: upsert", Self.match, "merge: { shared_id: shared, is_child: is_child }"]
            lines.append("batch: { parallel: 1 }")
        case .picklist: lines.append("mode: all")
        }
        switch kind {
        case .delete: lines.append("when_removed: delete")
        case .clear: lines.append("when_removed: clear")
        case .upsert, .update, .insert, .blindInsert, .archive, .event, .twoObjects, .merge, .picklist: break
        }
        switch kind {
        case .archive, .picklist: break
        case .event: lines += ["fields:", "  Key__c: key", "  Title__c: title"]
        case .blindInsert: lines += ["fields:", "  LastName: last_name", "  Title: title", "  Department: key"]
        case .upsert, .update, .insert, .delete, .clear, .twoObjects, .merge:
            lines += ["fields:", "  LastName: last_name", "  Title: title"]
        }
        if kind == .twoObjects { lines.append("only: { Lead: { Company: last_name } }") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let match = "match: { column: key, field: External_Id__c }"

    // MARK: - What must come of it

    static let rows = 12

    /// What is done to the database before the run that is disturbed.
    var change: String {
        func adding(_ title: String) -> String {
            """
            INSERT INTO rows SELECT n + 12, printf('K-%03d', n + 12), last_name, '\(title)', printf('K-%03d', n + 12), 'false'
                FROM rows WHERE n <= 5;
            """
        }
        switch kind {
        case .upsert, .twoObjects: return "UPDATE rows SET title = 'Second' WHERE n <= 4; " + adding("New")
        case .update: return "UPDATE rows SET title = 'Second' WHERE n <= 7"
        case .insert, .blindInsert, .event: return adding("New")
        case .archive: return adding("Old")
        case .delete, .clear:
            return "DELETE FROM rows WHERE n <= 2; UPDATE rows SET title = 'Second' WHERE n = 7"
        case .merge:
            return """
                UPDATE rows SET shared = 'G-' || ((n - 1) / 4), is_child = iif((n - 1) % 4 = 0, 'false', 'true') WHERE n <= 8;
                UPDATE rows SET title = 'Second' WHERE n IN (1, 5); \(adding("New"))
                """
        case .picklist:
            return "DELETE FROM rows WHERE n <= 2; UPDATE rows SET title = 'Second' WHERE n = 7; "
                + adding("New")
                .replacing("n <= 5", with: "n BETWEEN 3 AND 7")
        }
    }

    /// The titles by key that the org must hold afterwards; nil: none.
    var expected: [String: String?] {
        var titles: [String: String?] = [:]
        func say(_ numbers: ClosedRange<Int>, _ title: (Int) -> String?) {
            for number in numbers {
                titles.updateValue(title(number), forKey: "K-" + String(String(1_000 + number).dropFirst()))
            }
        }
        switch kind {
        case .upsert, .twoObjects:
            say(1...12) { $0 <= 4 ? "Second" : "First" }
            say(13...17) { _ in "New" }
        case .update: say(1...12) { $0 <= 7 ? "Second" : "First" }
        case .insert, .blindInsert, .event:
            say(1...12) { _ in "First" }
            say(13...17) { _ in "New" }
        // Of 17 records the model names 17: none stays.
        case .archive: break
        case .delete: say(3...12) { $0 == 7 ? "Second" : "First" }
        case .clear:
            say(1...2) { _ in nil }
            say(3...12) { $0 == 7 ? "Second" : "First" }
        case .merge:
            say(1...1) { _ in "Second" }
            say(5...5) { _ in "Second" }
            say(9...12) { _ in "First" }
            say(13...17) { _ in "New" }
        case .picklist:
            say(3...12) { $0 == 7 ? "Second" : "First" }
            say(15...19) { _ in "New" }
        }
        return titles
    }

    /// Records that were ever created, events that were ever published.
    var created: Int {
        switch kind {
        case .upsert, .insert, .blindInsert, .event, .archive, .twoObjects, .merge: 17
        case .update, .delete, .clear: 12
        case .picklist: 0
        }
    }

    /// Records that are merged into another.
    var merged: Int? { kind == .merge ? 6 : nil }

    /// Contacts that the org has before, by another's hand.
    var seeded: Int {
        switch kind {
        case .update, .merge: 12
        case .archive: 17
        case .twoObjects: 6
        case .upsert, .insert, .blindInsert, .delete, .clear, .event, .picklist: 0
        }
    }

    /// Whether another scenario makes the same calls: `auto` chooses one of the other three, a picklist goes one way only.
    var isAlike: Bool { kind == .picklist ? api != "auto" : api == "auto" }

    /// Whether a row may be left in doubt (durability: an event over REST whose answer was lost).
    var mayDoubt: Bool { kind == .event && api == "rest" }
}
