/// Keys that are not there, or not known.
extension BrokenFile {
    static let keys: [BrokenFile] = [
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nmod: upsert\nobject: Account\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n",
            faults: [
                "3:1: unknown key `mod`, did you mean `mode`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nbatch: { siez: 100 }\n",
            faults: [
                "7:10: unknown key `batch.siez`, did you mean `size`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\ncolour: red\n",
            faults: [
                "7:1: unknown key `colour`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\ncanary: 5%\n",
            faults: [
                "7:1: `canary` is not in this version"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nmapping: { Name: name }\n",
            faults: [
                "1:1: `fields` is missing: `mode: upsert` must know what to write",
                "6:1: unknown key `mapping`, did you mean `fields`?",
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "state: postgres\n",
            faults: [
                "1:1: `state` is not in this version"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: snowflake\n",
            faults: [
                "1:7: `type: snowflake` is not in this version"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: postgre\ndatabase: crm\n",
            faults: [
                "1:7: `type` expects postgres, sqlite or csv, found `postgre`, did you mean `postgres`?"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "path: /srv/crm.db\n",
            faults: [
                "1:1: key `type` is missing: one of `postgres`, `sqlite`, `csv`"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: postgres\ndbname: crm\n",
            faults: [
                "2:1: unknown key `dbname`, did you mean `database`?"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: sqlite\npath: /srv/crm.db\nhost: db\n",
            faults: [
                "3:1: unknown key `host`"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: password, client_id: app }\n",
            faults: [
                "3:15: `auth.flow` expects jwt-bearer, client-credentials or authorization-code, found `password`"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: jwt-bearer, client_id: app, private_key: !credential key }\n",
            faults: [
                "3:7: key `auth.username` is missing: the user to act as (text)"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\n",
            faults: [
                "1:1: key `login_url` is missing: `https://login.salesforce.com`, `https://test.salesforce.com` for a sandbox, or a My Domain; `http` to loopback only (an address that begins with https://)"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n    on_failur: stop\n",
            faults: [
                "3:5: unknown key `steps.on_failur`, did you mean `on_failure`?"
            ]
        ),
    ]
}
