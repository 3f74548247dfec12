import DelimitedText
import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org that is asked` {
    @Test func `answers with every record, page by page`() async throws {
        try await EmulatedOrg.filled(4_500) { org in
            var sizes: [Int] = []
            var keys: Set<String> = []
            try await org.client.query("SELECT Id, External_Id__c FROM Account") { page in
                sizes.append(page.count)
                for record in page { if let key = record.text("External_Id__c") { keys.insert(key) } }
            }
            #expect(sizes == [2_000, 2_000, 500])
            #expect(keys.count == 4_500)
            let count = try await org.client.count("SELECT COUNT() FROM Account")
            #expect(count == 4_500)
        }
    }

    @Test func `gives parents by path, and nothing where there is none`() async throws {
        try await EmulatedOrg.with { org in
            let account = try await org.client.create("Account", body: .json(#"{"Name":"O'Brien \\ Söhne"}"#))
            let parent = try #require(account.id)
            _ = try await org.client.create("Contact", body: .json(#"{"LastName":"a","AccountId":"\#(parent)"}"#))
            _ = try await org.client.create("Contact", body: .json(#"{"LastName":"b"}"#))
            let contacts = try await org.client.query(
                "SELECT LastName, Account.Name FROM Contact ORDER BY LastName",
                atMost: 10
            )
            #expect(contacts.map { $0.text("Account.Name") } == ["O'Brien \\ Söhne", nil])
            let escaped = SOQL.quoted("O'Brien \\ Söhne")
            let found = try await org.client.query("SELECT Id FROM Account WHERE Name = \(escaped)", atMost: 1)
            #expect(found.map(\.id) == [parent])
            try await org.client.delete("Account", id: parent)
            let visible = try await org.client.query("SELECT Id FROM Account", atMost: 10)
            #expect(visible.isEmpty)
            let all = try await org.client.query("SELECT Id, IsDeleted FROM Account", atMost: 10, all: true)
            #expect(all.map { $0.text("IsDeleted") } == ["true"])
        }
    }

    @Test(arguments: [
        ("SELECT Id FROM Nope__c", "INVALID_TYPE"), ("SELECT Nope__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FORM Account", "MALFORMED_QUERY"),
    ])
    func `says what is wrong with a question`(soql: String, code: String) async throws {
        try await EmulatedOrg.with { org in
            let error = try await #require(throws: SalesforceError.self) { try await org.client.query(soql, atMost: 1) }
            #expect(error.code == code && error.status == 400)
        }
    }

    @Test func `by a job gives all in pages`() async throws {
        try await EmulatedOrg.filled(250) { org in
            let job = try await org.client.createQueryJob("SELECT Id, External_Id__c FROM Account")
            var state = job.state
            var polls = 0
            while !state.isFinal, polls < 100_000 {
                state = try await org.client.queryJob(job.id).state
                polls += 1
                await Task.yield()
            }
            try #require(state == .jobComplete)
            var keys: Set<String> = []
            let count = try await org.client.results(ofQueryJob: job.id, pageSize: 100) { columns, record in
                #expect(columns.names == ["Id", "External_Id__c"])
                keys.insert(record.text(1))
            }
            #expect(count == 250 && keys.count == 250)
            try await org.client.deleteQueryJob(job.id)
        }
    }
}
