import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org that is asked for many keys` {
    @Test func `finds many keys in a call that no address could hold, and several such in one`() async throws {
        try await EmulatedOrg.filled(600) { org in
            func soql(_ range: Range<Int>) -> String {
                let keys = range.map { SOQL.quoted("k-\($0)") }.joined(separator: ",")
                return "SELECT Id, External_Id__c FROM Account WHERE External_Id__c IN (\(keys))"
            }
            let found = try await org.client.query(soql(0..<900), atMost: 2_000)
            #expect(found.count == 600)
            #expect(org.records.all.last?.method == "POST")
            let answers = try await org.client.queries([soql(0..<300), soql(300..<600), soql(700..<800)])
            #expect(answers.map(\.count) == [300, 300, 0])
        }
    }
}
