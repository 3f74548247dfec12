import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A query with functions` {
    /// Four opportunities: their days, and what they are worth.
    private static let seed = """
        {"records":[
        {"attributes":{"type":"Opportunity"},"Name":"A","StageName":"Prospecting","CloseDate":"2025-01-01","Amount":1,"Type":"New Customer"},
        {"attributes":{"type":"Opportunity"},"Name":"B","StageName":"Prospecting","CloseDate":"2025-12-31","Amount":2,"Type":"Existing Customer - Upgrade"},
        {"attributes":{"type":"Opportunity"},"Name":"C","StageName":"Closed Won","CloseDate":"2026-02-28","Amount":4,"Type":"New Customer"},
        {"attributes":{"type":"Opportunity"},"Name":"D","StageName":"Closed Won","CloseDate":"2026-03-01","Amount":8,"Type":"New Customer"}]}
        """

    private func withOpportunities(_ body: @escaping @Sendable (OrgClient) async throws -> Void) async throws {
        try await withOrg { client in
            let saved = try await client.send(.POST, "\(OrgClient.data)/composite/sobjects", Self.seed)
            #expect(saved.status == 200 && !saved.text.contains("\"success\":false"), "\(saved.text)")
            try await body(client)
        }
    }

    @Test(arguments: [
        ("CALENDAR_YEAR(CloseDate) = 2026", ["C", "D"]), ("CALENDAR_QUARTER(CloseDate) < 2", ["A", "C", "D"]),
        ("CALENDAR_MONTH(CloseDate) IN (1, 2)", ["A", "C"]), ("FISCAL_YEAR(CloseDate) != 2026", ["A", "B"]),
        ("FISCAL_QUARTER(CloseDate) = 4", ["B"]), ("FISCAL_MONTH(CloseDate) NOT IN (1, 2, 3)", ["B"]),
        ("WEEK_IN_YEAR(CloseDate) = 53", ["B"]), ("WEEK_IN_MONTH(CloseDate) = 1", ["A", "D"]),
        ("DAY_IN_YEAR(CloseDate) = 59", ["C"]), ("DAY_IN_MONTH(CloseDate) > 28", ["B"]),
        // A Wednesday twice, a Saturday, a Sunday.
        ("DAY_IN_WEEK(CloseDate) = 4", ["A", "B"]), ("DAY_IN_WEEK(CloseDate) = 1", ["D"]),
        ("DAY_ONLY(CreatedDate) = TODAY", ["A", "B", "C", "D"]),
        ("HOUR_IN_DAY(convertTimezone(CreatedDate)) >= 24", []),
        ("CALENDAR_YEAR(CloseDate) = 2025 AND Amount > 1", ["B"]),
    ])
    func `finds by a part of a date`(_ condition: String, _ names: [String]) async throws {
        try await withOpportunities { client in
            let reply = try await client.query("SELECT Name FROM Opportunity WHERE \(condition) ORDER BY Name")
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["records"]?.array?.compactMap { $0["Name"]?.string } == names, "\(reply.text)")
        }
    }

    @Test func `refuses a part of what is no date`() async throws {
        try await withOpportunities { client in
            for condition in ["CALENDAR_YEAR(Name) = 2026", "HOUR_IN_DAY(CloseDate) = 1", "COUNT(Id) = 1"] {
                let reply = try await client.query("SELECT Id FROM Opportunity WHERE \(condition)")
                #expect(reply.status == 400, "\(condition): \(reply.text)")
            }
            let grouped = try await client.query("SELECT COUNT(Id) FROM Opportunity GROUP BY COUNT(Id)")
            #expect(grouped.json.at("0.errorCode") == .string("MALFORMED_QUERY"), "\(grouped.text)")
        }
    }

    @Test func `groups by parts of dates`() async throws {
        try await withOpportunities { client in
            let reply = try await client.query(
                "SELECT CALENDAR_YEAR(CloseDate) y, SUM(Amount) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate) "
                    + "HAVING SUM(Amount) > 1 ORDER BY CALENDAR_YEAR(CloseDate) DESC"
            )
            let rows = try #require(reply.json["records"]?.array, "\(reply.text)")
            #expect(rows.map { $0["y"] } == [.number("2026"), .number("2025")])
            #expect(rows.map { $0["expr0"] } == [.number("12.0"), .number("3.0")])
        }
    }

    @Test func `sums over groups with ROLLUP and CUBE`() async throws {
        try await withOpportunities { client in
            let rollup = try await client.query(
                "SELECT StageName s, Type t, GROUPING(Type) g, SUM(Amount) a FROM Opportunity GROUP BY ROLLUP(StageName, Type)"
            )
            let rows = try #require(rollup.json["records"]?.array, "\(rollup.text)")
            let sums = rows.map {
                "\($0["s"]?.string ?? "-") \($0["t"]?.string ?? "-") \($0["g"]?.integer ?? 9) \($0["a"]?.double ?? 0)"
            }
            #expect(
                Set(sums) == [
                    "Prospecting New Customer 0 1.0", "Prospecting Existing Customer - Upgrade 0 2.0",
                    "Closed Won New Customer 0 12.0", "Prospecting - 1 3.0", "Closed Won - 1 12.0", "- - 1 15.0",
                ]
            )
            #expect(sums.count == 6)
            let cube = try await client.query(
                "SELECT StageName s, Type t, SUM(Amount) a FROM Opportunity GROUP BY CUBE(StageName, Type) ORDER BY SUM(Amount)"
            )
            #expect(cube.json["totalSize"] == .number("8"), "\(cube.text)")
            let tooMany = try await client.query(
                "SELECT COUNT(Id) FROM Opportunity GROUP BY CUBE(StageName, Type, Name, OwnerId)"
            )
            #expect(tooMany.status == 400)
        }
    }

    @Test func `shows a parent by what it is`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"Acme","Phone":"1"}"#)
            let opportunity = try await client.create(
                "Opportunity",
                #"{"Name":"O","StageName":"Prospecting","CloseDate":"2026-01-01","Amount":5}"#
            )
            let campaign = try await client.create("Campaign", #"{"Name":"Fair"}"#)
            for what in [account, opportunity, campaign] {
                _ = try await client.create("Task", #"{"Subject":"Call","WhatId":"\#(what)"}"#)
            }
            _ = try await client.create("Task", #"{"Subject":"Alone"}"#)
            let statement =
                "SELECT Subject, TYPEOF What WHEN Account THEN Phone, Name WHEN Opportunity THEN Amount %@ END FROM Task"
            let reply = try await client.query(statement.replacing("%@", with: "ELSE Name"))
            let shown = try #require(reply.json["records"]?.array, "\(reply.text)").map { $0["What"] }
            #expect(shown[0]?["Phone"] == .string("1") && shown[0]?["Name"] == .string("Acme"))
            #expect(shown[0]?.at("attributes.type") == .string("Account"))
            #expect(shown[1]?["Amount"] == .number("5.0") && shown[1]?["Name"] == nil)
            #expect(shown[2]?["Name"] == .string("Fair"))
            #expect(shown[3] == .null)
            let bare = try await client.query(statement.replacing("%@", with: ""))
            #expect(bare.json["records"]?[2]["What"] == .null, "\(bare.text)")
            for broken in [
                "SELECT TYPEOF What WHEN Nothing THEN Name END FROM Task", "SELECT TYPEOF What END FROM Task",
                "SELECT TYPEOF Wat WHEN Account THEN Name END FROM Task",
                "SELECT TYPEOF What WHEN Account THEN Nme END FROM Task",
            ] {
                #expect(try await client.query(broken).status == 400, "\(broken)")
            }
        }
    }

    @Test func `shows values as people read them`() async throws {
        let yaml = """
            objects:
              Shipment__c:
                fields:
                  Status__c: { type: Picklist, values: [{ name: N, label: New }, { name: S, label: Sent }] }
                  Marks__c: { type: MultiselectPicklist, values: [{ name: R, label: Red }, { name: B, label: Blue }] }
                  Worth__c: { type: Currency, precision: 18, scale: 2 }
                  Share__c: { type: Percent, precision: 5, scale: 1 }
                  Count__c: { type: Number, precision: 18, scale: 0 }
                  Day__c: { type: Date }
                  At__c: { type: DateTime }
            """
        let record = """
            {"Status__c":"S","Marks__c":"R;B","Worth__c":-1234567.5,"Share__c":12.5,"Count__c":1000,"Day__c":"2026-03-01",
            "At__c":"2026-03-01T13:05:00Z"}
            """
        try await withOrg(yaml) { client in
            _ = try await client.create("Shipment__c", record)
            let query =
                "SELECT Status__c, toLabel(Status__c) l, toLabel(Marks__c), FORMAT(Worth__c) w, FORMAT(Share__c) s, "
                + "FORMAT(Count__c) c, FORMAT(Day__c) d, FORMAT(At__c) a, FORMAT(convertCurrency(Worth__c)) x, "
                + "toLabel(Name) n FROM Shipment__c"
            let shown = try await client.query(query).json.at("records.0")
            let texts = ["Status__c", "l", "Marks__c", "w", "s", "c", "d", "a", "x"].map { shown[$0]?.string ?? "none" }
            #expect(
                texts == [
                    "S", "Sent", "Red;Blue", "-$1,234,567.50", "12.5%", "1,000", "3/1/2026", "3/1/2026, 1:05 PM",
                    "-$1,234,567.50",
                ],
                "\(shown)"
            )
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/query",
                #"{"operation":"query","query":"SELECT toLabel(Status__c), Count__c FROM Shipment__c"}"#
            )
            let path = "\(OrgClient.data)/jobs/query/\(made.json["id"]?.string ?? "")"
            _ = try await client.settled(path)
            #expect(try await client.get("\(path)/results").lines == [#""Status__c","Count__c""#, #""Sent","1000.0""#])
        }
    }
}
