import ControlProtocol
import Testing

@Suite struct `Causes of rows that were rejected` {
    private func row(_ key: String, _ code: String, _ message: String, _ explanation: String) -> RejectedRowReport {
        RejectedRowReport(
            sync: "contacts",
            key: key,
            operation: "upsert",
            state: "rejected",
            code: code,
            message: message,
            fields: [],
            explanation: explanation,
            remedy: "mend it",
            retryable: false,
            resting: false,
            values: [:]
        )
    }

    @Test func `are told apart by what has to be done, the most frequent first`() {
        let rule = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        let causes = RejectedCauses(
            RejectedAnswer(
                run: "r1",
                rows: [
                    row("1", rule, "No names", "a rule said no (rule Names)"),
                    row("2", rule, "No mails", "a rule said no"),
                    row("3", rule, "No phones", "a rule said no"),
                    // A message that holds the row's value is no cause of its own.
                    row("4", "INVALID_EMAIL_ADDRESS", "invalid email address: a", "not an address"),
                    row("5", "INVALID_EMAIL_ADDRESS", "invalid email address: b", "not an address"),
                ],
                truncated: true
            )
        )
        #expect(causes.causes.map(\.rows) == [2, 1, 1, 1])
        #expect(causes.causes.map(\.message) == ["invalid email address: a", "No mails", "No names", "No phones"])
        #expect(causes.causes.first?.keys == ["4", "5"])
        #expect(causes.run == "r1" && causes.truncated)
    }

    @Test func `count all rows and name the first of them`() {
        var counting = CauseCounting()
        for page in 0..<3 {
            let numbers = page * 15..<(page + 1) * 15
            counting.add(numbers.map { row("\($0)", "INVALID_EMAIL_ADDRESS", "invalid", "not an address") })
        }
        counting.add([row("last", "STRING_TOO_LONG", "too long", "too long")])
        #expect(counting.causes.map(\.rows) == [45, 1])
        #expect(counting.causes.map(\.keys) == [(0..<20).map { "\($0)" }, ["last"]])
    }
}
