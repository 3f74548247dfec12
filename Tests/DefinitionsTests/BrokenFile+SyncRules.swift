/// Syncs whose keys do not go together.
extension BrokenFile {
    static let syncRules: [BrokenFile] = [
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nconverted: skip\n",
            faults: [
                "7:1: `converted` needs `objects`: a lead is followed to the other object of the two"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nmode: upsert\nmatch: { column: a, field: B }\nfields: { Name: name }\n",
            faults: [
                "1:1: a sync needs one of `object`, `objects`, `event`, `picklist`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nevent: Sent__e\n",
            faults: [
                "7:1: `event` beside `object`: a sync takes only one of `object`, `objects`, `event`, `picklist`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: Id }\nfields: { Name: name }\n",
            faults: [
                "5:30: `mode: upsert` cannot match on Id: Salesforce gives a record its Id when it creates it, so no new row could have one. Match on an external id field, or write `mode: update`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nfields: { Name: name }\n",
            faults: [
                "1:1: `match` is missing: `mode: upsert` must know how a row finds its record"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: update\nfields: { Name: name }\n",
            faults: [
                "1:1: `match` is missing: `mode: update` must know how a row finds its record"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: archive\n",
            faults: [
                "1:1: `match` is missing: `mode: archive` must know how a row finds its record"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: insert\n",
            faults: [
                "1:1: `fields` is missing: `mode: insert` must know what to write"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: {}\n",
            faults: [
                "6:1: `fields` is empty: expected at least one field and its column"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: archive\nmatch: { column: a, field: Id }\nfields: { Name: name }\n",
            faults: [
                "6:1: `mode: archive` writes no fields: leave `fields` out"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: all\n",
            faults: [
                "4:1: `mode: all` is for a `picklist`; `object: Account` takes insert, update, upsert or archive"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Id: id }\n",
            faults: [
                "6:11: Salesforce does not let anybody write the Id: to find records by it, write `match: { column: …, field: Id }` with `mode: update`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name, external_id__c: other }\n",
            faults: [
                "6:23: `external_id__c` is the match field: upsert writes it from `account_id`, it cannot have another value"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: update\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nwhen_removed: delete\n",
            faults: [
                "7:1: `when_removed: delete` needs `mode: upsert`: an update did not create the records, so it may clear them, not delete them"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: insert\nfields: { Name: name }\nwhen_removed: clear\n",
            faults: [
                "6:1: `when_removed: clear` is not for `mode: insert`, which never looks at a row again"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nevent: Sent\nmode: upsert\nmatch: { column: a, field: B }\nfields: { Name: name }\n",
            faults: [
                "3:1: `event` expects a platform event, whose name ends in __e, did you mean `Sent__e`?",
                "4:1: an event is published, once: `event` takes `mode: insert` only",
                "5:1: an event has no record to match: leave `match` out",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Sent__e\nmode: insert\nfields: { Name: name }\n",
            faults: [
                "3:1: `Sent__e` is a platform event: write `event: Sent__e`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\npicklist: { object: Account, field: Region__c, value: code }\nmode: upsert\nmatch: { column: a, field: B }\nfields: { Name: name }\nwhen_removed: delete\n",
            faults: [
                "4:1: `picklist` takes `mode: all` only: the rows replace all its values",
                "5:1: picklist values are matched by their API name: leave `match` out",
                "6:1: a picklist has no fields: leave `fields` out",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobjects: { first: Contact, else: Lead }\nmode: upsert\nmatch: { column: a, field: B }\nfields: { Name: name }\n",
            faults: [
                "3:1: `objects.create` is missing: `mode: upsert` must know what to create: Contact, Lead or none"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobjects: { first: Contact, else: Account, create: Leed }\nmode: insert\nfields: { Name: name }\n",
            faults: [
                "1:1: `match` is missing: `objects` must know how a row finds its record",
                "3:1: `objects` takes Contact and Lead, or Account and Lead, found Contact and Account",
                "3:43: `objects.create` expects Contact, Account or none, found `Leed`",
                "4:1: `objects` takes `mode: update` or `mode: upsert`",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobjects: { first: Contact, else: Lead, create: Leed }\nmode: upsert\nmatch: { column: a, field: B }\nfields: { Name: name }\nonly: { Led: { Company: company }, Contact: { Name: other } }\n",
            faults: [
                "3:40: `objects.create` expects Contact, Lead or none, found `Leed`, did you mean `Lead`?",
                "7:9: `only` expects Contact or Lead, found `Led`, did you mean `Lead`?",
                "7:47: `Name` is under `fields` already, for both objects",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobjects: { first: Contact, else: Lead, create: Lead }\nmode: update\nmatch: { column: a, field: B }\nfields: { Name: name }\n",
            faults: [
                "3:40: `mode: update` never creates: write `create: none` or leave it out"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nonly: { Account: { Site: site } }\n",
            faults: [
                "7:1: `only` needs `objects`: it gives fields to one of two objects"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nmerge: { shared_id: g, is_child: c }\n",
            faults: [
                "7:1: `merge` needs `batch: { parallel: 1 }`: merges of one group must not meet; found 10, the default"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Case\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nmerge: { shared_id: g, is_child: c, merge_id: m }\nbatch: { parallel: 4 }\n",
            faults: [
                "7:1: Salesforce merges Account, Contact, Individual and Lead only, not Case",
                "7:37: `merge.merge_id` beside `merge.is_child`: the merge takes only one of `merge.is_child`, `merge.merge_id`",
                "8:10: `merge` needs `batch: { parallel: 1 }`: merges of one group must not meet; found 4",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: update\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nmerge: { shared_id: g, is_child: c }\nbatch: { parallel: 1 }\n",
            faults: [
                "7:1: `merge` takes `mode: upsert` or `mode: insert`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi: bulk2\nheaders: { allow_duplicates: true }\n",
            faults: [
                "8:12: `allow_duplicates` needs REST: `api: bulk2` cannot carry it; write `api: rest` or `auto`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Case\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Subject: name }\nheaders: { assignment_rule: 0015g000000Abcd }\n",
            faults: [
                "7:12: `assignment_rule` expects the Id of an assignment rule, 15 or 18 characters that begin with 01Q, found `0015g000000Abcd`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi: rest\nbatch: { serial: true }\n",
            faults: [
                "8:10: `batch.serial` is for the original Bulk API only: write `api: bulk` or `auto` beside it, not `rest`"
            ]
        ),
    ]
}
