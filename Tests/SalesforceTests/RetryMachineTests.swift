import Testing

@testable import Salesforce

@Suite struct `A call that failed` {
    private func error(
        _ kind: SalesforceError.Kind,
        code: String = "X",
        status: Int? = nil,
        wasSent: SalesforceError.Effect = .unknown,
        retryAfter: Duration? = nil,
        message: String = ""
    ) -> SalesforceError {
        SalesforceError(
            kind: kind,
            code: code,
            message: message,
            action: "test",
            status: status,
            wasSent: wasSent,
            retryAfter: retryAfter
        )
    }

    @Test func `waits twice as long each time, up to half a minute`() {
        var machine = RetryMachine(isRepeatable: true, deadline: .seconds(10_000))
        let pauses = (0..<9).map { _ in machine.failed(error(.transport), elapsed: .zero, jitter: 1) }
        let seconds: [Double] = [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
        #expect(pauses == seconds.map { .retry(after: .milliseconds(Int($0 * 1_000))) })
    }

    @Test func `waits at least half of that, and as long as Salesforce asks`() {
        var machine = RetryMachine(isRepeatable: true, deadline: .seconds(10_000))
        #expect(machine.failed(error(.transport), elapsed: .zero, jitter: 0) == .retry(after: .milliseconds(250)))
        let asked = error(.salesforce, status: 503, retryAfter: .seconds(60))
        #expect(machine.failed(asked, elapsed: .zero, jitter: 1) == .retry(after: .seconds(60)))
    }

    @Test func `is not tried again past its deadline`() {
        var machine = RetryMachine(isRepeatable: true, deadline: .seconds(10))
        #expect(machine.failed(error(.timeout), elapsed: .seconds(9), jitter: 1) == .retry(after: .milliseconds(500)))
        #expect(machine.failed(error(.timeout), elapsed: .milliseconds(9_500), jitter: 1) == .giveUp)
    }

    @Test func `signs in again once`() {
        var machine = RetryMachine(isRepeatable: false, deadline: .seconds(10))
        let ended = error(.authentication, code: "INVALID_SESSION_ID", status: 401, wasSent: .no)
        #expect(machine.failed(ended, elapsed: .zero, jitter: 1) == .signInAgain)
        #expect(machine.failed(ended, elapsed: .zero, jitter: 1) == .giveUp)
    }

    @Test func `that may have been carried out is repeated only if that does no harm`() {
        var once = RetryMachine(isRepeatable: false, deadline: .seconds(10))
        #expect(once.failed(error(.transport), elapsed: .zero, jitter: 1) == .giveUp)
        var unsent = RetryMachine(isRepeatable: false, deadline: .seconds(10))
        #expect(
            unsent.failed(error(.transport, wasSent: .no), elapsed: .zero, jitter: 1)
                == .retry(after: .milliseconds(500))
        )
    }

    @Test func `with what is no answer is tried again twice`() {
        var machine = RetryMachine(isRepeatable: true, deadline: .seconds(10_000))
        let malformed = error(.malformedAnswer, code: SalesforceError.Code.malformedAnswer, status: 200)
        #expect(machine.failed(malformed, elapsed: .zero, jitter: 1) != .giveUp)
        #expect(machine.failed(malformed, elapsed: .zero, jitter: 1) != .giveUp)
        #expect(machine.failed(malformed, elapsed: .zero, jitter: 1) == .giveUp)
    }

    @Test func `because of what was asked is not tried again`() {
        for refused in [
            error(.salesforce, code: "INVALID_FIELD", status: 400, wasSent: .no), error(.refusedHere, wasSent: .no),
            error(.authentication, code: "invalid_grant", status: 400, wasSent: .no),
            error(
                .limit,
                code: "REQUEST_LIMIT_EXCEEDED",
                status: 403,
                wasSent: .no,
                message: "TotalRequests Limit exceeded."
            ),
            error(.malformedAnswer, code: SalesforceError.Code.answerTooLarge, status: 200),
            error(.malformedAnswer, status: 404, wasSent: .no),
        ] {
            var machine = RetryMachine(isRepeatable: true, deadline: .seconds(10))
            #expect(machine.failed(refused, elapsed: .zero, jitter: 1) == .giveUp)
        }
    }
}

@Suite struct `An error` {
    @Test(arguments: [
        (SalesforceError(kind: .transport, code: "CONNECTION_LOST", message: "", action: ""), true),
        (SalesforceError(kind: .salesforce, code: "UNABLE_TO_LOCK_ROW", message: "", action: "", status: 400), true),
        (
            SalesforceError(
                kind: .salesforce,
                code: "INVALID_FIELD",
                message: "No such column",
                action: "",
                status: 400
            ), false
        ),
        (SalesforceError(kind: .salesforce, code: "ODD", message: "", action: "", status: 502), true),
        (SalesforceError(kind: .limit, code: "REQUEST_LIMIT_EXCEEDED", message: "", action: "", status: 403), true),
        (
            SalesforceError(
                kind: .authentication,
                code: "invalid_grant",
                message: "expired access/refresh token",
                action: "",
                status: 400
            ), false
        ),
        (SalesforceError(kind: .refusedHere, code: "INVALID_REQUEST", message: "", action: ""), false),
    ])
    func `knows whether the same call may pass later`(error: SalesforceError, isWorthRetrying: Bool) {
        #expect(error.isWorthRetrying == isWorthRetrying)
    }

    @Test func `shows what comes from outside on one line, cut short`() {
        let body = Array("<html>\u{1B}[31m\r\n\(String(repeating: "x", count: 9_000))".utf8)
        let excerpt = SafeExcerpt.of(body)
        #expect(excerpt.count < 140 && excerpt.allSatisfy { !$0.isNewline && $0 != "\u{1B}" })
    }

    @Test(
        arguments: [
            (
                #"[{"message":"m","errorCode":"C","fields":["A","B"]}]"#,
                AnswerFault(code: "C", message: "m", fields: ["A", "B"])
            ),
            (#"{"error":"invalid_grant","error_description":"d"}"#, AnswerFault(code: "invalid_grant", message: "d")),
            (#"{"exceptionCode":"InvalidJob","exceptionMessage":"m"}"#, AnswerFault(code: "InvalidJob", message: "m")),
            (
                "<error><exceptionCode>InvalidJob</exceptionCode><exceptionMessage>m</exceptionMessage></error>",
                AnswerFault(code: "InvalidJob", message: "m")
            ),
            ("<html><body/></html>", nil), ("", nil), ("[]", nil), ("[1]", nil), ("{}", nil), ("<error/>", nil),
            ("plain", nil), ("[{", nil),
        ] as [(String, AnswerFault?)]
    )
    func `is read from every form in which Salesforce says it`(body: String, fault: AnswerFault?) {
        #expect(AnswerFault.read(Array(body.utf8)) == fault)
    }
}
