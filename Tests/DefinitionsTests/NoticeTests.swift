import Definitions
import SyncModel
import Testing

@Suite struct `A notice` {
    private func notices(_ files: [String: String]) -> [String] {
        let reading = FolderBuilder.read(files)
        #expect(reading.faults.map(\.description) == [])
        return reading.notices.map(\.description)
    }

    @Test func `is given for a secret from the environment`() {
        let text = """
            type: salesforce
            login_url: http://127.0.0.1:8787
            auth: { flow: client-credentials, client_id: app, client_secret: !env SECRET }
            """
        #expect(
            notices(["destinations/production.yaml": text]) == [
                "destinations/production.yaml:3:66: `auth.client_secret` comes from the environment variable SECRET: "
                    + "meant for containers and tests"
            ]
        )
    }

    @Test func `is given for a version of the API that is newer than any that was tried`() {
        func destination(_ version: String) -> [String: String] {
            [
                "destinations/production.yaml": """
                type: salesforce
                login_url: https://login.salesforce.com
                auth: { flow: client-credentials, client_id: app, client_secret: !credential production }
                api_version: \(version)
                """
            ]
        }
        #expect(notices(destination("67.0")) == [])
        let found = notices(destination("99.0"))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("destinations/production.yaml:4:14: version 99.0 is newer") == true, "\(found)")
    }

    @Test func `is given for UTC where nothing names a zone`() {
        let window = "destination: production\nobjects: \"*\"\ncalendar: 02:00\nduration: 45min\n"
        let crm = "schedule: { cron: \"30 2 * * 1-5\" }\nsteps: [{ sync: accounts }]\n"
        let files = ["sequenced.yaml": "{}", "quiet-windows/scoring.yaml": window, "sequences/crm.yaml": crm]
        #expect(
            notices(files) == [
                "quiet-windows/scoring.yaml:3:11: `calendar` names no time zone, and sequenced.yaml has no `timezone`: UTC is used",
                "sequences/crm.yaml:1:19: `schedule.cron` names no time zone, and sequenced.yaml has no `timezone`: UTC is used",
            ]
        )
        #expect(notices(["quiet-windows/scoring.yaml": window, "sequences/crm.yaml": crm]) == [])
    }

    @Test func `is given for a range of minutes that looks like one of hours`() {
        let crm = "schedule: { calendar: \"09:00..17 UTC\" }\nsteps: [{ sync: accounts }]\n"
        let found = notices(["sequences/crm.yaml": crm])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("sequences/crm.yaml:1:23: `schedule.calendar`: ") == true)
    }

    @Test func `is given for a child beside its parent`() {
        let found = notices(["sequences/crm.yaml": "steps: [{ sync: [contacts, accounts] }]\n"])
        #expect(found.count == 1)
        #expect(found.first?.contains("side by side with it: it begins when `accounts` has ended") == true)
    }

    @Test func `is given for a batch size that is not used`() {
        let text = """
            model: accounts
            destination: production
            object: Account
            mode: insert
            api: bulk2
            batch: { size: 500 }
            fields: { Name: name }
            """
        #expect(
            notices(["syncs/accounts.yaml": text]) == [
                "syncs/accounts.yaml:6:10: `batch.size` is not used by `api: bulk2`: Salesforce cuts the batches"
            ]
        )
    }

    @Test func `is given for a mapped match field, which is then left to the match`() throws {
        let text = """
            model: accounts
            destination: production
            object: Account
            mode: upsert
            match: { column: account_id, field: External_Id__c }
            fields: { External_Id__c: account_id, Name: name }
            """
        let reading = FolderBuilder.read(["syncs/accounts.yaml": text])
        #expect(reading.notices.map(\.line) == [6])
        #expect(reading.definitions?.syncs["accounts"]?.fields.map(\.field) == ["Name"])
    }
}
