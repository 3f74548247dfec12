import Definitions
import SyncModel
import Testing

@Suite struct `Every shape of a definition` {
    private static let files: [String: String] = [
        "sequenced.yaml": """
        timezone: Europe/London
        roles: { viewer: [staff], operator: ops, admin: [wheel, root] }
        retention: { age: 90d, size: 512MiB }
        requests: { bodies: false, redact: [Email, SSN__c] }
        drain_timeout: 1min
        plan_age: 30min
        notify:
          - on: failed
            webhook: http://chat.internal/hook
        """,
        "sources/warehouse.yaml": """
        type: postgres
        host: db.internal
        port: 5433
        database: analytics
        user: sequenced
        password: !credential warehouse-password
        sslmode: verify-full
        """,
        "sources/exports.yaml": "type: csv\nfolder: /srv/exports\ndelimiter: tab\n",
        "destinations/production.yaml": """
        type: salesforce
        login_url: https://example.my.salesforce.com/
        api_version: 63.0
        auth: { flow: jwt-bearer, client_id: app, username: sync@example.com, private_key: !file /etc/key.pem }
        limits: { daily_api_calls: 20000, reserve: 12.5%, concurrent_requests: 5, daily_bulk_rows: 5000000 }
        automation:
          discover: false
          poll: 2min
          jobs: [{ name: "Nightly account scoring", objects: [Account], lasts: 30min }]
          watch: { NightlyScore: [Contact] }
        """,
        "destinations/sandbox.yaml": """
        type: salesforce
        login_url: http://localhost:8787
        auth: { flow: authorization-code, client_id: app }
        """,
        "models/accounts.yaml":
            "source: warehouse\nsql: |\n  SELECT *\n  FROM accounts;\nprimary_key: [region, id]\ntimezone: UTC\n",
        "models/exports.yaml": "source: exports\nfile: deep/accounts.csv\nprimary_key: id\n",
        "syncs/all.yaml": """
        model: accounts
        destination: production
        object: Account
        mode: upsert
        match: { column: id, field: External_Id__c }
        fields:
          Name: { column: name, when_null: reject, truncate: true }
          Industry: { column: industry, write: if-empty, when_null: keep }
          Data_Source__c: { value: "010" }
          Legal_Name__c: { template: "{{name}} ({{ country }})!" }
          ParentId: { lookup: { object: Account, field: External_Id__c, column: parent_id } }
          RecordTypeId: { record_type: kind }
        when_removed: delete
        api: bulk
        batch: { size: 10000, parallel: 50, serial: true, adaptive: false }
        retry: { split: false, attempts: 2 }
        guard: { max_deletes: 0, max_changed: 30%, max_shrink: 20% }
        headers: { assignment_rule: "01Q000000000001", allow_duplicates: false }
        local_checks: false
        was: companies
        """,
        "syncs/people.yaml": """
        model: accounts
        destination: production
        objects: { first: Contact, else: Lead, create: none }
        converted: skip
        mode: upsert
        match: { column: email, field: Email_Key__c }
        fields: { LastName: last_name }
        only: { Lead: { Company: company }, Contact: { Title: title } }
        """,
        "syncs/shipped.yaml":
            "model: exports\ndestination: production\nevent: Order_Shipped__e\nmode: insert\nfields: { Order__c: id }\n",
        "syncs/regions.yaml": """
        model: exports
        destination: production
        picklist: { object: Account, field: Region__c, value: code, label: name, default: is_default }
        mode: all
        """,
        "syncs/doubles.yaml": """
        model: accounts
        destination: sandbox
        object: Contact
        mode: insert
        match: { column: id, field: External_Id__c }
        fields: { LastName: last_name }
        merge: { shared_id: group_id, merge_id: other_id }
        batch: { parallel: 1 }
        """,
        "syncs/gone.yaml":
            "model: accounts\ndestination: sandbox\nobject: Contact\nmode: archive\nmatch: { column: id, field: Id }\n",
        "sequences/crm.yaml": """
        description: Everything
        schedule: { every: 15min, except: Sat..Sun, dst_gap: skip, dst_fold: both }
        randomized_delay: 5min
        catch_up: none
        catch_up_deadline: 1h 30min
        overlap: skip
        timeout: 4h
        max_wait: 6h
        pause_after_failures: 3
        steps:
          - sync: all
            on_failure: stop-on-fatal
            max_rejected: 1%
            attempts: 3
          - sync: [people, regions]
          - sync: shipped
            after: [regions, all, people]
            max_rejected: 0
          - sync: doubles
            after: []
        notify:
          - on: [failed, rejected, recovered, late]
            command: [/usr/local/bin/page-me, --loud]
        """,
        "sequences/cron.yaml": "schedule: { cron: \"30 2 * * 1-5\", timezone: Asia/Tokyo }\nsteps: [{ sync: all }]\n",
        "quiet-windows/all.yaml": """
        destination: production
        objects: "*"
        calendar: ["*-*-* 02:00", "Sun 12:00"]
        duration: 45min
        timezone: org
        except: "*-12-25"
        lead: auto
        running: drain
        grace: 0
        reason: Nightly
        """,
    ]

    private func read() throws -> DefinitionSet {
        let reading = readDefinitions(Self.files.map { DefinitionFile(path: $0.key, text: $0.value) })
        #expect(reading.faults.map(\.description) == [])
        return try #require(reading.definitions)
    }

