/// Values that their keys do not take.
extension BrokenFile {
    static let values: [BrokenFile] = [
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nbatch: { size: 20000 }\n",
            faults: [
                "7:16: `batch.size` expects a whole number from 1 to 10000, found `20000`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nbatch: { size: 010 }\n",
            faults: [
                "7:16: `batch.size` expects a whole number from 1 to 10000, found `010`, did you mean `10`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nbatch: { parallel: 0 }\n",
            faults: [
                "7:20: `batch.parallel` expects a whole number from 1 to 50, found `0`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nbatch: 100\n",
            faults: [
                "7:8: `batch` expects keys and values, found text"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nlocal_checks: no\n",
            faults: [
                "7:15: `local_checks` expects true or false, found `no`, did you mean `false`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nwhen_removed: deleted\n",
            faults: [
                "7:15: `when_removed` expects nothing, clear or delete, found `deleted`, did you mean `delete`?"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi:\n",
            faults: [
                "7:5: `api` expects auto, bulk, bulk2 or rest, found nothing"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi: [rest]\n",
            faults: [
                "7:6: `api` expects auto, bulk, bulk2 or rest, found a list"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi: !env API\n",
            faults: [
                "7:6: `api` takes no tag: `!env` is for secrets"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\nguard: { max_changed: 30 percent }\n",
            faults: [
                "7:23: `guard.max_changed` expects a number of rows or a share such as 20%, found `30 percent`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: [Name]\n",
            faults: [
                "6:9: `fields` expects the API name of a field, a colon and a column of the model or keys such as `column`, `value`, `template`, found a list"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Account.Name: name }\n",
            faults: [
                "6:11: `fields` expects the API name of a field, found `Account.Name`: another record's field is written with `lookup`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: { column: name, value: x } }\n",
            faults: [
                "6:33: `fields.Name.value` beside `fields.Name.column`: a field takes only one of `fields.Name.column`, `fields.Name.value`, `fields.Name.template`, `fields.Name.lookup`, `fields.Name.record_type`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: { when_null: keep } }\n",
            faults: [
                "6:17: a field needs one of `fields.Name.column`, `fields.Name.value`, `fields.Name.template`, `fields.Name.lookup`, `fields.Name.record_type`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: { template: \"{{name\" } }\n",
            faults: [
                "6:29: `fields.Name.template` expects text with columns such as {{name}}, found `{{name`: `{{` without `}}`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: { template: none } }\n",
            faults: [
                "6:29: `fields.Name.template` expects text with columns such as {{name}}, found `none`: no column in it; a constant is written with `value`"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { AccountId: { lookup: { object: Account, column: x } } }\n",
            faults: [
                "6:32: key `fields.AccountId.lookup.field` is missing: what must be equal (the API name of a field)"
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "retention: { age: 1h30, size: 2GB }\n",
            faults: [
                "1:19: `retention.age` expects a span such as 15min or 1h 30min, found `1h30`: the last number has no unit (at character 3); write 1h30min or 1h30s",
                "1:31: `retention.size` expects a size such as 2GiB, found `2GB`, did you mean `2GiB`?",
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "roles: { operators: [ops] }\nplan_age: soon\n",
            faults: [
                "1:10: unknown key `roles.operators`, did you mean `operator`?",
                "2:11: `plan_age` expects a span such as 15min or 1h 30min, found `soon`: expected a number (at character 1); for example: 15min, 1h 30min",
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "timezone: Europe London\n",
            faults: [
                "1:11: `timezone` expects a time zone such as Europe/London, found `Europe London`"
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "notify: [{ on: [fail], webhook: chat.internal }]\n",
            faults: [
                "1:17: `notify.on` expects failed, rejected, recovered, late, missed, overrun, awaiting-approval or in-doubt, found `fail`, did you mean `failed`?",
                "1:33: `notify.webhook` expects an address that begins with https:// or http://, found `chat.internal`, did you mean `https://chat.internal`?",
            ]
        ),
        BrokenFile(
            "sequenced.yaml",
            "notify: [{ on: failed }]\n",
            faults: [
                "1:10: a notification needs one of `notify.command`, `notify.webhook`"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\nlimits: { reserve: 120%, concurrent_requests: 0 }\n",
            faults: [
                "4:20: `limits.reserve` expects a share such as 20%, found `120%`",
                "4:47: `limits.concurrent_requests` expects a whole number from 1 to 1000, found `0`",
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\napi_version: 62\n",
            faults: [
                "4:14: `api_version` expects an API version such as 62.0, found `62`, did you mean `62.0`?"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\napi_version: 30.0\n",
            faults: [
                "4:14: `api_version` expects an API version such as 62.0, found `30.0`: the oldest that can be used is 46.0"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: http://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\n",
            faults: [
                "2:12: `login_url` expects an address that begins with https://, found `http://login.salesforce.com`: http is for this machine itself (127.0.0.1, ::1, localhost) only, did you mean `https://login.salesforce.com`?"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\n",
            faults: [
                "2:12: `login_url` expects an address that begins with https://, found `login.salesforce.com`, did you mean `https://login.salesforce.com`?"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential production }\nproxy: http://me:secret@proxy:3128\n",
            faults: [
                "4:8: `proxy` expects an address that begins with https:// or http://, found something else: a user or password may not be in it"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps: []\n",
            faults: [
                "1:8: `steps` is empty: expected at least one entry"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: []\n",
            faults: [
                "2:11: `steps.sync` is empty: expected at least one entry"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: daily\n",
            faults: [
                "3:11: `schedule` expects `manual` or keys such as `calendar`, `every`, `cron`, found `daily`"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: { calendar: \"*-02-30\" }\n",
            faults: [
                "3:23: `schedule.calendar` expects a calendar event such as Mon..Fri 02:30, found `*-02-30`: it never elapses: no such day is in any year from 1970 to 2199 (at character 1); the month does not have that day"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: { calendar: 09:00..17:00 }\n",
            faults: [
                "3:23: `schedule.calendar` expects a calendar event such as Mon..Fri 02:30, found `09:00..17:00`: `..` joins the minutes before it and the hour after it, not two times of day (at character 1); every hour from 9 to 17 is 09..17:00"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: { every: 10s }\n",
            faults: [
                "3:20: `schedule.every` expects a span such as 15min or 1h 30min, found `10s`: at least 1min"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: { cron: \"61 2 * * *\" }\n",
            faults: [
                "3:19: `schedule.cron` expects five cron fields such as 30 2 * * 1-5, found `61 2 * * *`: minute 61 is not in 0 to 59 (at character 1)"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\nschedule: { every: 15min, cron: \"1 2 * * *\" }\n",
            faults: [
                "3:27: `schedule.cron` beside `schedule.every`: the schedule takes only one of `schedule.calendar`, `schedule.every`, `schedule.cron`"
            ]
        ),
        BrokenFile(
            "quiet-windows/scoring.yaml",
            "destination: production\nobjects: []\ncalendar: [02:00 UTC, 25:00]\nduration: 0\nlead: later\n",
            faults: [
                "3:23: `calendar` expects a calendar event such as Mon..Fri 02:30, found `25:00`: hour 25 is not in 0 to 23 (at character 1)",
                "4:11: `duration` expects a span such as 15min or 1h 30min, found `0`: at least 1s",
                "5:7: `lead` expects `auto` or a span such as 15min or 1h 30min, found `later`: expected a number (at character 1); for example: 15min, 1h 30min",
            ]
        ),
    ]
}
