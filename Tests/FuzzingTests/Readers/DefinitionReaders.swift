import CivilTime
import Definitions

extension Reader {
    static let definitionReaders = [
        Reader("definitions") { try readDefinition($0) },
        Reader("calendar") { try readTimes(String(decoding: $0, as: UTF8.self)) },
    ]

    /// The first byte says which file of a sound folder the rest replaces.
    private static func readDefinition(_ bytes: [UInt8]) throws {
        let paths = soundFolder.keys.sorted()
        guard let choice = bytes.first else { return }
        var files = soundFolder.map { DefinitionFile(path: $0.key, text: $0.value) }
        let path = paths[Int(choice) % paths.count]
        files.removeAll { $0.path == path }
        files.append(DefinitionFile(path: path, bytes: bytes.dropFirst()))
        let reading = readDefinitions(files, calendarCheck: isElapsing)
        try Surprise.unless((reading.definitions == nil) == !reading.faults.isEmpty, "neither definitions nor faults")
        for fault in reading.faults {
            try Surprise.unless(
                soundFolder[fault.file] != nil && fault.line >= 1 && fault.column >= 1 && !fault.message.isEmpty,
                "a fault without its place: \(fault)"
            )
            try Surprise.unless(
                !fault.description.unicodeScalars.contains { $0.value < 0x20 },
                "a fault of several lines: \(fault)"
            )
        }
    }

    private static func isElapsing(_ text: String) -> String? {
        do throws(CalendarFault) {
            _ = try CalendarExpression(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    /// The normal form says the same, but for a range of minutes: that is written like two times of day, which are refused.
    private static func readAgain(_ calendar: CalendarExpression) throws {
        let again = Result { () throws(CalendarFault) in try CalendarExpression(parsing: calendar.normalized) }
        switch again {
        case .success(let same):
            try Surprise.unless(same.normalized == calendar.normalized, "`\(calendar.normalized)` is not normal")
        case .failure(let fault):
            let isMinuteRange = calendar.notes.contains { $0.code == .minuteRange }
            try Surprise.unless(isMinuteRange && fault.code == .ambiguousRange, "`\(calendar.normalized)`: \(fault)")
        }
    }

    /// Calendar events, cron lines, spans and moments; what was read is read again from its own words.
    private static func readTimes(_ text: String) throws {
        // A fault is what most texts deserve; only a contradiction is a surprise.
        if let calendar = try? CalendarExpression(parsing: text) {
            try readAgain(calendar)
            var last = Timestamp(seconds: 1_700_000_000)
            for _ in 0..<3 {
                guard let next = calendar.pattern.nextElapse(after: last, in: .utc) else { break }
                try Surprise.unless(next.instant > last, "an elapse that is not later")
                last = next.instant
            }
        }
        if let cron = try? CronExpression(parsing: text) {
            _ = cron.pattern.nextElapse(after: Timestamp(seconds: 1_700_000_000), in: .utc)
        }
        if let span = try? Duration(span: text) {
            let again = try? Duration(span: span.spanText)
            try Surprise.unless(again == span, "`\(text)` is `\(span.spanText)`, and that is something else")
        }
        if let moment = Timestamp(rfc3339: text) {
            try Surprise.unless(
                Timestamp(rfc3339: moment.rfc3339)?.rfc3339 == moment.rfc3339,
                "`\(text)` became \(moment.rfc3339)"
            )
        }
    }

    private static let soundFolder = [
        "sequenced.yaml": "timezone: UTC\n",
        "sources/local.yaml": "type: sqlite\npath: /srv/crm.db\n",
        "destinations/production.yaml": """
        type: salesforce
        login_url: https://login.salesforce.com
        auth: { flow: client-credentials, client_id: app, client_secret: !credential production }
        """,
        "models/accounts.yaml": "source: local\ntable: accounts\nprimary_key: account_id\n",
        "syncs/accounts.yaml": """
        model: accounts
        destination: production
        object: Account
        mode: upsert
        match: { column: account_id, field: External_Id__c }
        fields: { Name: name }
        """,
        "sequences/crm.yaml": "steps:\n  - sync: accounts\n",
        "quiet-windows/scoring.yaml":
            "destination: production\nobjects: [Account]\ncalendar: 02:00 UTC\nduration: 45min\n",
    ]
}
