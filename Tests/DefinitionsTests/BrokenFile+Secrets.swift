/// Secrets written out, or named wrongly; no message may repeat them.
extension BrokenFile {
    static let secrets: [BrokenFile] = [
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: hunter2 }\n",
            faults: [
                "3:66: `auth.client_secret` is a secret and may not be written in the file: write `!credential NAME`, `!env NAME` or `!file PATH`"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credentials hunter2 }\n",
            faults: [
                "3:66: `auth.client_secret`: unknown tag `!credentials`, did you mean `!credential`?"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !file hunter2 }\n",
            faults: [
                "3:66: `auth.client_secret`: !file expects a path that begins with `/`"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !env hunter-2 }\n",
            faults: [
                "3:66: `auth.client_secret`: !env expects the name of an environment variable"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: !credential a/hunter2 }\n",
            faults: [
                "3:66: `auth.client_secret`: !credential expects the name of a systemd credential"
            ]
        ),
        BrokenFile(
            "destinations/production.yaml",
            "type: salesforce\nlogin_url: https://login.salesforce.com\nauth: { flow: client-credentials, client_id: app, client_secret: }\n",
            faults: [
                "3:66: `auth.client_secret` has no value: write `!credential NAME`, `!env NAME` or `!file PATH`"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: postgres\ndatabase: crm\npassword: hunter2\n",
            faults: [
                "3:11: `password` is a secret and may not be written in the file: write `!credential NAME`, `!env NAME` or `!file PATH`"
            ]
        ),
        BrokenFile(
            "sources/local.yaml",
            "type: postgres\ndatabase: postgres://me:hunter2@db/crm\n",
            faults: [
                "2:11: `database` expects a name, found a connection string: write host, user and so on as keys of their own"
            ]
        ),
    ]
}
