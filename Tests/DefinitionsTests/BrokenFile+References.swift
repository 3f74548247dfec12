/// Names of what is not there.
extension BrokenFile {
    static let references: [BrokenFile] = [
        BrokenFile(
            "syncs/accounts.yaml",
            "model: acounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n",
            faults: [
                "1:8: `model` expects the name of a model, found `acounts`: there is no `models/acounts.yaml`, did you mean `accounts`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: nowhere\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n",
            faults: [
                "2:14: `destination` expects the name of a destination, found `nowhere`: there is no `destinations/nowhere.yaml`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: locla\nquery: accounts.sql\nprimary_key: account_id\n",
            faults: [
                "1:9: `source` expects the name of a source, found `locla`: there is no `sources/locla.yaml`, did you mean `local`?"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nquery: acounts.sql\nprimary_key: account_id\n",
            faults: [
                "2:8: there is no `models/acounts.sql`, did you mean `accounts.sql`?"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nquery: ../accounts.sql\nprimary_key: account_id\n",
            faults: [
                "2:8: `query` expects a file beside the model, found `../accounts.sql`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nquery: SELECT 1\nprimary_key: account_id\n",
            faults: [
                "2:8: there is no `models/SELECT 1`; SQL itself is written under `sql`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nsql: \"  ; \"\nprimary_key: account_id\n",
            faults: [
                "2:6: `sql` is empty"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nprimary_key: account_id\n",
            faults: [
                "1:1: a model needs one of `query`, `sql`, `table`, `file`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\nfile: accounts.csv\nprimary_key: account_id\n",
            faults: [
                "2:1: `file` is for csv sources: source `local` takes `query`, `sql` or `table`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: exports\ntable: accounts\nprimary_key: account_id\n",
            faults: [
                "2:1: source `exports` is csv: write `file: NAME.csv` in place of `table`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: exports\nfile: ../accounts.csv\nprimary_key: account_id\n",
            faults: [
                "2:7: `file` expects a path within the source's folder, found `../accounts.csv`"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\ntable: accounts\nprimary_key: [a, b, a]\n",
            faults: [
                "3:21: `primary_key` names `a` twice"
            ]
        ),
        BrokenFile(
            "models/accounts.yaml",
            "source: local\ntable: accounts\nprimary_key: []\n",
            faults: [
                "3:14: `primary_key` is empty: expected at least one entry"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: acounts\n  - sync: contacts\n",
            faults: [
                "2:11: `steps.sync` expects the name of a sync, found `acounts`: there is no `syncs/acounts.yaml`, did you mean `accounts`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nwas: contacts\n",
            faults: [
                "7:6: `was: contacts` is another sync, which keeps its state: `syncs/contacts.yaml` is still there"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nwas: accounts\n",
            faults: [
                "7:6: `was` is the sync's own name: leave it out"
            ]
        ),
    ]
}
