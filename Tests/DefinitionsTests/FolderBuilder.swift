import Definitions
import SyncModel

/// A small sound folder, of which tests replace, add or drop files.
struct FolderBuilder {
    var files: [String: String] = [
        "sequenced.yaml": "timezone: UTC\n",
        "sources/local.yaml": "type: sqlite\npath: /srv/crm.db\n",
        "sources/exports.yaml": "type: csv\nfolder: /srv/exports\n",
        "destinations/production.yaml": """
        type: salesforce
        login_url: https://login.salesforce.com
        auth: { flow: client-credentials, client_id: app, client_secret: !credential production }
        """,
        "models/accounts.yaml": "source: local\nquery: accounts.sql\nprimary_key: account_id\n",
        "models/accounts.sql": "SELECT * FROM accounts;\n",
        "models/contacts.yaml": "source: local\ntable: contacts\nprimary_key: contact_id\n",
        "syncs/accounts.yaml": """
        model: accounts
        destination: production
        object: Account
        mode: upsert
        match: { column: account_id, field: External_Id__c }
        fields: { Name: name }
        """,
        "syncs/contacts.yaml": """
        model: contacts
        destination: production
        object: Contact
        mode: upsert
        match: { column: contact_id, field: External_Id__c }
        fields:
          LastName: last_name
          AccountId: { lookup: { object: Account, field: External_Id__c, column: account_id } }
        """,
        "sequences/crm.yaml": "steps:\n  - sync: accounts\n  - sync: contacts\n",
        "quiet-windows/scoring.yaml":
            "destination: production\nobjects: [Contact]\ncalendar: 02:00 UTC\nduration: 45min\n",
    ]

    func read() -> DefinitionReading {
        readDefinitions(files.map { DefinitionFile(path: $0.key, text: $0.value) })
    }

    /// The folder with some files replaced or added, read.
    static func read(_ replaced: [String: String]) -> DefinitionReading {
        var folder = FolderBuilder()
        folder.files.merge(replaced) { $1 }
        return folder.read()
    }

    /// A sync into an object of one's own, with the lines given.
    static func sync(_ lines: String) -> [String: String] {
        ["syncs/accounts.yaml": "model: accounts\ndestination: production\n\(lines)\n"]
    }
}
