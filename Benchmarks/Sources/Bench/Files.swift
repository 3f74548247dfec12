import Foundation

/// The generated rows and the definitions around them.
enum Files {
    static func write(to work: String, rows: Int, address: String) throws {
        let manager = FileManager.default
        for folder in [
            "etc/sources", "etc/destinations", "etc/models", "etc/syncs", "etc/sequences", "credentials", "data",
        ] {
            try manager.createDirectory(atPath: "\(work)/\(folder)", withIntermediateDirectories: true)
        }
        try "emulator-secret".write(toFile: work + "/credentials/secret", atomically: true, encoding: .utf8)
        let definitions = [
            "sources/files.yaml": "type: csv\nfolder: \(work)/data\n",
            "destinations/org.yaml": """
            type: salesforce
            login_url: \(address)
            auth: { flow: client-credentials, client_id: emulator-client, client_secret: !credential secret }
            limits: { reserve: 0% }

            """,
            "models/contacts.yaml": "source: files\nfile: contacts.csv\nprimary_key: id\n",
            "syncs/load.yaml": """
            model: contacts
            destination: org
            object: Contact
            mode: upsert
            match: { column: id, field: External_Id__c }
            fields: { FirstName: first_name, LastName: last_name, Email: email, Title: title, Phone: phone }

            """,
            "sequences/load.yaml": "steps:\n  - sync: load\n",
        ]
        for (path, text) in definitions {
            try text.write(toFile: "\(work)/etc/\(path)", atomically: true, encoding: .utf8)
        }
        try writeRows(to: work + "/data/contacts.csv", rows)
    }

    private static func writeRows(to path: String, _ rows: Int) throws {
        FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileWriteUnknown) }
        var text = "id,first_name,last_name,email,title,phone\n"
        for row in 0..<rows {
            // A row's values depend on its number alone, so that every run has the same file.
            let mixed = UInt64(row) &* 0x9E37_79B9_7F4A_7C15
            text +=
                "C-\(row),First\(mixed % 1_000),Last\(mixed >> 20 % 100_000),c\(row)@example.com,T\(mixed % 97),+44 20 \(mixed % 10_000_000)\n"
            if text.utf8.count > 1 << 20 {
                try file.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }
}
