/// Texts that are not one YAML document of keys and values.
extension BrokenFile {
    static let yamls: [BrokenFile] = [
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\n\tobject: Account\n",
            faults: [
                "2:1: a tab cannot indent: use blanks"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\nobject: [Account\nmode: upsert\n",
            faults: [
                "3:5: expected `,` or `]` in the list"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts: x\n",
            faults: [
                "1:16: a colon is not expected here: mind the indentation; text with `: ` in it must stand in quotes"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields:\n  Name: name\n Industry: industry\n",
            faults: [
                "8:2: expected a key and a colon: mind the indentation"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: \"name }\n",
            faults: [
                "6:17: the text in quotes never ends"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n---\nmodel: accounts\n",
            faults: [
                "7:1: a second document begins here: one file holds one object"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "",
            faults: [
                "1:1: the file is empty: expected the keys of a sync"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "# nothing but words\n",
            faults: [
                "1:1: the file is empty: expected the keys of a sync"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "accounts\n",
            faults: [
                "1:1: a sync expects keys and values, found text"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "- model: accounts\n",
            faults: [
                "1:1: a sync expects keys and values, found a list"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: &a accounts\ndestination: production\nobject: Account\nmode: insert\nfields: { Name: *a }\n",
            faults: [
                "1:8: anchors and aliases are not taken: write the value out",
                "1:8: anchors and aliases are not taken: write the value out",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n<<: { api: rest }\n",
            faults: [
                "7:1: merge keys (`<<`) are not taken: write the keys out"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\napi: rest\napi: bulk\n",
            faults: [
                "8:1: key `api` is written twice, first in line 7"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields:\n  Name: name\n  Industry: industry\n  name: other\n",
            faults: [
                "9:3: `name` is written twice, first in line 7"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: {{name}} }\n",
            faults: [
                "6:17: a field needs one of `fields.Name.column`, `fields.Name.value`, `fields.Name.template`, `fields.Name.lookup`, `fields.Name.record_type`",
                "6:18: expected a key, found keys and values: text that begins with `{{` must stand in quotes",
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: @name }\n",
            faults: [
                "6:17: text that begins with `@` must stand in quotes"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\n? [api]\n: rest\n",
            faults: [
                "7:3: expected a key, found a list"
            ]
        ),
        BrokenFile(
            "quiet-windows/scoring.yaml",
            "destination: production\nobjects: *\ncalendar: 02:00 UTC\nduration: 45min\n",
            faults: [
                "2:11: text that begins with `*` or `&` must stand in quotes"
            ]
        ),
        BrokenFile(
            "quiet-windows/scoring.yaml",
            "destination: production\nobjects: [Contact]\ncalendar: *-*-* 02:00 UTC\nduration: 45min\n",
            faults: [
                "3:13: text that begins with `*` must stand in quotes"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\ndescription: bell\u{7}\n",
            faults: [
                "7:18: character U+0007 may not be in a definition"
            ]
        ),
        BrokenFile(
            "syncs/accounts.yaml",
            "model: accounts\ndestination: production\nobject: Account\nmode: upsert\nmatch: { column: account_id, field: External_Id__c }\nfields: { Name: name }\ndescription: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            faults: [
                "7:1: nested more than 64 levels deep"
            ]
        ),
    ]
}