    @Test func `of settings, sources and destinations arrives as written`() throws {
        let set = try read()
        #expect(set.settings.roles.operator == ["ops"])
        #expect(set.settings.roles.admin == ["wheel", "root"])
        #expect(set.settings.retention.age == .seconds(90 * 86_400))
        #expect(set.settings.retention.size == 512 << 20)
        #expect(set.settings.requests.redact == ["Email", "SSN__c"])
        #expect(
            set.settings.notify == [
                NotificationDefinition(events: [.failed], way: .webhook("http://chat.internal/hook"))
            ]
        )
        #expect(
            set.sources["warehouse"]?.kind
                == .postgres(parameters: [
                    "host": .text("db.internal"), "port": .text("5433"), "dbname": .text("analytics"),
                    "user": .text("sequenced"),
                    "password": .secret(.credential("warehouse-password")), "sslmode": .text("verify-full"),
                ])
        )
        #expect(set.sources["exports"]?.kind == .csv(folder: "/srv/exports", delimiter: UInt8(ascii: "\t")))
        let production = try #require(set.destinations["production"])
        #expect(production.loginURL == "https://example.my.salesforce.com")
        #expect(production.apiVersion == "63.0")
        #expect(
            production.authorization
                == .jwtBearer(clientID: "app", username: "sync@example.com", privateKey: .secret(.file("/etc/key.pem")))
        )
        #expect(production.limits.reserve == Share(fraction: 0.125))
        #expect(production.limits.dailyAPICalls == 20_000)
        #expect(production.limits.dailyBulkBatches == nil)
        #expect(production.automation.watch == ["NightlyScore": ["Contact"]])
        #expect(production.automation.jobs.first?.lasts == .seconds(1_800))
        #expect(
            set.destinations["sandbox"]?.authorization
                == .authorizationCode(
                    clientID: "app",
                    clientSecret: nil,
                    redirectURI: "http://localhost:1717/OauthRedirect"
                )
        )
        #expect(set.models["accounts"]?.reading == .sql("SELECT *\nFROM accounts"))
        #expect(set.models["accounts"]?.primaryKey == ["region", "id"])
        #expect(set.models["exports"]?.reading == .file("deep/accounts.csv"))
    }

    @Test func `of a sync arrives as written`() throws {
        let set = try read()
        let sync = try #require(set.syncs["all"])
        #expect(
            sync.fields == [
                FieldMapping(field: "Name", value: .column("name"), whenNull: .reject, truncate: true),
                FieldMapping(field: "Industry", value: .column("industry"), whenNull: .keep, write: .ifEmpty),
                FieldMapping(field: "Data_Source__c", value: .constant("010")),
                FieldMapping(
                    field: "Legal_Name__c",
                    value: .template(
                        FieldTemplate(parts: [.column("name"), .text(" ("), .column("country"), .text(")!")])
                    )
                ),
                FieldMapping(
                    field: "ParentId",
                    value: .lookup(FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "parent_id"))
                ),
                FieldMapping(field: "RecordTypeId", value: .recordType(column: "kind")),
            ]
        )
        #expect(sync.guard.maxDeletes == .rows(0))
        #expect(sync.guard.maxChanged == .share(Share(fraction: 0.3)))
        #expect([sync.batch.size, sync.batch.parallel, sync.retry.attempts] == [10_000, 50, 2])
        #expect(
            [sync.batch.serial, sync.batch.adaptive, sync.retry.split, sync.localChecks] == [true, false, false, false]
        )
        #expect(sync.was == "companies")
        #expect(set.syncs["people"]?.converted == .skip)
        #expect(sync.headers.assignmentRule == "01Q000000000001")
        #expect(set.syncs["people"]?.target == .objects(first: "Contact", otherwise: "Lead", create: nil))
        #expect(set.syncs["people"]?.only["Lead"] == [FieldMapping(field: "Company", value: .column("company"))])
        #expect(set.syncs["shipped"]?.target == .event("Order_Shipped__e"))
        #expect(
            set.syncs["regions"]?.target
                == .picklist(
                    SyncDefinition.PicklistTarget(
                        object: "Account",
                        field: "Region__c",
                        value: "code",
                        label: "name",
                        isDefault: "is_default"
                    )
                )
        )
        #expect(
            set.syncs["doubles"]?.merge == SyncDefinition.Merge(sharedID: "group_id", isChild: nil, mergeID: "other_id")
        )
        #expect(set.syncs["gone"]?.mode == .archive)
    }

    @Test func `of sequences and windows arrives as written`() throws {
        let set = try read()
        let crm = try #require(set.sequences["crm"])
        #expect(crm.steps.map(\.after) == [[], [0], [1, 0], []])
        #expect(crm.steps.map(\.maxRejected) == [.share(Share(fraction: 0.01)), nil, .rows(0), nil])
        #expect(crm.steps[0].onFailure == .stopOnFatal)
        #expect(
            crm.schedule
                == ScheduleDefinition(kind: .every(.seconds(900)), except: ["Sat..Sun"], gap: .skip, fold: .both)
        )
        #expect(crm.catchUpDeadline == .seconds(5_400))
        #expect(crm.pauseAfterFailures == 3)
        #expect(
            crm.notify == [
                NotificationDefinition(
                    events: [.failed, .rejected, .recovered, .late],
                    way: .command(["/usr/local/bin/page-me", "--loud"])
                )
            ]
        )
        #expect(
            set.sequences["cron"]?.schedule == ScheduleDefinition(kind: .cron("30 2 * * 1-5"), timezone: "Asia/Tokyo")
        )
        let window = try #require(set.windows["all"])
        #expect(window.objects == nil)
        #expect(window.calendars.count == 2)
        #expect(window.timezone == "org")
        #expect(window.lead == .auto)
        #expect(window.running == .drain)
        #expect(window.grace == .zero)
        #expect(window.except == ["*-12-25"])
    }
}
