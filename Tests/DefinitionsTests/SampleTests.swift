import Definitions
import SyncModel
import Testing

@Suite struct `The sample configuration` {
    @Test func `has no fault and nothing to notice`() throws {
        let reading = readDefinitions(try SampleFolder.files())
        #expect(reading.faults.map(\.description) == [])
        #expect(reading.notices.map(\.description) == [])
    }

    @Test func `says what the demonstration runs`() throws {
        let set = try #require(readDefinitions(try SampleFolder.files()).definitions)
        #expect(set.sources["local"]?.kind == .sqlite(path: "/var/lib/sequenced-demo/crm.db"))
        #expect(
            set.destinations["production"]?.authorization
                == .clientCredentials(
                    clientID: "emulator-client",
                    clientSecret: .secret(.credential("salesforce-client-secret"))
                )
        )
        #expect(set.destinations["production"]?.loginURL == "http://127.0.0.1:8787")
        #expect(set.models["contacts"]?.primaryKey == ["contact_id"])
        #expect(
            set.models["accounts"]?.reading
                == .sql("SELECT account_id, account_key, name, industry, revenue, country\nFROM accounts")
        )
        let contacts = try #require(set.syncs["contacts"])
        #expect(contacts.match == SyncDefinition.Match(column: "contact_id", field: "External_Id__c"))
        #expect(contacts.fields.map(\.field) == ["FirstName", "LastName", "Email", "Title", "AccountId"])
        #expect(
            contacts.fields.last?.value
                == .lookup(FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "account_id"))
        )
        let crm = try #require(set.sequences["crm"])
        #expect(crm.steps.map(\.syncs) == [["accounts"], ["contacts"]])
        #expect(crm.steps.map(\.after) == [[], [0]])
        #expect(crm.schedule.kind == .calendar(["Mon..Fri 02:30 Europe/London"]))
        let scoring = try #require(set.windows["scoring"])
        #expect(scoring.duration == .seconds(2_700))
        #expect(scoring.lead == .span(.seconds(600)))
        #expect(scoring.objects == ["Contact"])
    }
}
