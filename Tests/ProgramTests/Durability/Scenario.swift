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
    }

    var kind: Kind
    var api: String

    static let apis = ["auto", "bulk", "bulk2", "rest"]
    static let all = Kind.allCases.flatMap { kind in apis.map { Scenario(kind: kind, api: $0) } }.filter {
        // Refused, since a lost answer could not be cleared up (docs/delivery.md).
        !($0.kind == .blindInsert && $0.api == "rest")
    }

    var description: String { "\(kind.rawValue) by \(api)" }

    /// The sync's definition.
    var definition: String {
        let target = kind == .event ? "event: Row_Told__e" : "object: Contact"
        var lines = ["model: rows", "destination: org", target, "api: \(api)", "retry: { attempts: 4 }"]
        switch kind {
        case .upsert, .delete, .clear: lines += ["mode: upsert", Self.match]
        case .update: lines += ["mode: update", Self.match]
        case .insert: lines += ["mode: insert", Self.match]
        case .blindInsert, .event: lines += ["mode: insert"]
        case .archive: lines += ["mode: archive", Self.match]
        }
        switch kind {
        case .delete: lines.append("when_removed: delete")
        case .clear: lines.append("when_removed: clear")
        case .upsert, .update, .insert, .blindInsert, .archive, .event: break
        }
        switch kind {
        case .archive: break
        case .event: lines += ["fields:", "  Key__c: key", "  Title__c: title"]
        case .blindInsert: lines += ["fields:", "  LastName: last_name", "  Title: title", "  Department: key"]
        case .upsert, .update, .insert, .delete, .clear:
            lines += ["fields:", "  LastName: last_name", "  Title: title"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let match = "match: { column: key, field: External_Id__c }"

    // MARK: - What must come of it

    static let rows = 12

    /// What is done to the database before the run that is disturbed.
    var change: String {
        switch kind {
        case .upsert:
            "UPDATE rows SET title = 'Second' WHERE n <= 4; INSERT INTO rows SELECT n + 12, printf('K-%03d', n + 12), last_name, 'New' FROM rows WHERE n <= 5"
        case .update: "UPDATE rows SET title = 'Second' WHERE n <= 7"
        case .insert, .blindInsert, .event:
            "INSERT INTO rows SELECT n + 12, printf('K-%03d', n + 12), last_name, 'New' FROM rows WHERE n <= 5"
        case .archive:
            "INSERT INTO rows SELECT n + 12, printf('K-%03d', n + 12), last_name, 'Old' FROM rows WHERE n <= 5"
        case .delete, .clear: "DELETE FROM rows WHERE n <= 2; UPDATE rows SET title = 'Second' WHERE n = 7"
        }
    }

    /// The titles by key that the org must hold afterwards; nil: none.
    var expected: [String: String?] {
        func key(_ number: Int) -> String { "K-" + String(String(1_000 + number).dropFirst()) }
        var titles: [String: String?] = [:]
        switch kind {
        case .upsert:
            for n in 1...12 { titles[key(n)] = n <= 4 ? "Second" : "First" }
            for n in 13...17 { titles[key(n)] = "New" }
        case .update: for n in 1...12 { titles[key(n)] = n <= 7 ? "Second" : "First" }
        case .insert, .blindInsert, .event:
            for n in 1...12 { titles[key(n)] = "First" }
            for n in 13...17 { titles[key(n)] = "New" }
        // Of 17 records the model names 17: none stays.
        case .archive: break
        case .delete: for n in 3...12 { titles[key(n)] = n == 7 ? "Second" : "First" }
        case .clear:
            for n in 1...2 { titles.updateValue(nil, forKey: key(n)) }
            for n in 3...12 { titles[key(n)] = n == 7 ? "Second" : "First" }
        }
        return titles
    }

    /// Records that were ever created, events that were ever published.
    var created: Int {
        switch kind {
        case .upsert, .insert, .blindInsert, .event, .archive: 17
        case .update, .delete, .clear: 12
        }
    }

    /// Whether the org has the records before, by another's hand.
    var isSeeded: Bool { kind == .update || kind == .archive }
}
