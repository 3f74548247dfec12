import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A query` {
    static let seed = """
        {"records":[
        {"attributes":{"type":"Account"},"Name":"Alpha","External_Id__c":"A-1","AnnualRevenue":100,"NumberOfEmployees":3,"Industry":"Banking","Phone":"1"},
        {"attributes":{"type":"Account"},"Name":"beta","External_Id__c":"A-2","AnnualRevenue":300,"Industry":"Banking"},
        {"attributes":{"type":"Account"},"Name":"O'Brien \\\\ 100%","External_Id__c":"A-3","Industry":"Energy","Website":"x_y"},
        {"attributes":{"type":"Account"},"Name":"Delta","AnnualRevenue":50}]}
        """

    @Test(arguments: [
        ("Name = 'ALPHA'", ["Alpha"]), ("Name != 'alpha'", ["beta", "O'Brien \\ 100%", "Delta"]),
        ("Name LIKE '%a'", ["Alpha", "beta", "Delta"]), ("Name LIKE '_eta'", ["beta"]),
        (#"Name LIKE '%\%'"#, ["O'Brien \\ 100%"]),
        (#"Name = 'O\'Brien \\ 100%'"#, ["O'Brien \\ 100%"]), ("AnnualRevenue > 50", ["Alpha", "beta"]),
        ("AnnualRevenue <= 100", ["Alpha", "Delta"]), ("AnnualRevenue = null", ["O'Brien \\ 100%"]),
        ("External_Id__c IN ('a-1','A-3','zz')", ["Alpha", "O'Brien \\ 100%"]),
        ("External_Id__c NOT IN ('A-1','A-2')", ["O'Brien \\ 100%", "Delta"]),
        ("Industry = 'banking' AND (AnnualRevenue > 200 OR NumberOfEmployees = 3)", ["Alpha", "beta"]),
        ("NOT Industry = 'Banking'", ["O'Brien \\ 100%", "Delta"]),
        ("CreatedDate = TODAY", ["Alpha", "beta", "O'Brien \\ 100%", "Delta"]),
        ("CreatedDate < TODAY", []), ("CreatedDate > LAST_N_DAYS:3", []),
        ("CreatedDate = THIS_YEAR AND Phone = ''", ["beta", "O'Brien \\ 100%", "Delta"]),
        ("Owner.Username = 'admin@example.com' AND Name = 'Delta'", ["Delta"]),
        ("IsDeleted = FALSE AND Name > 'b'", ["beta", "O'Brien \\ 100%", "Delta"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Kid')", ["beta"]),
        ("AnnualRevenue IN (50, 300)", ["beta", "Delta"]),
        ("CreatedDate >= 2020-01-01T00:00:00Z AND Name = 'Alpha'", ["Alpha"]), ("External_Id__c = NULL", ["Delta"]),
        ("Id = '0015g0000000002'", ["beta"]),
    ])
    func `finds what its condition says`(_ condition: String, _ names: [String]) async throws {
        try await withOrg { client in
            _ = try await client.send(.POST, "\(OrgClient.data)/composite/sobjects", Self.seed)
            _ = try await client.create("Contact", #"{"LastName":"Kid","Account":{"External_Id__c":"A-2"}}"#)
            let reply = try await client.query("SELECT Name FROM Account WHERE \(condition)")
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["records"]?.array?.compactMap { $0["Name"]?.string } == names)
        }
    }

    @Test(arguments: [
        (
            "select count() from XYZZY", "INVALID_TYPE",
            "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
        ),
        ("invalid", "MALFORMED_QUERY", "unexpected token: 'invalid'"),
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY",
            "unexpected token: 'OR'"
        ),
        ("SELECT Foo__c FROM Account", "INVALID_FIELD", "No such column 'Foo__c' on entity 'Account'."),
        ("SELECT Foo.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Foo' in field path."),
        (
            "SELECT Id FROM Account WHERE CreatedDate > '2026'", "INVALID_FIELD",
            "must be of type dateTime and should not be enclosed in quotes"
        ),
        (
            "SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD",
            "must be of type string and should be enclosed in quotes"
        ),
        (
            "SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD",
            "field 'Description' can not be filtered in a query call"
        ),
        ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", "<EOF>"),
        ("SELECT Id FROM Account WHERE Name = :x", "MALFORMED_QUERY", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "offset"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "Field must be grouped or aggregated"),
        ("SELECT (SELECT Id FROM Nope) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nope'"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "200"),
        ("SELECT Id FROM Account WHERE Name = \"a\"", "MALFORMED_QUERY", "no viable alternative at character '\"'"),
        ("SELECT Id; FROM Account", "MALFORMED_QUERY", "no viable alternative at character ';'"),
        ("", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id, Name, id FROM Account", "MALFORMED_QUERY", "duplicate field selected: id"),
        ("SELECT Owner.Id, Owner.Id FROM Account", "MALFORMED_QUERY", "duplicate field selected: Owner.Id"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        (
            "SELECT Id FROM Account WHERE " + String(repeating: "NOT ", count: 500) + "Name = 'x'",
            "QUERY_TOO_COMPLICATED", "the filter conditions are too complicated"
        ),
        (
            "SELECT Id FROM Account WHERE " + String(repeating: "(", count: 500), "QUERY_TOO_COMPLICATED",
            "the filter conditions are too complicated"
        ),
    ])
    func `that is wrong is answered with code, place and reason`(
        _ statement: String,
        _ code: String,
        _ part: String
    ) async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"A"}"#)
            let reply = try await client.query(statement)
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string(code))
            #expect(reply.json.at("0.message").string?.contains(part) == true, "\(reply.text)")
        }
    }

    @Test func `groups, counts and sorts`() async throws {
        try await withOrg { client in
            _ = try await client.send(.POST, "\(OrgClient.data)/composite/sobjects", Self.seed)
            let grouped = try await client.query(
                "SELECT Industry, COUNT(Id), SUM(AnnualRevenue) total FROM Account GROUP BY Industry HAVING COUNT(Id) < 9 ORDER BY Industry NULLS LAST"
            )
            let rows = try #require(grouped.json["records"])
            #expect(
                rows[0]
                    == .members([
                        "attributes": .members(["type": .string("AggregateResult")]), "Industry": .string("Banking"),
                        "expr0": .number("2"), "total": .number("400.0"),
                    ])
            )
            #expect(rows[1]["total"] == .null)
            #expect(rows[2]["Industry"] == .null)
            let count = try await client.query("SELECT COUNT() FROM Account WHERE AnnualRevenue != null")
            #expect(count.text == #"{"totalSize":3,"done":true,"records":[]}"#)
            let sorted = try await client.query(
                "SELECT Name FROM Account ORDER BY AnnualRevenue DESC NULLS LAST, Name LIMIT 2 OFFSET 1"
            )
            #expect(sorted.json["records"]?.array?.compactMap { $0["Name"]?.string } == ["Alpha", "Delta"])
        }
    }

    @Test func `shows parents as objects and children as lists`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"A"}"#)
            _ = try await client.create(
                "Contact",
                #"{"LastName":"C","FirstName":"B","AccountId":"0015g0000000001AAA"}"#
            )
            _ = try await client.create("Contact", #"{"LastName":"Alone"}"#)
            let up = try await client.query("SELECT Name, Account.Name, Account.Owner.Name FROM Contact ORDER BY Name")
            #expect(up.json.at("records.0.Account") == .null)
            #expect(up.json.at("records.1.Name") == .string("B C"))
            #expect(up.json.at("records.1.Account.Owner.Name") == .string("Admin User"))
            #expect(up.json.at("records.1.Account.attributes.type") == .string("Account"))
            let down = try await client.query(
                "SELECT Name, (SELECT LastName FROM Contacts), (SELECT Id FROM Cases) FROM Account"
            )
            #expect(down.json.at("records.0.Contacts.records.0.LastName") == .string("C"))
            #expect(down.json.at("records.0.Cases") == .null)
        }
    }

    @Test func `comes in pages that follow one another`() async throws {
        try await withOrg { client in
            let csv = "Name\n" + (0..<450).map { "N\($0)\n" }.joined()
            _ = try await client.ingest("Account", "insert", csv)
            var page = try await client.get(
                "\(OrgClient.data)/query?q=SELECT+Name+FROM+Account",
                headers: [("Sforce-Query-Options", "batchSize=200")]
            ).json
            var names: Set<String> = []
            var pages = 1
            while true {
                names.formUnion(page["records"]?.array?.compactMap { $0["Name"]?.string } ?? [])
                guard let next = page["nextRecordsUrl"]?.string else { break }
                page = try await client.get(next, headers: [("Sforce-Query-Options", "batchSize=200")]).json
                pages += 1
            }
            #expect(names.count == 450)
            #expect(pages == 3)
            #expect(page["totalSize"] == .number("450"))
            let bad = try await client.get("\(OrgClient.data)/query/01g5g0000000099AAA-2000")
            #expect(bad.json.at("0.errorCode") == .string("INVALID_QUERY_LOCATOR"))
        }
    }
}
