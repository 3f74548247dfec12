import ControlProtocol
import Testing

private func text(_ document: some Encodable) throws -> String {
    String(decoding: try ControlCoding.encode(document), as: UTF8.self)
}

/// The keys that other programs rely on (control.md), document by document.
@Suite struct `A document` {
    @Test func `writes null where nothing applies`() throws {
        let summary = RunSummary(
            id: "r1",
            sequence: "crm",
            state: "queued",
            trigger: "manual",
            created: "2026-03-01T02:30:00Z"
        )
        #expect(
            try text(summary) == #"""
                {"created":"2026-03-01T02:30:00Z","ended":null,"id":"r1","reason":null,"sequence":"crm","started":null,"state":"queued","trigger":"manual"}
                """#
        )
    }

    @Test func `of an error has code, message and hint`() throws {
        let answer = ErrorAnswer(ControlFault(.notFound, "there is no sequence `crn`", hint: "did you mean `crm`?"))
        #expect(
            try text(answer)
                == #"{"error":{"code":"not-found","hint":"did you mean `crm`?","message":"there is no sequence `crn`"},"schema":1}"#
        )
        #expect(
            try text(ErrorAnswer(ControlFault(.failed, "no")))
                == #"{"error":{"code":"failed","hint":null,"message":"no"},"schema":1}"#
        )
    }

    @Test func `of a run has every key that is promised`() throws {
        var run = RunReport(
            id: "r1",
            sequence: "crm",
            state: "succeeded",
            trigger: "schedule",
            created: "2026-03-01T02:30:00Z"
        )
        run.steps = [StepReport(sync: "accounts", object: "Account", state: "succeeded")]
        let document = try text(RunAnswer(run: run))
        let promised = [
            "schema", "run", "id", "sequence", "state", "reason", "trigger", "created", "started", "ended", "warnings",
            "steps", "sync",
            "object", "read", "added", "changed", "removed", "unchanged", "owed", "updated", "deleted", "unmatched",
            "held", "rejected",
            "batches", "retries", "api_calls", "bulk_rows", "merged", "published", "unsent", "resting", "in_doubt",
            "actor",
            "scheduled", "retry_of",
        ]
        for key in promised { #expect(document.contains("\"\(key)\":"), "\(key) is missing") }
    }

    @Test func `of a plan keeps field names as they are`() throws {
        var plan = PlanReport(sync: "accounts", object: "Account", mode: "upsert", api: "bulk2")
        plan.samples = [
            PlanSample(key: "A-1", class: "changed", fields: ["External_Id__c": .init(old: nil, new: "A-1")])
        ]
        let document = try text(PlanAnswer(plan: plan))
        #expect(document.contains(#""fields":{"External_Id__c":{"new":"A-1","old":null}}"#))
        #expect(document.contains(#""api_calls":0"#))
        #expect(try ControlCoding.decode(PlanAnswer.self, from: Array(document.utf8)) == PlanAnswer(plan: plan))
    }

    @Test func `of a rejected row keeps its values' names`() throws {
        let row = RejectedRowReport(
            sync: "contacts",
            key: "[\"a\",1]",
            operation: "upsert",
            state: "in-doubt",
            code: "X",
            message: "m",
            fields: ["Last_Name__c"],
            explanation: "e",
            remedy: "r",
            retryable: true,
            resting: false,
            values: ["Last_Name__c": "ÄÖ/\"\n"]
        )
        let bytes = try ControlCoding.encode(RejectedAnswer(run: "r1", rows: [row]))
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""values":{"Last_Name__c":"ÄÖ/\"\n"}"#))
        #expect(try ControlCoding.decode(RejectedAnswer.self, from: bytes).rows == [row])
    }

    @Test func `of an explained row keeps nulls and names`() throws {
        var row = RowReport(
            sync: "accounts",
            key: "1",
            object: "Account",
            class: "added",
            next: "It is sent in the next run."
        )
        row.model = ["account_id": OrNull(wrappedValue: "1"), "Industry": OrNull(wrappedValue: nil)]
        let bytes = try ControlCoding.encode(ExplainAnswer(row: row))
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""model":{"Industry":null,"account_id":"1"}"#))
        #expect(try ControlCoding.decode(ExplainAnswer.self, from: bytes).row == row)
    }

    @Test func `of status, windows, checks and starts has the promised keys`() throws {
        let status = SequenceStatus(name: "crm", state: "idle")
        #expect(
            try text(status) == #"""
                {"last":null,"name":"crm","next":null,"paused":false,"paused_reason":null,"paused_until":null,"run":null,"state":"idle","waiting":null}
                """#
        )
        #expect(
            try text(
                QuietWindowTestAnswer(closed: [
                    .init(window: "w", objects: ["Contact"], destination: "d", until: nil, reason: nil)
                ])
            )
                == #"{"closed":[{"destination":"d","objects":["Contact"],"reason":null,"until":null,"window":"w"}],"schema":1}"#
        )
        let fault = FaultReport(
            file: "a.yaml",
            line: 3,
            column: 1,
            key: "mod",
            message: "unknown key",
            suggestion: "mode"
        )
        #expect(
            try text(CheckAnswer(faults: [fault])) == #"""
                {"faults":[{"column":1,"file":"a.yaml","key":"mod","line":3,"message":"unknown key","suggestion":"mode"}],"notices":[],"schema":1,"valid":false}
                """#
        )
        #expect(
            try text(StartAnswer(run: "r", coalesced: true)) == #"{"coalesced":true,"notices":[],"run":"r","schema":1}"#
        )
        #expect(
            try text(CalendarAnswer(normalized: "*-*-* 00:00:00", elapses: ["2026-01-01T00:00:00Z"], notes: []))
                == #"{"elapses":["2026-01-01T00:00:00Z"],"normalized":"*-*-* 00:00:00","notes":[],"schema":1}"#
        )
    }

    @Test func `of another version is read: unknown keys are passed over, missing ones are null`() throws {
        let line = #"{"id":"r1","sequence":"crm","state":"new-state","trigger":"manual","created":"T","colour":"blue"}"#
        let summary = try ControlCoding.decode(RunSummary.self, from: Array(line.utf8))
        #expect(summary.state == "new-state")
        #expect(summary.ended == nil)
    }

    @Test func `of a refused reload carries its faults and an error`() throws {
        let fault = FaultReport(file: "a.yaml", line: nil, column: nil, key: nil, message: "m", suggestion: nil)
        let answer = ReloadAnswer(accepted: false, generation: 3, changed: false, faults: [fault])
        #expect(answer.error?.code == "definitions-invalid")
        #expect(answer.error?.message.contains("1 fault;") == true)
        #expect(ReloadAnswer(accepted: true, generation: 4, changed: true).error == nil)
        let bytes = try ControlCoding.encode(answer)
        #expect(try ControlCoding.decode(ErrorAnswer.self, from: bytes).error.fault.code == .definitionsInvalid)
    }
}

@Suite struct `A command` {
    @Test func `may leave out what it does not need`() throws {
        let command = try ControlCoding.decodeCommand(StartCommand.self, from: Array(#"{"target":"crm"}"#.utf8))
        #expect(command == StartCommand(target: "crm"))
    }

    @Test(arguments: [
        (#"{"target":"crm","onyl":"accounts"}"#, "`onyl`"),
        (#"{"target":"crm","fullResync":true}"#, "`fullResync`"),
        (#"{}"#, "`target`"),
        (#"{"target":7}"#, "`target` should be a text"),
        (#"{"target":null}"#, "`target`"),
        (#"{"target":"crm","full_resync":"yes"}"#, "`full_resync` should be true or false"),
        (#"{"target":"crm","keys":"A-1"}"#, "`keys`"),
        (#"["crm"]"#, "the document"),
        (#"{"target":"#, "not JSON"),
        ("", "not JSON"),
        ("null", "the document"),
        ("\u{0}\u{ff}", "not JSON"),
    ])
    func `that is wrong is refused with the key`(body: String, says: String) {
        let fault = #expect(throws: ControlFault.self) {
            try ControlCoding.decodeCommand(StartCommand.self, from: Array(body.utf8))
        }
        #expect(fault?.code == .badRequest)
        #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "")")
    }
}

@Suite struct `An error code` {
    @Test(arguments: [
        (ErrorCode.failed, Int32(1), Int32(1)), (.notFound, 4, 5), (.usage, 64, 64), (.badRequest, 64, 64),
        (.notReached, 69, 69),
        (.refused, 75, 75), (.notPermitted, 77, 77), (.definitionsInvalid, 78, 78), (.timedOut, 124, 124),
        (.detached, 130, 130),
    ])
    func `has the exit code of the manual`(code: ErrorCode, reading: Int32, acting: Int32) {
        #expect(code.exitCode(acting: false) == reading)
        #expect(code.exitCode(acting: true) == acting)
    }

    @Test func `never looks like success`() {
        for code in ErrorCode.allCases {
            #expect(code.httpStatus >= 400)
            #expect(code.exitCode(acting: true) != 0)
            #expect(code.exitCode(acting: false) != 0)
        }
    }

    @Test func `of a later daemon counts as failed`() throws {
        let body = #"{"schema":1,"error":{"code":"quantum","message":"m","hint":null}}"#
        #expect(try ControlCoding.decode(ErrorAnswer.self, from: Array(body.utf8)).error.fault.code == .failed)
    }
}
